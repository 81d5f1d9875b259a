//! Requests and what became of them. The n-th answer belongs to the n-th request, as on every edge of a wat tree;
//! where request and answer both carry a number of their own (`{:id 7 …}` or `[7 …]`), that number tells.

use std::collections::{HashMap, VecDeque};
use wat_edn::Value;

#[derive(Default)]
pub struct Fates {
    /// Requests without an answer, oldest first, with their own numbers.
    open: VecDeque<Option<i64>>,
    /// Numbers that have been answered, and how often they were asked beyond that.
    closed: HashMap<i64, u64>,
    pub asked: u64,
    pub answered: u64,
    pub crashed: u64,
    pub twice: u64,
    /// Answers with a number that nobody asked with.
    pub strange: u64,
    pub lost: u64,
}

impl Fates {
    pub fn ask(&mut self, line: &[u8]) {
        self.asked += 1;
        self.open.push_back(number(&parse(line)));
    }

    pub fn under_way(&self) -> usize {
        self.open.len()
    }

    pub fn answer(&mut self, line: &[u8]) {
        let value = parse(line);
        let at = match number(&value) {
            Some(own) if self.open.iter().any(Option::is_some) || self.closed.contains_key(&own) => {
                self.open.iter().position(|open| *open == Some(own)).ok_or(own)
            }
            _ if self.open.is_empty() => Err(0),
            _ => Ok(0),
        };
        match at {
            Ok(at) => {
                if let Some(Some(own)) = self.open.remove(at) {
                    *self.closed.entry(own).or_default() += 1;
                }
                if is_crash(&value) {
                    self.crashed += 1;
                } else {
                    self.answered += 1;
                }
            }
            // More answers than requests, where they have no numbers.
            Err(own) if own == 0 || self.closed.contains_key(&own) => self.twice += 1,
            Err(_) => self.strange += 1,
        }
    }

    /// The root has ended: what is open is lost, or has crashed with it.
    pub fn end(&mut self, crashed: bool) {
        let left = self.open.len() as u64;
        self.open.clear();
        if crashed {
            self.crashed += left;
        } else {
            self.lost += left;
        }
    }

    pub fn is_whole(&self) -> bool {
        self.lost == 0 && self.twice == 0 && self.strange == 0
    }
}

fn parse(line: &[u8]) -> Value {
    Value::parse(line).unwrap_or(Value::Nil)
}

/// Its own number: `:id` of a map or struct, or the first of a vector; inside an Ok or Err too.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Tagged(tagged) => number(&tagged.1),
        Value::Map(_) => value.get("id")?.as_int(),
        Value::Vector(items) if items.len() > 1 => items[0].as_int(),
        _ => None,
    }
}

/// An `Err`, a `Crash`, or one of them behind a number.
fn is_crash(value: &Value) -> bool {
    match value {
        Value::Tagged(tagged) => {
            matches!(tagged.0.as_str(), "wat.core/Err" | "wat.kernel/Crash") || is_crash(&tagged.1)
        }
        Value::Vector(items) => items.iter().any(is_crash),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(asked: &[&str], answers: &[&str], crashed: bool) -> [u64; 5] {
        let mut fates = Fates::default();
        asked.iter().for_each(|line| fates.ask(line.as_bytes()));
        answers.iter().for_each(|line| fates.answer(line.as_bytes()));
        fates.end(crashed);
        [fates.answered, fates.crashed, fates.lost, fates.twice, fates.strange]
    }

    #[test]
    fn without_numbers_the_order_tells() {
        assert_eq!(told(&["1", "2"], &["2", "#wat.core/Err :killed"], false), [1, 1, 0, 0, 0]);
        assert_eq!(told(&["1", "2"], &["2"], false), [1, 0, 1, 0, 0]);
        assert_eq!(told(&["1"], &["2", "2"], false), [1, 0, 0, 1, 0]);
        assert_eq!(told(&["1", "2"], &["2"], true), [1, 1, 0, 0, 0]);
    }

    #[test]
    fn numbers_tell_a_loss_from_a_repetition() {
        let asked = ["[7 :a]", "[8 :b]", "{:id 9}"];
        assert_eq!(told(&asked, &["[8 1]", "#wat.core/Ok [7 1]", "{:id 9 :x 1}"], false), [3, 0, 0, 0, 0]);
        assert_eq!(told(&asked, &["[7 1]", "[7 1]", "{:id 9}"], false), [2, 0, 1, 1, 0]);
        assert_eq!(
            told(&asked, &["[7 #wat.core/Err :x]", "[5 1]", "[8 1]", "{:id 9}"], false),
            [2, 1, 0, 0, 1]
        );
    }
}
