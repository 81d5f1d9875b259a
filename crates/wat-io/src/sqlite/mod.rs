//! `wat.sqlite`: databases in files, by SQLite. Here: the rows. A connection is in `database.rs`, a statement being run
//! in `cursor.rs`, values to and from SQL in `bind.rs` and `row.rs`, waits in `patience.rs`, where names of files lead
//! from in `directory.rs`, what SQLite refuses in `error.rs`.

mod bind;
mod cursor;
mod database;
mod directory;
mod error;
mod patience;
mod row;

use cursor::{Cursor, Open};
use database::Database;
use error::answer;
use std::sync::Arc;
use std::time::Duration;
use wat_abi::desc::Builtin;
use wat_host::{host, world_rows};
use wat_runtime::desc::DescRef;
use wat_runtime::handles::{self, Handle};
use wat_runtime::{sum, text, vector};

fn d(desc: u64) -> DescRef {
    DescRef(desc as u32)
}

fn behind<T: Handle>(cell: u64) -> Arc<T> {
    handles::get(cell).downcast().expect("the library wraps a resource by what it is")
}

world_rows! {
    sqlite_open(ctx, mem, path, flags, busy_ns, desc) => {
        let path = text::str(path);
        answer(mem, d(desc), path, || {
            let opened = Database::open(&host(ctx).waiter, path, flags, Duration::from_nanos(busy_ns))?;
            Ok(handles::make(mem, Builtin::Resource, Arc::new(opened))?)
        })
    };
    sqlite_exec(ctx, mem, database, sql, values, types, desc) => {
        let (database, sql) = (behind::<Database>(database), text::str(sql));
        answer(mem, d(desc), sql, || {
            database.exec(&host(ctx).waiter, sql, &|statement| bind::all(statement, values, d(types)))?;
            Ok(0)
        })
    };
    sqlite_prepare(ctx, mem, database, sql, desc) => {
        let (database, sql) = (behind::<Database>(database), text::str(sql));
        answer(mem, d(desc), sql, || database.prepare(&host(ctx).waiter, sql).map(|()| 0))
    };
    sqlite_script(ctx, mem, database, sql, desc) => {
        let (database, sql) = (behind::<Database>(database), text::str(sql));
        answer(mem, d(desc), sql, || database.script(&host(ctx).waiter, sql).map(|()| 0))
    };
    sqlite_rows(ctx, mem, database, sql, values, max_rows, max_bytes, types, desc) => {
        let (database, sql) = (behind::<Database>(database), text::str(sql));
        answer(mem, d(desc), sql, || {
            let waiter = &host(ctx).waiter;
            let cursor = Open::new(&database, waiter, sql, &|statement| bind::all(statement, values, d(types)))?;
            let mut rows = Vec::new();
            let outcome = cursor.collect(mem, waiter, sum::payload(d(desc)).arg0(), max_rows, max_bytes, &mut rows);
            let vector = vector::from_slots(mem, sum::payload(d(desc)), &rows)?.slot();
            match outcome {
                Ok(()) => Ok(vector),
                Err(problem) => {
                    mem.drop(vector);
                    Err(problem)
                }
            }
        })
    };
    sqlite_cursor(ctx, mem, database, sql, values, types, desc) => {
        let (database, sql) = (behind::<Database>(database), text::str(sql));
        answer(mem, d(desc), sql, || {
            let waiter = &host(ctx).waiter;
            let open = Open::new(&database, waiter, sql, &|statement| bind::all(statement, values, d(types)))?;
            Ok(handles::make(mem, Builtin::Resource, Arc::new(Cursor::new(open)))?)
        })
    };
    sqlite_next(ctx, mem, cursor, desc) => {
        let cursor = behind::<Cursor>(cursor);
        let option = sum::payload(d(desc));
        answer(mem, d(desc), cursor.sql(), || {
            let row = cursor.next(mem, &host(ctx).waiter, sum::payload(option))?;
            Ok(sum::option(mem, option, row)?)
        })
    };
    sqlite_end(ctx, mem, cursor) => {
        behind::<Cursor>(cursor).end();
        Ok(0)
    };
    sqlite_close(ctx, mem, database, desc) => {
        let database = behind::<Database>(database);
        answer(mem, d(desc), "", || database.close().map(|()| 0))
    };
    sqlite_tell(ctx, mem, database, what, desc) => {
        let database = behind::<Database>(database);
        answer(mem, d(desc), "", || Ok(database.tell(what)? as u64))
    };
}
