//! The rows under `lib/wat/supervisor.wat`: what an owner asks of its supervisor's services, and what the supervisor's
//! thread does with them. No decision is made here.

use crate::client::{Client, Haste};
use crate::host::{Halt, host};
use crate::kin::ThreadShared;
use crate::peer::{Link, Peer};
use crate::pump::Pump;
use crate::service::{Found, Offer, Registry, Service, program_of};
use crate::traffic::{ReceiverEnd, SenderEnd, behind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread::Builder;
use std::time::Duration;
use wat_abi::context::Ctx;
use wat_abi::desc::Builtin;
use wat_kernel::mutation;
use wat_kernel::see::{Edge, Queue};
use wat_runtime::fail::Fail;
use wat_runtime::handles;
use wat_runtime::heap::Mem;
use wat_runtime::heap::message::Message;
use wat_runtime::text;

/// What a pump needs of stack.
const STACK: usize = 128 << 10;

fn refuse(message: String) -> Halt {
    Fail::new("panic", message).into()
}

/// What a supervisor's thread and its owner share.
fn shared(peer: &Peer) -> Result<&Arc<ThreadShared>, Halt> {
    match &peer.link {
        Link::Thread(thread) => Ok(&thread.shared),
        _ => Err(refuse(format!("{} is not a supervisor", peer.path))),
    }
}

/// The registry of a supervisor, made when its owner first asks.
fn registry_of(peer: &Peer) -> Result<&Arc<Registry>, Halt> {
    let shared = shared(peer)?;
    let (registry, _) = shared.registry.get_or_init(|| (Arc::default(), true));
    // Ended before there was anything to end.
    if let Some(end) = shared.end.get() {
        registry.finish(end.clone());
    }
    Ok(registry)
}

/// The registry of the supervisor that runs here.
fn own_registry(ctx: *mut Ctx) -> Result<Arc<Registry>, Halt> {
    let thread = host(ctx).thread.as_ref();
    let found = thread.and_then(|thread| thread.shared.registry.get());
    found.map(|(registry, _)| registry.clone()).ok_or_else(|| refuse("no supervisor runs here".into()))
}

fn own_service(ctx: *mut Ctx, number: u64) -> Result<Arc<Service>, Halt> {
    let service = own_registry(ctx)?.service(number as usize);
    service.ok_or_else(|| refuse(format!("no service has the number {number}")))
}

fn name_of(ctx: *mut Ctx, index: u32) -> &'static str {
    let image = host(ctx).node.engine.image();
    image.name(image.programs()[index as usize].name)
}

/// `(program-name program)`
pub fn program_name(ctx: *mut Ctx, mem: Mem, program: u64) -> Result<u64, Halt> {
    Ok(text::make_string(mem, name_of(ctx, program_of(program).1))?)
}

/// Keeps a program, which it takes over, under a name.
pub fn offer(
    ctx: *mut Ctx,
    mem: Mem,
    supervisor: u64,
    program: u64,
    name: u64,
    capacity: i64,
    [is_process, one_in_hand, kill_cancelled]: [bool; 3],
) -> Result<u64, Halt> {
    let (desc, index) = program_of(program);
    let value = Message::copy(program, desc);
    mem.drop_as(program, desc);
    let Some(capacity) = usize::try_from(capacity).ok().filter(|n| *n > 0) else {
        return Err(Fail::new("index", "a child's queue holds at least one request").into());
    };
    let name = text::str(name).to_string();
    let program = name_of(ctx, index).to_string();
    let offer = Offer {
        name: name.clone(),
        program,
        index,
        is_process,
        one_in_hand,
        kill_cancelled,
        capacity,
        value: value?,
    };
    let peer = behind::<Peer>(supervisor);
    match registry_of(&peer)?.offer(offer) {
        Some(number) => Ok(number as u64),
        None => Err(refuse(format!(
            "the supervisor has a child `{name}` already: tell them apart with {{:name \"…\"}}"
        ))),
    }
}

pub fn program(ctx: *mut Ctx, mem: Mem, number: u64) -> Result<u64, Halt> {
    Ok(own_service(ctx, number)?.program_value(mem)?)
}

