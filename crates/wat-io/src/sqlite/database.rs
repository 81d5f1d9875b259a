//! An open connection, and statements that give no rows.

use super::directory;
use super::error::{Problem, Trouble};
use super::patience;
use crate::place;
use rusqlite::{Connection, OpenFlags, Statement};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use wat_kernel::{Grant, Waiter};
use wat_runtime::handles::Handle;

/// Bits of the options, as `lib/wat/sqlite.wat` sets them.
const READ_ONLY: u64 = 1;
const WAL: u64 = 2;
const MUST_EXIST: u64 = 4;

/// Prepared statements kept for their next use.
const STATEMENTS: usize = 64;

pub struct Database {
    pub state: Mutex<State>,
}

pub struct State {
    /// None once closed. In a box: a cursor's statement refers to it.
    connection: Option<Box<Connection>>,
    /// Cursors whose statements refer to the connection.
    pub cursors: usize,
}

impl Handle for Database {
    /// The connection closes with the last of the database and its cursors, and takes an open transaction back.
    fn released(&self) {}
}

impl State {
    pub fn connection(&self) -> Result<&Connection, Problem> {
        self.connection.as_deref().ok_or_else(|| Problem::new("closed", "the database has been closed"))
    }
}

impl Database {
    pub fn open(waiter: &Waiter, path: &str, flags: u64, busy: Duration) -> Result<Database, Trouble> {
        // A connection is used by one thread at a time: the mutex here serves for SQLite's own.
        let mode = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let mode = mode
            | if flags & READ_ONLY != 0 {
                OpenFlags::SQLITE_OPEN_READ_ONLY
            } else if flags & MUST_EXIST != 0 {
                OpenFlags::SQLITE_OPEN_READ_WRITE
            } else {
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
            };
        patience::during(waiter, || {
            directory::lead(waiter)?;
            let mut connection = Connection::open_with_flags(place_of(waiter, path), mode)
                .map_err(|e| ungranted(waiter, path, flags, e))?;
            patience::attend(&mut connection, busy)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            // A file that is no database is refused here rather than at the first query.
            connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
            connection.execute_batch("pragma foreign_keys = on")?;
            if flags & WAL != 0 && flags & READ_ONLY == 0 {
                connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
            }
            Ok(Database { state: Mutex::new(State { connection: Some(Box::new(connection)), cursors: 0 }) })
        })
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one statement to its end.
    pub fn exec(
        &self,
        waiter: &Waiter,
        sql: &str,
        bind: &dyn Fn(&mut Statement) -> Result<(), Problem>,
    ) -> Result<(), Trouble> {
        let state = self.lock();
        let connection = state.connection()?;
        patience::during(waiter, || {
            let mut statement = connection.prepare_cached(sql)?;
            bind(&mut statement)?;
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            Ok(())
        })
    }

    /// Prepares a statement and keeps it for its first use.
    pub fn prepare(&self, waiter: &Waiter, sql: &str) -> Result<(), Trouble> {
        let state = self.lock();
        let connection = state.connection()?;
        patience::during(waiter, || {
            // Dropped, it goes to the cache.
            connection.prepare_cached(sql)?;
            Ok(())
        })
    }

    /// Runs the statements of a text one after another, up to the first that fails.
    pub fn script(&self, waiter: &Waiter, sql: &str) -> Result<(), Trouble> {
        let state = self.lock();
        let connection = state.connection()?;
        patience::during(waiter, || Ok(connection.execute_batch(sql)?))
    }

    pub fn close(&self) -> Result<(), Trouble> {
        let mut state = self.lock();
        if state.cursors > 0 {
            return Err(Problem::new("misuse", "rows of a query are still being read").into());
        }
        state.connection = None;
        Ok(())
    }

    /// 0: the last row's number; 1: rows changed by the last statement; 2: whether a transaction is open.
    pub fn tell(&self, what: u64) -> Result<i64, Trouble> {
        let state = self.lock();
        let connection = state.connection()?;
        Ok(match what {
            0 => connection.last_insert_rowid(),
            1 => connection.changes() as i64,
            _ => i64::from(!connection.is_autocommit()),
        })
    }
}

/// Where the file of the name is; two names are of none.
fn place_of(waiter: &Waiter, name: &str) -> PathBuf {
    if matches!(name, "" | ":memory:") { name.into() } else { waiter.place(name) }
}

/// SQLite says of a file that cannot be opened only that; where a grant is lacking, that is said too.
fn ungranted(waiter: &Waiter, path: &str, flags: u64, error: rusqlite::Error) -> Problem {
    let mut problem = Problem::of(error);
    if problem.kind == "cannot-open" {
        let mut grants = vec![place::grant(path, flags & READ_ONLY == 0)];
        if let Grant::Write(folder) = &grants[0] {
            grants.insert(0, Grant::Read(folder.clone()));
        }
        if let Some(lacks) = waiter.lacks(&grants) {
            problem.message = format!("{}: {lacks}", problem.message);
        }
    }
    problem
}
