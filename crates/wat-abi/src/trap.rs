//! Why compiled code stopped. The number is what Cranelift's user trap code carries and the image's trap table
//! records for an instruction's offset; the kind of the crash comes from here, never from the signal.

/// A trap's reason; `kind` is the keyword of the crash value it becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Trap {
    Overflow = 1,
    DivideByZero = 2,
    Index = 3,
    /// A place the checker proved unreachable: a defect of wat.
    Unreachable = 4,
}

impl Trap {
    pub const ALL: [Trap; 4] = [Trap::Overflow, Trap::DivideByZero, Trap::Index, Trap::Unreachable];

    pub fn from_code(code: u8) -> Option<Trap> {
        Self::ALL.into_iter().find(|t| *t as u8 == code)
    }

    /// The crash kind, without its colon.
    pub fn kind(self) -> &'static str {
        match self {
            Trap::Overflow => "overflow",
            Trap::DivideByZero => "divide-by-zero",
            Trap::Index => "index",
            Trap::Unreachable => "defect",
        }
    }

    pub fn message(self) -> &'static str {
        match self {
            Trap::Overflow => "the result does not fit in an i64",
            Trap::DivideByZero => "division by zero",
            Trap::Index => "the index is out of range",
            Trap::Unreachable => "compiled code reached a place that cannot be reached",
        }
    }
}
