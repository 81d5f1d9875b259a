//! What a program lays over the request in hand for a part of its run: a deadline of its own, fields for its log, the trace of
//! a request that came another way. Scopes
//! nest as calls do; each holds what holds in it, so the innermost says it all. Not here: what came with the request.

use crate::context::{Trace, earlier};
use crate::peer::lock;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use wat_edn::Value;
use wat_runtime::handles::Ward;

#[derive(Default)]
pub struct Scopes(Mutex<Stack>);

#[derive(Default)]
struct Stack {
    scopes: Vec<Scope>,
    /// The number of the next one, which no other has had.
    next: u64,
}

#[derive(Clone, Default)]
struct Scope {
    number: u64,
    deadline: Option<Instant>,
    /// Set: that it belongs to this trace, or to none.
    trace: Option<Option<Trace>>,
    fields: Vec<(Value, Value)>,
}

impl Scopes {
    /// A scope in which answers are wanted by then, or sooner where one around it says so; answers its number.
    pub fn narrow(&self, deadline: Option<Instant>) -> u64 {
        self.enter(|scope| scope.deadline = earlier(scope.deadline, deadline))
    }

    /// A scope of a request that belongs to this trace, or to none.
    pub fn belong(&self, trace: Option<Trace>) -> u64 {
        self.enter(|scope| scope.trace = Some(trace))
    }

    /// A scope whose events have these fields besides those around it.
    pub fn note(&self, fields: Vec<(Value, Value)>) -> u64 {
        self.enter(|scope| scope.fields = merged(std::mem::take(&mut scope.fields), fields))
    }

    fn enter(&self, change: impl FnOnce(&mut Scope)) -> u64 {
        let mut stack = lock(&self.0);
        let mut scope = stack.scopes.last().cloned().unwrap_or_default();
        scope.number = stack.next;
        change(&mut scope);
        stack.next += 1;
        stack.scopes.push(scope);
        stack.next - 1
    }

    /// Leaves the scope, and with it those inside, which a crash may have left behind.
    pub fn leave(&self, number: u64) {
        let mut stack = lock(&self.0);
        if let Some(at) = stack.scopes.iter().position(|scope| scope.number == number) {
            stack.scopes.truncate(at);
        }
    }

    fn holds(&self, number: u64) -> bool {
        lock(&self.0).scopes.iter().any(|scope| scope.number == number)
    }

    pub fn deadline(&self) -> Option<Instant> {
        lock(&self.0).scopes.last()?.deadline
    }

    /// The trace of what is within the scope, unless it is that around all.
    pub fn trace(&self) -> Option<Option<Trace>> {
        lock(&self.0).scopes.last()?.trace
    }

    /// The fields of an event; `None` where the scopes add none to its own.
    pub fn fields(&self, own: impl FnOnce() -> Vec<(Value, Value)>) -> Option<Vec<(Value, Value)>> {
        let around = lock(&self.0).scopes.last().map(|scope| scope.fields.clone())?;
        (!around.is_empty()).then(|| merged(around, own()))
    }
}

/// Both, the second's where both have one.
fn merged(mut around: Vec<(Value, Value)>, inner: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    around.retain(|(key, _)| !inner.iter().any(|(other, _)| other == key));
    around.extend(inner);
    around
}

/// Leaves a scope when the unit that entered it crashes.
pub struct Left {
    pub scopes: Arc<Scopes>,
    pub number: u64,
}

impl Ward for Left {
    fn has_ended(&self) -> bool {
        !self.scopes.holds(self.number)
    }

    fn end(&self) {
        self.scopes.leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_deadline_inside_is_never_later() {
        let scopes = Scopes::default();
        let now = Instant::now();
        let (soon, later) = (now + Duration::from_secs(1), now + Duration::from_secs(9));
        let outer = scopes.narrow(Some(soon));
        scopes.narrow(Some(later));
        assert_eq!(scopes.deadline(), Some(soon));
        scopes.leave(outer);
        assert_eq!(scopes.deadline(), None);
    }

    #[test]
    fn fields_inside_go_before_those_around() {
        let field = |name: &str, n: i64| (Value::keyword(name), Value::Int(n));
        let scopes = Scopes::default();
        assert_eq!(scopes.fields(Vec::new), None);
        scopes.note(vec![field("a", 1), field("b", 1)]);
        let inner = scopes.note(vec![field("b", 2)]);
        let found = scopes.fields(|| vec![field("c", 3)]);
        assert_eq!(found, Some(vec![field("a", 1), field("b", 2), field("c", 3)]));
        scopes.leave(inner);
        assert_eq!(scopes.fields(Vec::new), Some(vec![field("a", 1), field("b", 1)]));
    }
}
