//! Why a runtime function could not answer: the kind of the crash it becomes and what it says.

use std::borrow::Cow;
use wat_abi::context::Ctx;
use wat_abi::rtfn::Answer;

/// A crash to be. `kind` is the keyword without its colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fail {
    pub kind: &'static str,
    pub message: Cow<'static, str>,
}

impl Fail {
    pub fn new(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Fail {
        Fail { kind, message: message.into() }
    }

    #[cold]
    pub fn out_of_memory() -> Fail {
        Fail::new("out-of-memory", "the unit's memory limit is reached")
    }

    /// Position `index` where only `length` are.
    #[cold]
    pub fn index(index: i64, length: usize) -> Fail {
        Fail::new("index", format!("index {index} is out of range for length {length}"))
    }

    /// The range `from..to` of something of `length`.
    #[cold]
    pub fn range(from: i64, to: i64, length: usize) -> Fail {
        Fail::new("index", format!("range {from} to {to} is out of range for length {length}"))
    }
}

/// What a fallible row answers for a result.
#[inline(always)]
pub fn answer(ctx: *mut Ctx, result: Result<u64, Fail>) -> Answer {
    match result {
        Ok(value) => Answer::ok(value),
        Err(fail) => raise(ctx, &fail),
    }
}

#[cold]
fn raise(ctx: *mut Ctx, fail: &Fail) -> Answer {
    crate::unit::crash::raise(ctx, fail.kind, &fail.message)
}
