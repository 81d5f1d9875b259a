//! Answers of rows: Results whose error is a struct of the library.

use wat_edn::write;
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::sum;

/// `(Err error)` of a `(Result T ReadError)` described by `desc`.
pub fn refused(mem: Mem, desc: DescRef, fault: &ReadFault) -> Result<u64, Fail> {
    let error = fault.to_value(mem, sum::error(desc))?;
    sum::err(mem, desc, error)
}

/// `(Err error)` of a Result described by `desc`, whose error is the struct that the EDN text `error` is.
pub fn err(mem: Mem, desc: DescRef, error: &[u8]) -> Result<u64, Fail> {
    let error = codec::decode(mem, sum::error(desc), error)?
        .map_err(|fault| Fail::new("defect", format!("an error of the library cannot be built: {fault}")))?;
    sum::err(mem, desc, error)
}

/// A field of a struct's EDN text whose value is a String.
pub fn string_field(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(format!(" :{name} ").as_bytes());
    write::string(out, value);
}
