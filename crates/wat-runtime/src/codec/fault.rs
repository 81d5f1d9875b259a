//! What is wrong with text that should be a value: where inside the value, what was expected, what was found.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use std::fmt;
use wat_edn::write;

/// A mistake of the writer of some EDN text; the Rust side of `wat.kernel/ReadError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFault {
    /// `malformed`, `limit`, `wrong-type`, `wrong-tag`, `wrong-length`, `unknown-key`, `missing-key`,
    /// `duplicate-key`, `out-of-range`.
    pub kind: &'static str,
    /// The way into the value: keywords, positions and keys as EDN text.
    pub at: Vec<String>,
    pub expected: String,
    pub found: String,
    /// From 1.
    pub line: u64,
    /// From 1, in Unicode scalar values.
    pub column: u64,
    /// Where it was found, in bytes of the text decoded.
    pub offset: usize,
    /// The text ends inside the value: more of it may still come.
    pub unfinished: bool,
}

impl fmt::Display for ReadFault {
    /// `at :move :from :x: expected f64, found "3"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(f, "at {}: ", self.at.join(" "))?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl ReadFault {
    /// The EDN text of the error as a struct whose name is `name`.
    pub fn to_edn(&self, name: &str) -> Vec<u8> {
        let mut out = Vec::new();
        write::tag(&mut out, name);
        out.extend_from_slice(b"{:kind :");
        out.extend_from_slice(self.kind.as_bytes());
        out.extend_from_slice(b" :at [");
        out.extend_from_slice(self.at.join(" ").as_bytes());
        out.extend_from_slice(b"] :expected ");
        write::string(&mut out, &self.expected);
        out.extend_from_slice(b" :found ");
        write::string(&mut out, &self.found);
        out.extend_from_slice(b" :line ");
        write::int(&mut out, self.line as i64);
        out.extend_from_slice(b" :column ");
        write::int(&mut out, self.column as i64);
        out.push(b'}');
        out
    }

    /// The error as a value of type `desc`, the program's `wat.kernel/ReadError`.
    pub fn to_value(&self, mem: Mem, desc: DescRef) -> Result<u64, Fail> {
        let built = super::decode(mem, desc, &self.to_edn(desc.name()))?;
        built.map_err(|fault| Fail::new("defect", format!("a ReadError cannot be built: {fault}")))
    }
}