pub fn attach(ctx: *mut Ctx, mem: Mem, number: u64, peer: u64, restarts: u64) -> Result<u64, Halt> {
    let host = host(ctx);
    let peer = behind::<Peer>(peer);
    peer.edge.set_restarts(restarts as u32);
    let registry = own_registry(ctx)?;
    let service = own_service(ctx, number)?;
    host.waiter.show(Arc::downgrade(&service) as Weak<dyn Queue>);
    let pump = Pump::new(peer.clone(), service);
    let (done_out, done) = wat_kernel::channel::<crate::parcel::Parcel>(1, 1);
    registry.add_pump(&pump);
    let shared = Arc::new(ThreadShared::default());
    let (process, started, reachable) = (host.node.process.clone(), pump.clone(), shared.clone());
    let builder = Builder::new().name(peer.path.clone()).stack_size(STACK);
    let run = move || {
        let set = |kicker| {
            let _ = reachable.kicker.set(kicker);
            if let Some(reason) = reachable.kill_reason.get() {
                reachable.kill(reason);
            }
        };
        started.run(&process, set, done_out);
        let _ = reachable.end.set(None);
    };
    match host.node.process.start_thread(builder, run) {
        Ok(handle) => host.threads.add(handle, shared),
        Err(e) => return Err(Fail::new("spawn-failed", format!("start a thread: {e}")).into()),
    }
    Ok(handles::make(mem, Builtin::Receiver, Arc::new(ReceiverEnd::Channel(done)))?)
}

pub fn halt(ctx: *mut Ctx, peer: u64, grace: i64) -> Result<u64, Halt> {
    let peer = behind::<Peer>(peer);
    for pump in own_registry(ctx)?.pumps() {
        if Arc::ptr_eq(&pump.peer, &peer) {
            pump.halt();
        }
    }
    peer.ask_stop(Duration::from_nanos(u64::try_from(grace).unwrap_or(0)));
    Ok(0)
}

/// Whether the program was killed because nobody waited for its request.
pub fn spared(peer: u64) -> u64 {
    u64::from(behind::<Peer>(peer).spared.load(Ordering::SeqCst))
}

/// Whether a test has taken away the mechanism of this name.
pub fn removed(name: u64) -> u64 {
    u64::from(mutation::removed(text::str(name)))
}

pub fn end(ctx: *mut Ctx, number: u64, crash: u64) -> Result<u64, Halt> {
    let crash = text::str(crash);
    own_service(ctx, number)?.finish((!crash.is_empty()).then(|| crash.to_string()));
    Ok(0)
}

pub fn share(ctx: *mut Ctx, peer: u64) -> Result<u64, Halt> {
    let peer = behind::<Peer>(peer);
    let _ = shared(&peer)?.registry.set((own_registry(ctx)?, false));
    Ok(0)
}

/// The peer that leads to the service of a program.
pub fn find(
    ctx: *mut Ctx,
    mem: Mem,
    [supervisor, commands, program, name]: [u64; 4],
    haste: u64,
) -> Result<u64, Halt> {
    let host = host(ctx);
    let peer = behind::<Peer>(supervisor);
    let registry = registry_of(&peer)?;
    let (_, index) = program_of(program);
    let name = Some(text::str(name)).filter(|name| !name.is_empty());
    let wanted = name.unwrap_or(name_of(ctx, index));
    let service = match registry.find(index, name) {
        Found::One(service) => service,
        Found::None => {
            let names = registry.names().join(", ");
            return Err(refuse(format!(
                "the supervisor has no child `{wanted}` of this program; its children: {names}"
            )));
        }
        Found::Several => {
            return Err(refuse(format!(
                "the supervisor has several children of {wanted}: say which with {{:name \"…\"}}"
            )));
        }
    };
    let (edge, program) = (Edge::new(&service.name), service.program.clone());
    let keeper = behind::<SenderEnd>(commands);
    let link = Link::Service(Client::new(
        service,
        Haste { when_down: haste & 1 != 0, when_full: haste & 2 != 0 },
        keeper,
    ));
    let peer = Peer::new(edge, program, link, host.node.value_limit);
    Ok(handles::make(mem, Builtin::Peer, Arc::new(peer))?)
}
