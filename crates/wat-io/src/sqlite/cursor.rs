//! A statement being run, whose rows are taken one by one.
//!
//! The statement refers to the connection and its rows to the statement, while all three live in one handle: the
//! lifetimes are erased here, and the rules by which they hold are in this file alone. The connection stands in a box of
//! the `Database` that this value keeps alive, and is not closed while `State::cursors` counts one; the statement stands
//! in a box of its own. Rows end before the statement, the statement before the count goes down. SQLite is entered with
//! the database's lock held.

use super::database::Database;
use super::error::{Problem, Trouble};
use super::{patience, row};
use rusqlite::{CachedStatement, Connection, Rows, Statement};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wat_kernel::Waiter;
use wat_runtime::desc::DescRef;
use wat_runtime::handles::Handle;
use wat_runtime::heap::Mem;

pub struct Open {
    database: Arc<Database>,
    statement: *mut CachedStatement<'static>,
    rows: Option<Rows<'static>>,
    sql: String,
    /// Rows given.
    given: u64,
}

// SAFETY: SQLite's objects are bound to no thread; they are entered with the database's lock held.
unsafe impl Send for Open {}

impl Open {
    pub fn new(
        database: &Arc<Database>,
        waiter: &Waiter,
        sql: &str,
        bind: &dyn Fn(&mut Statement) -> Result<(), Problem>,
    ) -> Result<Open, Trouble> {
        let mut state = database.lock();
        let connection: *const Connection = state.connection()?;
        // SAFETY: the file's rule: the box outlives this value.
        let connection: &'static Connection = unsafe { &*connection };
        let statement = patience::during(waiter, || {
            let mut statement = connection.prepare_cached(sql)?;
            if statement.column_count() == 0 {
                return Err(Problem::new("misuse", "the statement gives no rows: `exec` is for such").into());
            }
            bind(&mut statement)?;
            Ok(statement)
        })?;
        state.cursors += 1;
        let statement = Box::into_raw(Box::new(statement));
        // SAFETY: just made, and used through the rows alone until they have ended.
        let rows = unsafe { (*statement).raw_query() };
        drop(state);
        Ok(Open { database: database.clone(), statement, rows: Some(rows), sql: sql.to_string(), given: 0 })
    }

    /// The next row as a value of type `desc`, and how many bytes of text and blobs it held.
    pub fn next(&mut self, mem: Mem, waiter: &Waiter, desc: DescRef) -> Result<Option<(u64, u64)>, Trouble> {
        let _state = self.database.lock();
        let Some(rows) = self.rows.as_mut() else { return Ok(None) };
        let given = &mut self.given;
        patience::during(waiter, || match rows.next()? {
            None => Ok(None),
            Some(found) => {
                *given += 1;
                row::value(mem, desc, found, *given).map(Some)
            }
        })
    }

    /// All rows, up to so many and so many bytes.
    pub fn collect(
        mut self,
        mem: Mem,
        waiter: &Waiter,
        desc: DescRef,
        max_rows: u64,
        max_bytes: u64,
        out: &mut Vec<u64>,
    ) -> Result<(), Trouble> {
        let mut bytes = 0;
        while let Some((value, size)) = self.next(mem, waiter, desc)? {
            out.push(value);
            bytes += size;
            let over = if out.len() as u64 > max_rows {
                format!("more than {max_rows} rows")
            } else if bytes > max_bytes {
                format!("more than {max_bytes} bytes of rows")
            } else {
                continue;
            };
            let help = "raise `:rows` or `:bytes`, or take them one by one with `fold`";
            return Err(Problem::new("limit", format!("{over}: {help}")).into());
        }
        Ok(())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut state = self.database.lock();
        self.rows = None;
        // SAFETY: made by `Box::into_raw` in `new`; its rows have ended.
        drop(unsafe { Box::from_raw(self.statement) });
        state.cursors -= 1;
    }
}

/// An open statement behind a handle.
pub struct Cursor {
    open: Mutex<Option<Open>>,
    sql: String,
}

impl Handle for Cursor {
    fn released(&self) {
        self.end();
    }
}

impl Cursor {
    pub fn new(open: Open) -> Cursor {
        Cursor { sql: open.sql.clone(), open: Mutex::new(Some(open)) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sql(&self) -> &str {
        &self.sql
    }

    pub fn next(&self, mem: Mem, waiter: &Waiter, desc: DescRef) -> Result<Option<u64>, Trouble> {
        let mut open = self.lock();
        let Some(cursor) = open.as_mut() else { return Ok(None) };
        Ok(cursor.next(mem, waiter, desc)?.map(|(value, _)| value))
    }

    pub fn end(&self) {
        *self.lock() = None;
    }
}
