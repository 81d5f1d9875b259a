//! The rows of the runtime table that touch the world: each an `extern "C"` function of the row's signature that
//! does nothing but hand over to the room that knows.

use crate::host::{answer, host, mem};
use crate::{input, output, process, select, supervise, thread, traffic};
use wat_abi::context::Ctx;
use wat_abi::rtfn::{Answer, RtFn};
use wat_runtime::desc::DescRef;
use wat_runtime::object::Obj;
use wat_runtime::text;
use wat_runtime::unit::Table;
use wat_runtime::vector;

type C = *mut Ctx;

fn d(desc: u64) -> DescRef {
    DescRef(desc as u32)
}

macro_rules! fallible {
    ($($name:ident ($ctx:ident, $mem:ident $(, $arg:ident)*) $body:expr;)*) => { $(
        extern "C" fn $name($ctx: C $(, $arg: u64)*) -> Answer {
            let $mem = mem($ctx);
            answer($ctx, || {
                let _ = $mem;
                $body
            })
        }
    )* };
}

fallible! {
    println(ctx, mem, slot, desc) output::println(ctx, slot, d(desc));
    eprintln(ctx, mem, slot, desc) output::eprintln(ctx, slot, d(desc));
    readln(ctx, mem, desc) input::readln(ctx, mem, d(desc));
    try_readln(ctx, mem, desc) input::try_readln(ctx, mem, d(desc));
    args(ctx, mem, desc) process::args(ctx, mem, d(desc));
    sleep(ctx, mem, nanos) process::sleep(ctx, nanos as i64);
    own_path(ctx, mem) process::own_path(ctx, mem);
    spawn_process(ctx, mem, program, heap, cpu, wall, processes, files, value, grants) {
        let limits = process::limits([heap, cpu, wall, processes, files, value].map(|n| n as i64));
        let words: Vec<String> = vector::iter(Obj::of(grants)).map(|s| text::str(s).to_string()).collect();
        mem.drop_as(grants, Obj::of(grants).desc());
        process::spawn(ctx, mem, program, limits, &words)
    };
    spawn_thread(ctx, mem, program) thread::spawn(ctx, mem, program);
    send(ctx, mem, peer, slot, ty, desc) traffic::send(ctx, mem, peer, slot, d(ty), d(desc));
    recv(ctx, mem, peer, desc) traffic::recv(ctx, mem, peer, d(desc));
    call(ctx, mem, peer, slot, timeout, ty, desc)
        traffic::call(ctx, mem, peer, slot, timeout as i64, d(ty), d(desc));
    close(ctx, mem, peer) { traffic::close(peer); Ok(0) };
    wait(ctx, mem, peer, desc) traffic::wait(ctx, mem, peer, d(desc));
    stop(ctx, mem, peer, desc) traffic::stop(ctx, mem, peer, d(desc));
    kill(ctx, mem, peer, desc) traffic::kill(ctx, mem, peer, d(desc));
    peer_pid(ctx, mem, peer, desc) traffic::pid(mem, peer, d(desc));
    peer_path(ctx, mem, peer) traffic::path(mem, peer);
    peer_sender(ctx, mem, peer) traffic::sender(mem, peer);
    peer_receiver(ctx, mem, peer) traffic::receiver(mem, peer);
    refuse_late(ctx, mem) output::refuse(ctx);
    deadline(ctx, mem, desc) process::deadline(ctx, mem, d(desc));
    trace_id(ctx, mem, desc) process::trace_id(ctx, mem, d(desc));
    scope_deadline(ctx, mem, nanos) process::narrow(ctx, mem, nanos as i64);
    scope_fields(ctx, mem, fields) output::note(ctx, mem, fields);
    scope_end(ctx, mem, number) { host(ctx).scopes.leave(number); Ok(0) };
    peer_logs(ctx, mem, peer) traffic::logs(mem, peer);
    set_log_level(ctx, mem, peer, level) { traffic::set_log_level(ctx, peer, level as i64); Ok(0) };
    log_write(ctx, mem, level, namespace, message, fields)
        output::log(ctx, level, [namespace, message], fields);
    channel(ctx, mem, capacity, desc) traffic::channel(ctx, mem, capacity as i64, d(desc));
    sender_send(ctx, mem, end, slot, ty, desc) traffic::sender_send(ctx, mem, end, slot, d(ty), d(desc));
    receiver_recv(ctx, mem, end, desc) traffic::receiver_recv(ctx, mem, end, d(desc));
    end_peers(ctx, mem, peers) {
        let cells: Vec<u64> = vector::iter(Obj::of(peers)).collect();
        let ended = traffic::end_peers(ctx, &cells);
        mem.drop_as(peers, Obj::of(peers).desc());
        ended.map(|()| 0)
    };
    select_peer(ctx, mem, peer) { select::add_peer(ctx, peer); Ok(0) };
    select_receiver(ctx, mem, end) { select::add_receiver(ctx, end); Ok(0) };
    select_exit(ctx, mem, peer) { select::add_exit(ctx, peer); Ok(0) };
    select_after(ctx, mem, nanos) { select::add_after(ctx, nanos as i64); Ok(0) };
    select_stopped(ctx, mem) { select::add_stopped(ctx); Ok(0) };
    select_cancelled(ctx, mem) { select::add_cancelled(ctx); Ok(0) };
    select_signal(ctx, mem, second) { select::add_signal(ctx, second != 0); Ok(0) };
    select_wait(ctx, mem) select::wait(ctx);
    select_any(ctx, mem, peers) {
        let cells: Vec<u64> = vector::iter(Obj::of(peers)).collect();
        select::any(ctx, &cells)
    };
    service_offer(ctx, mem, supervisor, program, name, capacity, process, one_in_hand, kill_cancelled)
        supervise::offer(
            ctx, mem, supervisor, program, name, capacity as i64,
            [process != 0, one_in_hand != 0, kill_cancelled != 0]
        );
    service_spared(ctx, mem, peer) Ok(supervise::spared(peer));
    service_program(ctx, mem, number) supervise::program(ctx, mem, number);
    service_attach(ctx, mem, number, peer, restarts) supervise::attach(ctx, mem, number, peer, restarts);
    service_halt(ctx, mem, peer, grace) supervise::halt(ctx, peer, grace as i64);
    service_end(ctx, mem, number, text) supervise::end(ctx, number, text);
    service_share(ctx, mem, peer) supervise::share(ctx, peer);
    service_find(ctx, mem, supervisor, commands, program, name, haste)
        supervise::find(ctx, mem, [supervisor, commands, program, name], haste);
    program_name(ctx, mem, program) supervise::program_name(ctx, mem, program);
}

