//! What a body is read from or written to: an exchange of a server, or a call to one. Behind `wat.http/Reader` and `Writer`.

use super::client::Call;
use super::context::within;
use super::message::Headers;
use super::server::Server;
use crate::error::{Refusal, Trouble};
use std::sync::Arc;
use wat_host::Host;
use wat_runtime::handles::Handle;

/// The largest piece of a body that is read at once.
const MOST: usize = 64 << 10;

pub enum Flow {
    /// With the number of the request.
    Exchange(Arc<Server>, u64),
    Call(Box<Call>),
}

impl Handle for Flow {
    fn released(&self) {
        match self {
            Flow::Exchange(server, id) => server.abandon(*id),
            Flow::Call(call) => call.close(),
        }
    }
}

impl Flow {
    /// The next bytes of what the peer sends; None at its end.
    pub fn read(&self, host: &mut Host) -> Result<Option<Vec<u8>>, Trouble> {
        match self {
            Flow::Exchange(server, id) => server.take(host, *id, MOST),
            Flow::Call(call) => within(host, call.object(), |until| call.read(&host.waiter, MOST, until)),
        }
    }

    pub fn write(&self, host: &mut Host, bytes: &[u8]) -> Result<(), Trouble> {
        match self {
            Flow::Exchange(server, id) => server.push(host, *id, bytes),
            Flow::Call(call) => within(host, call.object(), |until| call.write(&host.waiter, bytes, until)),
        }
    }

    /// Nothing more is written.
    pub fn finish(&self, host: &mut Host) -> Result<(), Trouble> {
        match self {
            Flow::Exchange(server, id) => Ok(server.finish(*id)?),
            Flow::Call(call) => within(host, call.object(), |until| call.finish(&host.waiter, until)),
        }
    }

    pub fn begin(&self, status: i64, headers: &Headers) -> Result<(), Trouble> {
        match self {
            Flow::Exchange(server, id) => Ok(server.begin(*id, status, headers)?),
            Flow::Call(call) => Err(call.refuse("invalid", "a server answers, a client asks").into()),
        }
    }

    pub fn call(&self) -> Result<&Call, Trouble> {
        match self {
            Flow::Call(call) => Ok(call),
            Flow::Exchange(server, _) => {
                let why = "an exchange has no response of its own: only what `upload` gives has";
                Err(Refusal::new("invalid", "incoming", server.address(), why).into())
            }
        }
    }
}
