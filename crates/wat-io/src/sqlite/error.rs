//! What a database refused, as the `wat.sqlite/SqliteError` that a program sees.

use rusqlite::ffi;
use wat_edn::write;
use wat_host::Halt;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::{codec, sum};

/// A statement that failed. `kind` is a keyword without its colon, `code` SQLite's extended number, 0 where the mistake
/// is ours to tell; `position` counts characters of the statement from 0.
#[derive(Debug)]
pub struct Problem {
    pub kind: &'static str,
    pub code: i32,
    pub message: String,
    pub position: Option<usize>,
}

/// Why a row of this room has no value.
#[derive(Debug)]
pub enum Trouble {
    Problem(Problem),
    /// The heap has no room.
    Fail(Fail),
    Killed,
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Trouble {
        Trouble::Problem(problem)
    }
}

impl From<Fail> for Trouble {
    fn from(fail: Fail) -> Trouble {
        Trouble::Fail(fail)
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Problem(Problem::of(error))
    }
}

impl Problem {
    pub fn new(kind: &'static str, message: impl Into<String>) -> Problem {
        Problem { kind, code: 0, message: message.into(), position: None }
    }

    pub fn of(error: rusqlite::Error) -> Problem {
        use rusqlite::Error as E;
        match error {
            E::SqliteFailure(error, _) if error.extended_code == ffi::SQLITE_MISUSE => {
                Problem::new("misuse", "the text holds no statement")
            }
            E::SqliteFailure(error, message) => Problem {
                kind: kind(error.extended_code),
                code: error.extended_code,
                message: message.unwrap_or_else(|| ffi::code_to_str(error.extended_code).to_lowercase()),
                position: None,
            },
            E::SqlInputError { error, msg, sql, offset } => Problem {
                kind: kind(error.extended_code),
                code: error.extended_code,
                message: msg,
                position: usize::try_from(offset)
                    .ok()
                    .and_then(|at| sql.get(..at))
                    .map(|s| s.chars().count()),
            },
            E::MultipleStatement => {
                Problem::new("misuse", "the text holds more than one statement: `script` runs several")
            }
            E::NulError(_) => Problem::new("misuse", "the statement holds a zero byte"),
            E::InvalidPath(path) => Problem::new("cannot-open", format!("no such path: {}", path.display())),
            other => Problem::new("misuse", other.to_string()),
        }
    }

    fn value(&self, mem: Mem, desc: DescRef, sql: &str) -> Result<u64, Fail> {
        let mut text = Vec::new();
        text.extend_from_slice(format!("{{:kind :{} :code {} :sql ", self.kind, self.code).as_bytes());
        write::string(&mut text, sql);
        text.extend_from_slice(b" :message ");
        write::string(&mut text, &self.message);
        text.extend_from_slice(b" :position ");
        match self.position {
            Some(at) => write::int(&mut text, at as i64),
            None => text.extend_from_slice(b"nil"),
        }
        text.push(b'}');
        let error = codec::decode(mem, sum::error(desc), &text)?
            .map_err(|fault| Fail::new("defect", format!("a SqliteError cannot be built: {fault}")))?;
        sum::err(mem, desc, error)
    }
}

/// `(Result T SqliteError)` of type `desc` out of what `body` makes.
pub fn answer(
    mem: Mem,
    desc: DescRef,
    sql: &str,
    body: impl FnOnce() -> Result<u64, Trouble>,
) -> Result<u64, Halt> {
    match body() {
        Ok(value) => Ok(sum::ok(mem, desc, value)?),
        Err(Trouble::Problem(problem)) => Ok(problem.value(mem, desc, sql)?),
        Err(Trouble::Fail(fail)) => Err(Halt::Fail(fail)),
        Err(Trouble::Killed) => Err(Halt::Killed),
    }
}

/// The kind of an extended result code.
fn kind(code: i32) -> &'static str {
    match code & 0xff {
        ffi::SQLITE_BUSY => "busy",
        ffi::SQLITE_LOCKED => "locked",
        ffi::SQLITE_CONSTRAINT => "constraint",
        ffi::SQLITE_CORRUPT => "corrupt",
        ffi::SQLITE_NOTADB => "not-a-database",
        ffi::SQLITE_READONLY => "read-only",
        ffi::SQLITE_FULL => "full",
        ffi::SQLITE_CANTOPEN => "cannot-open",
        ffi::SQLITE_TOOBIG => "too-big",
        ffi::SQLITE_MISMATCH => "mismatch",
        ffi::SQLITE_INTERRUPT => "interrupted",
        ffi::SQLITE_IOERR => "io",
        ffi::SQLITE_NOMEM => "no-memory",
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH => "permission-denied",
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => "misuse",
        ffi::SQLITE_ERROR => "sql",
        _ => "failed",
    }
}