extern "C" fn now(_: C) -> u64 {
    process::now()
}

extern "C" fn ticks(_: C) -> u64 {
    process::ticks()
}

extern "C" fn stopped(ctx: C) -> u64 {
    u64::from(host(ctx).stopping())
}

extern "C" fn cancelled(ctx: C) -> u64 {
    u64::from(host(ctx).waiter.cancelled())
}

extern "C" fn mutation(_: C, name: u64) -> u64 {
    supervise::removed(name)
}

extern "C" fn is_late(ctx: C) -> u64 {
    u64::from(host(ctx).context().is_over())
}

extern "C" fn log_level(ctx: C) -> u64 {
    u64::from(host(ctx).waiter.log_level())
}

extern "C" fn peer_status(_: C, peer: u64) -> u64 {
    traffic::status(peer)
}

extern "C" fn select_begin(ctx: C) -> u64 {
    select::begin(ctx);
    0
}

/// Puts the host's rows into a table.
pub fn fill(table: &mut Table) {
    macro_rules! rows {
        ($($name:ident)*) => { $( table[RtFn::$name as usize] = $name as *const () as usize; )* };
    }
    rows! {
        println eprintln readln try_readln args now ticks sleep stopped cancelled own_path spawn_process spawn_thread send recv
        call close wait stop kill peer_pid peer_path peer_status peer_sender peer_receiver peer_logs log_level
        set_log_level log_write is_late refuse_late deadline trace_id scope_deadline scope_fields scope_end
        channel sender_send receiver_recv end_peers select_begin select_peer select_receiver select_exit select_after
        select_stopped select_cancelled select_signal
        select_wait select_any service_offer service_program service_attach service_halt service_end service_share
        service_find service_spared mutation program_name
    }
}
