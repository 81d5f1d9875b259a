//! Numbers of processes in another PID namespace, turned into those of this one: nodes below a contained child tell
//! theirs as they know them. Not here: who is contained (`keeper.rs`).

use super::sight::{Sight, Tier};
use crate::child::core::ChildCore;
use std::collections::HashMap;
use std::fs;
use std::sync::Arc;

/// Replaces the numbers told by what is below contained children; 0 where nobody can say.
pub(crate) fn translate(sights: &mut [Sight], children: &[Arc<ChildCore>]) {
    for child in children.iter().filter(|child| child.contained) {
        let below = format!("{}/", child.path);
        // A command was started by somebody outside, and its number is known from there.
        let inside = |sight: &&mut Sight| sight.path.starts_with(&below) && sight.tier != Tier::Command;
        let mut told = sights.iter_mut().filter(inside).peekable();
        if told.peek().is_none() {
            continue;
        }
        let known = child.pid().map_or_else(HashMap::new, numbers);
        told.for_each(|sight| sight.pid = known.get(&sight.pid).copied().unwrap_or(0));
    }
}

/// Of a process and all below it: the innermost number of each, and the number here.
fn numbers(top: i32) -> HashMap<i32, i32> {
    let mut found = HashMap::new();
    let mut above = vec![top];
    while let Some(pid) = above.pop() {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let inner = status.lines().find_map(|line| line.strip_prefix("NSpid:")?.split_whitespace().last());
        if let Some(inner) = inner.and_then(|word| word.parse().ok()) {
            found.insert(inner, pid);
        }
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            above.extend(list.split_whitespace().filter_map(|word| word.parse::<i32>().ok()));
        }
    }
    found
}
