//! `wat.net`: streams over TCP and UNIX sockets, datagrams over UDP. Here: the rows. Addresses and names are in `address.rs`, a connection
//! and its buffer in `stream.rs`, a listener in `listener.rs`, datagrams in `udp.rs`, every wait in `wait.rs`,
//! the bytes themselves, in the clear or within TLS, in `wire.rs`, what an ancestor opens for a confined process in
//! `opening.rs`.

pub mod address;
mod dns;
pub mod listener;
mod names;
pub mod opening;
pub mod stream;
pub mod tls;
mod udp;
pub mod wait;
pub mod wire;

use crate::error::{Refusal, Trouble};
use listener::Listener;
use std::sync::Arc;
use stream::{Part, Stream};
use udp::Udp;
use wait::Purpose;
use wat_abi::desc::Builtin;
use wat_host::{Halt, Host, host, world_rows};
use wat_runtime::desc::DescRef;
use wat_runtime::handles::{self, Handle};
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text};

pub fn d(desc: u64) -> DescRef {
    DescRef(desc as u32)
}

pub fn behind<T: Handle>(cell: u64) -> Arc<T> {
    handles::get(cell).downcast().expect("the library wraps a resource by what it is")
}

/// `(Result T IoError)` of type `desc` out of what `body` makes.
pub fn answer(mem: Mem, desc: DescRef, body: impl FnOnce() -> Result<u64, Trouble>) -> Result<u64, Halt> {
    match body() {
        Ok(value) => Ok(sum::ok(mem, desc, value)?),
        Err(Trouble::Refused(refusal)) => refusal.value(mem, desc),
        Err(Trouble::Halt(halt)) => Err(halt),
    }
}

/// Of a time: none.
pub const NO_LIMIT: u64 = -1_i64 as u64;

fn purpose<'a>(host: &'a Host, call: &'static str, object: &'a str, timeout: u64) -> Purpose<'a> {
    Purpose { waiter: &host.waiter, call, object, deadline: wait::deadline(timeout) }
}

world_rows! {
    net_connect(ctx, mem, address, timeout, desc) => answer(mem, d(desc), || {
        let stream = Stream::connect(&purpose(host(ctx), "connect", text::str(address), timeout))?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(stream))?)
    });
    net_listen(ctx, mem, address, desc) => answer(mem, d(desc), || {
        let listener = Listener::open(&purpose(host(ctx), "listen", text::str(address), NO_LIMIT))?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(listener))?)
    });
    net_accept(ctx, mem, listener, timeout, desc) => answer(mem, d(desc), || {
        let listener = behind::<Listener>(listener);
        let stream = listener.accept(&host(ctx).waiter, wait::deadline(timeout))?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(stream))?)
    });
    net_unlisten(ctx, mem, listener) => {
        behind::<Listener>(listener).close();
        Ok(0)
    };
    net_place(ctx, mem, listener) => Ok(text::make_string(mem, &behind::<Listener>(listener).address)?);
    net_address(ctx, mem, stream, which) => {
        let stream = behind::<Stream>(stream);
        Ok(text::make_string(mem, if which == 0 { &stream.local } else { &stream.peer })?)
    };
    net_read(ctx, mem, stream, part, count, timeout, desc) => answer(mem, d(desc), || {
        let (stream, option) = (behind::<Stream>(stream), sum::payload(d(desc)));
        let Some(part) = Part::of(part, count) else {
            return Err(Refusal::new("invalid", "read", &stream.peer, "a count is above 0").into());
        };
        let read = stream.read(&host(ctx).waiter, part, wait::deadline(timeout))?;
        let value = match read {
            None => None,
            Some(bytes) if sum::payload(option) == DescRef::STR => match String::from_utf8(bytes) {
                Ok(line) => Some(text::make_string(mem, &line)?),
                Err(_) => return Err(Refusal::new("invalid", "read-line", &stream.peer, "not UTF-8").into()),
            },
            Some(bytes) => Some(text::make_bytes(mem, &bytes)?),
        };
        Ok(sum::option(mem, option, value)?)
    });
    net_read_edn(ctx, mem, stream, limit, timeout, desc) => answer(mem, d(desc), || {
        let (stream, option) = (behind::<Stream>(stream), sum::payload(d(desc)));
        let want = sum::payload(option);
        let value = stream.read_edn(mem, &host(ctx).waiter, want, limit as usize, wait::deadline(timeout))?;
        Ok(sum::option(mem, option, value)?)
    });
    net_write(ctx, mem, stream, bytes, timeout, desc) => answer(mem, d(desc), || {
        behind::<Stream>(stream).write(&host(ctx).waiter, text::bytes(bytes), wait::deadline(timeout))?;
        Ok(0)
    });
    net_close_write(ctx, mem, stream, desc) => answer(mem, d(desc), || {
        behind::<Stream>(stream).close_write()?;
        Ok(0)
    });
    net_close(ctx, mem, stream) => {
        behind::<Stream>(stream).close();
        Ok(0)
    };
    udp_open(ctx, mem, address, peer, desc) => answer(mem, d(desc), || {
        let to = purpose(host(ctx), "udp-open", text::str(address), NO_LIMIT);
        let socket = Udp::open(&to, text::str(peer))?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(socket))?)
    });
    udp_address(ctx, mem, socket) => Ok(text::make_string(mem, &behind::<Udp>(socket).address)?);
    udp_send(ctx, mem, socket, address, bytes, timeout, desc) => answer(mem, d(desc), || {
        let to = purpose(host(ctx), "send-to", text::str(address), timeout);
        behind::<Udp>(socket).send(&to, text::bytes(bytes))?;
        Ok(0)
    });
    udp_receive(ctx, mem, socket, limit, timeout, desc) => answer(mem, d(desc), || {
        let (socket, pair) = (behind::<Udp>(socket), sum::payload(d(desc)));
        let to = purpose(host(ctx), "receive-from", &socket.address, timeout);
        let Ok(limit) = usize::try_from(limit as i64) else {
            return Err(to.refuse("invalid", "a size is not below 0").into());
        };
        let (bytes, from) = socket.receive(&to, limit)?;
        let from = text::make_string(mem, &from.to_string())?;
        Ok(sum::tuple(mem, pair, &[from, text::make_bytes(mem, &bytes)?])?)
    });
    udp_close(ctx, mem, socket) => {
        behind::<Udp>(socket).close();
        Ok(0)
    };
}
