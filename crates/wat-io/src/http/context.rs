//! What a message of HTTP has to do with the context of the request in hand: the header that tells its trace, as W3C's Trace
//! Context has it, and the deadline that bounds what is asked of others.

use super::client::CALL;
use super::message::Headers;
use crate::error::{Refusal, Trouble};
use std::time::Instant;
use wat_host::Host;

const HEADER: &str = "traceparent";

/// The `traceparent` of a request that arrived; nothing where there is none or, against the standard, more than one.
pub fn parent(headers: &Headers) -> Option<&str> {
    let mut all = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(HEADER));
    let first = all.next()?;
    all.next().is_none().then_some(first.1.trim())
}

/// The headers of a request, with the trace that it belongs to unless they tell one themselves.
pub fn traced(host: &Host, mut headers: Headers) -> Headers {
    let told = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(HEADER));
    if let Some(trace) = host.onward().trace.filter(|_| !told) {
        headers.push((HEADER.to_string(), trace.parent()));
    }
    headers
}

/// Does what is done for the request in hand while somebody wants it, as a `call` does: past its deadline the error is
/// `:timeout`, and `:cancelled` when nobody waits for its answer any more.
pub fn within<T>(
    host: &Host,
    object: &str,
    step: impl FnOnce(Option<Instant>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let context = host.context();
    let refuse = |kind, why: &str| Refusal::new(kind, CALL, object, why).into();
    if context.is_over() {
        return Err(refuse("timeout", "the deadline had passed before"));
    }
    let _heed = host.waiter.heed();
    match step(context.deadline) {
        Err(Trouble::Refused(why)) if why.kind == "timed-out" && context.is_over() => {
            Err(refuse("timeout", "the deadline passed"))
        }
        Err(Trouble::Refused(why)) if why.kind == "stopped" && !host.waiter.stopping() => {
            Err(refuse("cancelled", "nobody waits for the request that this was for"))
        }
        done => done,
    }
}
