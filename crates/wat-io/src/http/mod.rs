//! `wat.http`: HTTP/1.1. Here: the rows. How messages are read is in `message.rs`, one client's connection in
//! `connection.rs`, all of a server's in `server.rs`, asking others in `client.rs`.

mod client;
mod connection;
mod message;
mod server;

use crate::error::Trouble;
use crate::net::wait::Purpose;
use crate::net::{answer, behind, d};
use message::{Headers, Request};
use server::{Limits, Server, Turn};
use std::sync::Arc;
use wat_abi::desc::Builtin;
use wat_edn::write;
use wat_host::{host, world_rows};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::object::Obj;
use wat_runtime::{handles, sum, text, vector};

world_rows! {
    http_listen(ctx, mem, address, limits, desc) => answer(mem, d(desc), || {
        let server = Server::open(&Purpose {
            waiter: &host(ctx).waiter,
            call: "listen",
            object: text::str(address),
            deadline: None,
        }, Limits::of(&numbers(limits)))?;
        Ok(handles::make(mem, Builtin::Resource, Arc::new(server))?)
    });
    http_address(ctx, mem, server) => Ok(text::make_string(mem, behind::<Server>(server).address())?);
    http_next(ctx, mem, server, with_input, desc) => answer(mem, d(desc), || {
        let option = sum::payload(d(desc));
        let request = match behind::<Server>(server).next(host(ctx), with_input != 0)? {
            Turn::Request(request) => Some(request_value(mem, sum::payload(option), &request)?),
            Turn::Other => None,
        };
        Ok(sum::option(mem, option, request)?)
    });
    http_answer(ctx, mem, server, id, status, headers, body, desc) => answer(mem, d(desc), || {
        let answered = behind::<Server>(server).answer(id, status as i64, &pairs(headers), text::bytes(body));
        answered.map(|()| 0).map_err(Trouble::from)
    });
    http_ask(ctx, mem, method, url, headers, body, limits, desc) => answer(mem, d(desc), || {
        let (method, url, body) = (text::str(method), text::str(url), text::bytes(body));
        let limits = client::Limits::of(&numbers(limits));
        let reply = client::ask(&host(ctx).waiter, method, url, &pairs(headers), body, limits)?;
        let mut out = Vec::new();
        out.extend_from_slice(format!("{{:id 0 :status {} :headers ", reply.status).as_bytes());
        headers_edn(&mut out, &reply.headers);
        out.extend_from_slice(b" :body ");
        write::bytes(&mut out, &reply.body);
        out.push(b'}');
        built(mem, sum::payload(d(desc)), &out)
    });
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

fn request_value(mem: Mem, desc: DescRef, request: &Request) -> Result<u64, Trouble> {
    let mut out = Vec::new();
    out.extend_from_slice(format!("{{:id {} :method ", request.id).as_bytes());
    write::string(&mut out, &request.method);
    out.extend_from_slice(b" :target ");
    write::string(&mut out, &request.target);
    out.extend_from_slice(b" :headers ");
    headers_edn(&mut out, &request.headers);
    out.extend_from_slice(b" :body ");
    write::bytes(&mut out, &request.body);
    out.extend_from_slice(b" :peer ");
    write::string(&mut out, &request.peer);
    out.push(b'}');
    built(mem, desc, &out)
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
