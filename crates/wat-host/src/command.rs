//! External commands as wat sees them: a peer that speaks EDN, JSON, lines or bytes, and a command run to its end.
//! Not here: what the library's options say (wat-io), how a command is started (wat-kernel).

use crate::codec::Codec;
use crate::host::{Halt, Host, host};
use crate::peer::{Link, Peer};
use crate::story::Story;
use crate::traffic::failed;
use wat_abi::context::Ctx;
use wat_edn::Position;
use wat_kernel::{Cause, Command, Ran, Run};
use wat_runtime::desc::DescRef;
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text};

/// Numbers it among the peers of its node, where that is a thread.
fn placed(host: &Host, mut command: Command) -> Command {
    if host.thread.is_some() {
        command.path = Some(host.child_path(host.next_number()));
    }
    command
}

/// Starts a command as a peer. What cannot be started says so at its first use.
pub fn spawn(ctx: *mut Ctx, mem: Mem, command: Command, codec: Codec) -> Result<u64, Halt> {
    let host = host(ctx);
    let limit = command.limits.value.and_then(|n| usize::try_from(n).ok()).unwrap_or(host.node.value_limit);
    let command = placed(host, command);
    let child = host.node.process.spawn_command(&host.waiter, &command);
    let (edge, program) = (child.edge().clone(), child.program().to_string());
    host.peer(mem, Peer::speaking(edge, program, Link::Process(child), codec, limit))
}

/// What is told of a command that has run: its output as text or as bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Text,
    Bytes,
}

/// `(Result (Output T) Crash)`: any exit code is an `Ok`, any other end a crash.
pub fn run(
    ctx: *mut Ctx,
    mem: Mem,
    command: Command,
    how: &Run,
    told: Told,
    desc: DescRef,
) -> Result<u64, Halt> {
    let host = host(ctx);
    let command = placed(host, command);
    let ran = host.node.process.run(&host.waiter, &command, how).map_err(|_| Halt::Killed)?;
    let program = command.program.rsplit('/').next().unwrap_or_default();
    let exit = match crash(&ran, program, how, told) {
        Ok(exit) => exit,
        Err(story) => return failed(mem, desc, &story.text()),
    };
    let stdout = match told {
        Told::Text => {
            text::make_string(mem, std::str::from_utf8(&ran.stdout).expect("it has been looked at"))?
        }
        Told::Bytes => text::make_bytes(mem, &ran.stdout)?,
    };
    let stderr = text::make_string(mem, &String::from_utf8_lossy(&ran.stderr))?;
    let output = mem.object_of(sum::payload(desc), 0, &[i64::from(exit) as u64, stdout, stderr])?;
    Ok(sum::ok(mem, desc, output.slot())?)
}

/// Its exit code, or why it has none worth telling.
fn crash(ran: &Ran, program: &str, how: &Run, told: Told) -> Result<i32, Box<Story>> {
    let said = |kind: &str, message: String| {
        let mut story = Story::new(kind, &ran.path, program, message).executed("unknown");
        story.stderr = ran.end.stderr_tail.clone();
        Box::new(story)
    };
    if ran.late {
        let time = how.timeout.unwrap_or_default();
        return Err(said("timeout", format!("{program} had not ended within {} ms", time.as_millis())));
    }
    if ran.stopped {
        return Err(said("stopped", "this node is stopping".to_string()));
    }
    for (bytes, which) in [(&ran.stdout, "output"), (&ran.stderr, "stderr")] {
        if bytes.len() > how.limit {
            let message = format!(
                "the {which} of {program} is longer than the limit of {} bytes; give a larger :limit, or use a peer",
                how.limit
            );
            return Err(said("limit", message));
        }
    }
    let exit = match &ran.end.cause {
        Cause::Clean => 0,
        Cause::NoRecord(end) if end.exit.is_some() => end.exit.unwrap_or_default(),
        _ => {
            let story = Story::of_command(&ran.end, &ran.path, program, 0);
            return Err(Box::new(
                story.unwrap_or_else(|| Story::new("lost", &ran.path, program, "it has no end")),
            ));
        }
    };
    if told == Told::Text
        && let Err(error) = std::str::from_utf8(&ran.stdout)
    {
        let at = error.valid_up_to();
        let Position { line, column } = Position::START.advance(&ran.stdout[..at]);
        let message = format!(
            "what {program} wrote is not UTF-8 at line {line}, column {column}; run-bytes takes it as it is"
        );
        return Err(said("malformed-output", message));
    }
    Ok(exit)
}
