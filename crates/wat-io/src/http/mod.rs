//! `wat.http`: HTTP/1.1. Here: the rows. How messages are read is in `message.rs`; one client's connection in
//! `connection.rs`, an exchange on it that goes in pieces in `exchange.rs`, all of a server's in `server.rs`; asking others in
//! `client.rs`; what both have to do with the request in hand in `context.rs`.

mod client;
mod connection;
mod context;
mod exchange;
mod flow;
mod message;
mod pool;
mod server;
mod status;
mod target;

use crate::error::{Refusal, Trouble};
use crate::net::wait::Purpose;
use crate::net::{answer, behind, d, tls};
use crate::place::resolve;
use client::Question;
use connection::Asking;
use context::{parent, traced, within};
use flow::Flow;
use message::{Headers, Request};
use server::{Limits, Server, Turn};
use std::path::PathBuf;
use std::sync::Arc;
use wat_abi::desc::Builtin;
use wat_edn::write;
use wat_host::{Host, host, world_rows};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::object::Obj;
use wat_runtime::{handles, sum, text, vector};

world_rows! {
    http_listen(ctx, mem, address, limits, certificate, key, desc) => answer(mem, d(desc), || {
        let host = host(ctx);
        let (certificate, key) = (text::str(certificate), text::str(key));
        let tls = match (certificate, key) {
            ("", "") => None,
            ("", _) | (_, "") => {
                let why = "a server has both a :certificate and its :key, or neither";
                return Err(Refusal::new("invalid", "listen", text::str(address), why).into());
            }
            _ => {
                let (chain, secret) = (resolve(host, certificate), resolve(host, key));
                Some(tls::server("listen", (certificate, &chain), (key, &secret))?)
            }
        };
        let to = Purpose { waiter: &host.waiter, call: "listen", object: text::str(address), deadline: None };
        let server = Server::open(&to, Limits::of(&numbers(limits)), tls)?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(server))?)
    });
    http_belong(ctx, mem, headers) => Ok(host(ctx).belong(mem, parent(&pairs(headers))));
    http_address(ctx, mem, server) => Ok(text::make_string(mem, behind::<Server>(server).address())?);
    http_next(ctx, mem, server, with_input, desc) => answer(mem, d(desc), || {
        let option = sum::payload(d(desc));
        let request = match behind::<Server>(server).next(host(ctx), with_input != 0, false)? {
            Turn::Asking(Asking::Whole(request)) => {
                Some(built(mem, sum::payload(option), &request_edn(&request, None))?)
            }
            Turn::Asking(Asking::Begun(request, _)) => return Err(mixed(&request)),
            Turn::Other => None,
        };
        Ok(sum::option(mem, option, request)?)
    });
    http_answer(ctx, mem, server, id, status, headers, body, desc) => answer(mem, d(desc), || {
        let answered = behind::<Server>(server).answer(id, status as i64, &pairs(headers), text::bytes(body));
        answered.map(|()| 0).map_err(Trouble::from)
    });
    http_begun(ctx, mem, server, desc) => answer(mem, d(desc), || {
        let option = sum::payload(d(desc));
        let opening = match behind::<Server>(server).next(host(ctx), false, true)? {
            Turn::Asking(Asking::Begun(request, length)) => {
                Some(built(mem, sum::payload(option), &request_edn(&request, Some(length)))?)
            }
            Turn::Asking(Asking::Whole(request)) => return Err(mixed(&request)),
            Turn::Other => None,
        };
        Ok(sum::option(mem, option, opening)?)
    });
    http_exchange(ctx, mem, server, id) => {
        let flow = Flow::Exchange(behind::<Server>(server), id);
        Ok(handles::make(mem, Builtin::Resource, Arc::new(flow))?)
    };
    http_begin(ctx, mem, flow, status, headers, desc) => answer(mem, d(desc), || {
        behind::<Flow>(flow).begin(status as i64, &pairs(headers)).map(|()| 0)
    });
    http_read(ctx, mem, flow, desc) => answer(mem, d(desc), || {
        let piece = behind::<Flow>(flow).read(host(ctx))?;
        let piece = piece.map(|bytes| text::make_bytes(mem, &bytes)).transpose()?;
        Ok(sum::option(mem, sum::payload(d(desc)), piece)?)
    });
    http_write(ctx, mem, flow, bytes, desc) => answer(mem, d(desc), || {
        behind::<Flow>(flow).write(host(ctx), text::bytes(bytes)).map(|()| 0)
    });
    http_finish(ctx, mem, flow, desc) => answer(mem, d(desc), || {
        behind::<Flow>(flow).finish(host(ctx)).map(|()| 0)
    });
    http_ask(ctx, mem, method, url, headers, body, limits, roots, desc) => answer(mem, d(desc), || {
        let host = host(ctx);
        let headers = traced(host, pairs(headers));
        let trusted = trusted(host, roots);
        let question = question(method, url, &headers, &trusted);
        let reply = within(host, question.url, |until| {
            let limits = client::Limits::of(&numbers(limits), until);
            client::ask(&host.waiter, question, text::bytes(body), &limits)
        })?;
        let mut out = Vec::new();
        out.extend_from_slice(format!("{{:id 0 :status {} :headers ", reply.status).as_bytes());
        headers_edn(&mut out, &reply.headers);
        out.extend_from_slice(b" :body ");
        write::bytes(&mut out, &reply.body);
        out.push(b'}');
        built(mem, sum::payload(d(desc)), &out)
    });
    http_open(ctx, mem, method, url, headers, body, limits, roots, desc) => answer(mem, d(desc), || {
        let host = host(ctx);
        let headers = traced(host, pairs(headers));
        let trusted = trusted(host, roots);
        let question = question(method, url, &headers, &trusted);
        let call = within(host, question.url, |until| {
            let limits = client::Limits::of(&numbers(limits), until);
            client::open(&host.waiter, question, text::bytes(body), &limits)
        })?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(Flow::Call(Box::new(call))))?)
    });
    http_upload(ctx, mem, method, url, headers, limits, roots, desc) => answer(mem, d(desc), || {
        let host = host(ctx);
        let headers = traced(host, pairs(headers));
        let trusted = trusted(host, roots);
        let question = question(method, url, &headers, &trusted);
        let call = within(host, question.url, |until| {
            client::upload(&host.waiter, question, &client::Limits::of(&numbers(limits), until))
        })?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(Flow::Call(Box::new(call))))?)
    });
    http_incoming(ctx, mem, flow, desc) => answer(mem, d(desc), || {
        let flow = behind::<Flow>(flow);
        let call = flow.call()?;
        let host = host(ctx);
        within(host, call.object(), |until| call.incoming(&host.waiter, until))?;
        let (status, headers) = call.reply();
        let mut out = format!("{{:status {status} :headers ").into_bytes();
        headers_edn(&mut out, &headers);
        out.push(b'}');
        built(mem, sum::payload(d(desc)), &out)
    });
}

