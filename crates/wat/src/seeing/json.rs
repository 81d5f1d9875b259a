//! Sights as JSON, for machines.

use serde_json::{Value, json};
use wat_host::see::{Sight, Tier};

/// The whole tree as one object on one line. Times are milliseconds but for `cpu_us`, memory is bytes; what is not known
/// is null.
pub fn line(pid: i32, sights: &[Sight]) -> String {
    let nodes: Vec<Value> = sights.iter().map(node).collect();
    format!("{}\n", json!({ "pid": pid, "nodes": nodes }))
}

fn node(sight: &Sight) -> Value {
    let wait = sight.wait.as_ref();
    json!({
        "path": sight.path,
        "program": sight.program,
        "tier": match sight.tier {
            Tier::Process => "process",
            Tier::Thread => "thread",
            Tier::Command => "command",
        },
        "pid": (sight.pid > 0).then_some(sight.pid),
        "state": format!("{:?}", sight.state).to_lowercase(),
        "suspended": sight.suspended,
        "answers": sight.answers,
        "age_ms": sight.age_ms,
        "memory": sight.memory,
        "cpu_us": sight.cpu_us,
        "restarts": sight.restarts,
        "sent": sight.sent,
        "arrived": sight.arrived,
        "read": sight.answers.then_some(sight.read),
        "written": sight.answers.then_some(sight.written),
        "queued": sight.queued(),
        "queues": sight.queues.iter().map(|queue| json!({
            "name": queue.name, "waiting": queue.waiting, "room": queue.room, "up": queue.up,
        })).collect::<Vec<Value>>(),
        "wait": wait.map(|wait| json!({ "what": wait.what.name(), "on": wait.on, "ms": wait.ms })),
        "left_out": sight.left_out,
    })
}