/// The file of those who are trusted, as the program names it and where it is.
fn trusted(host: &Host, roots: u64) -> (&str, PathBuf) {
    let name = text::str(roots);
    (name, resolve(host, name))
}

fn question<'a>(
    method: u64,
    url: u64,
    headers: &'a Headers,
    (name, path): &'a (&'a str, PathBuf),
) -> Question<'a> {
    let roots = if name.is_empty() { None } else { Some((*name, path.as_path())) };
    Question { method: text::str(method), url: text::str(url), headers, roots }
}

/// A request that came while the program took the other kind: it is let go of.
fn mixed(request: &Request) -> Trouble {
    let why = "a server takes requests whole or in pieces, not both by turns";
    Refusal::new("invalid", "next", &request.target, why).into()
}

fn numbers(vector: u64) -> Vec<i64> {
    vector::iter(Obj::of(vector)).map(|n| n as i64).collect()
}

/// A vector of tuples of two Strings.
fn pairs(vector: u64) -> Headers {
    let pair = |tuple: u64| {
        let tuple = Obj::of(tuple);
        (text::str(tuple.get(0)).to_string(), text::str(tuple.get(1)).to_string())
    };
    vector::iter(Obj::of(vector)).map(pair).collect()
}

/// A request with its body, or with its body's length where the body is to come.
fn request_edn(request: &Request, length: Option<Option<u64>>) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(format!("{{:id {} :method ", request.id).as_bytes());
    write::string(&mut out, &request.method);
    out.extend_from_slice(b" :target ");
    write::string(&mut out, &request.target);
    out.extend_from_slice(b" :headers ");
    headers_edn(&mut out, &request.headers);
    match length {
        None => {
            out.extend_from_slice(b" :body ");
            write::bytes(&mut out, &request.body);
        }
        Some(None) => out.extend_from_slice(b" :length nil"),
        Some(Some(length)) => out.extend_from_slice(format!(" :length {length}").as_bytes()),
    }
    out.extend_from_slice(b" :peer ");
    write::string(&mut out, &request.peer);
    out.push(b'}');
    out
}

fn headers_edn(out: &mut Vec<u8>, headers: &Headers) {
    out.push(b'[');
    for (name, value) in headers {
        out.push(b'[');
        write::string(out, name);
        out.push(b' ');
        write::string(out, value);
        out.push(b']');
    }
    out.push(b']');
}

fn built(mem: Mem, desc: DescRef, text: &[u8]) -> Result<u64, Trouble> {
    codec::decode(mem, desc, text)?
        .map_err(|fault| Fail::new("defect", format!("a message cannot be built: {fault}")).into())
}
