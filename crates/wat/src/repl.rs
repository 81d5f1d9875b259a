//! `wat repl`: reads forms, keeps definitions, evaluates expressions, each in a process of its own, so that whatever
//! an expression does ends with it and the session goes on. `editor.rs` is the terminal, `evaluate.rs` the process.
//!
//! Not here: what a definition or an expression means (`wat_driver::Session`).

mod editor;
mod evaluate;

use crate::options::Options;
use crate::{exit, report};
use editor::{Input, Line};
use evaluate::Outcome;
use std::io::Write;
use wat_driver::{Piece, Place, Session};
use wat_source::Code;

const HELP: &str = "\
(defn f …) (def x …)  keep a definition; the same name again takes its place
:doc NAME             what a function or value is, also (doc NAME)
:type EXPR            the type of an expression, which is not evaluated
:quit                 leave, also Ctrl-D; Ctrl-C ends a running expression
*1                    the last value
";

pub fn run(options: &Options) -> i32 {
    if let Err(mistake) = wat_driver::project::settings(&options.set) {
        report::write(&format!("wat: {mistake}\n"));
        return exit::MISUSE;
    }
    let mut repl =
        Repl { session: Session::default(), json: options.json, set: options.set.clone(), inputs: 0 };
    let mut input = match Input::open() {
        Ok(input) => input,
        Err(reason) => {
            report::write(&format!("wat: {reason}\n"));
            return exit::MISUSE;
        }
    };
    loop {
        match input.read(repl.session.names()) {
            Line::Text(text) => {
                if !repl.answer(&text) {
                    return 0;
                }
            }
            Line::Again => {}
            Line::End => return 0,
        }
    }
}

struct Repl {
    session: Session,
    json: bool,
    /// Settings for the processes of the expressions.
    set: Vec<String>,
    /// How many there were.
    inputs: u32,
}

impl Repl {
    /// Answers one input; false where it asks to leave.
    fn answer(&mut self, text: &str) -> bool {
        let (word, rest) = match text.trim().split_once(char::is_whitespace) {
            Some((word, rest)) => (word, rest.trim()),
            None => (text.trim(), ""),
        };
        match (word, rest) {
            ("", _) => {}
            (":quit", "") => return false,
            (":help", "") => say(HELP),
            // The words of other sessions, unless somebody has named something so.
            ("quit" | "exit" | "(quit)" | "(exit)", "") if !self.is_named(word) => return false,
            ("help" | "?" | "(help)", "") if !self.is_named(word) => say(HELP),
            (":doc", name) if !name.is_empty() => self.document(name),
            (":type", expression) if !expression.is_empty() => match self.session.judge(expression) {
                Ok(judged) => say(&format!("{}\n", judged.ty)),
                Err(found) => self.complain(&found),
            },
            _ => {
                if let Some(found) = wat_driver::unreadable(text) {
                    self.complain(&found);
                    return true;
                }
                self.inputs += 1;
                let pieces = wat_driver::pieces(self.inputs, text);
                if pieces.is_empty() {
                    self.evaluate(text, None);
                }
                for piece in pieces {
                    self.piece(piece);
                }
            }
        }
        true
    }

    fn is_named(&self, word: &str) -> bool {
        let name = word.trim_matches(['(', ')']);
        self.session.names().iter().any(|known| known == name)
    }

    fn piece(&mut self, piece: Piece) {
        let words = piece.text.trim_start_matches('(').trim_end_matches(')');
        if let Some(name) = words.strip_prefix("doc ").filter(|_| piece.text.starts_with("(doc ")) {
            self.document(name.trim());
        } else if piece.key.is_some() {
            self.define(piece);
        } else {
            self.evaluate(&piece.text, piece.place);
        }
    }

    fn define(&mut self, piece: Piece) {
        let next = self.session.with(piece.clone());
        let found = next.check(&piece);
        if !found.has_errors() {
            self.session = next;
            return;
        }
        // A value with effects is computed now, once.
        let has_effect =
            found.diagnostics.iter().filter(|d| d.is_error()).all(|d| d.code == Code::EffectInDef);
        match &piece.value {
            Some((name, value)) if has_effect => self.keep(name, value, piece.place_of(value)),
            _ => self.complain(&found),
        }
    }

    /// `(def name value)` where computing the value has effects: what it is now.
    fn keep(&mut self, name: &str, value: &str, place: Option<Place>) {
        let judged = match self.session.judge(value) {
            Ok(judged) => judged,
            Err(found) => return self.complain(&found),
        };
        if !judged.is_wire {
            report::write(&format!(
                "wat: `{name}` cannot be kept: {} lives in the process of its expression, which ends with it\n  \
                 use it within one expression: (let [{name} …] …)\n",
                judged.ty
            ));
            return;
        }
        if let Outcome::Value(text) = self.run(&valued(value), value, place) {
            self.hold(name, &text, &judged.ty);
        }
    }

    fn hold(&mut self, name: &str, edn: &str, ty: &str) {
        let quoted = wat_edn::Value::string(edn);
        let text =
            format!("(def {name} (let [read (fn [] -> {ty} (unwrap (wat.edn/parse {quoted})))] (read)))");
        let piece = Piece { text, key: Some(name.to_string()), value: None, place: None };
        let next = self.session.with(piece.clone());
        // What cannot be read back at its type (an empty Option inside a type of this session) is not held.
        if !next.check(&piece).has_errors() {
            self.session = next;
        }
    }

    fn evaluate(&mut self, expression: &str, place: Option<Place>) {
        let judged = match self.session.judge(expression) {
            Ok(judged) => judged,
            Err(found) => return self.complain(&found),
        };
        if !judged.is_wire {
            if let Outcome::Done = self.run(&format!("(ignore\n{expression})"), expression, place) {
                say(&format!("#<{}>\n", judged.ty));
            }
            return;
        }
        if let Outcome::Value(text) = self.run(&valued(expression), expression, place) {
            if judged.ty == "nil" {
                say("nil\n");
            } else {
                say(&format!("{text} <- {}\n", judged.ty));
                self.hold("*1", &text, &judged.ty);
            }
        }
    }

    /// Runs a statement among the definitions; `part` of it was written at the place.
    fn run(&self, statement: &str, part: &str, place: Option<Place>) -> Outcome {
        let inputs = self.session.inputs(statement, part, place);
        evaluate::run(&self.session.program(statement), &inputs, &self.set)
    }

    fn document(&self, name: &str) {
        let found = self.session.documentation(name);
        if found.is_empty() {
            report::write(&format!("wat: nothing has the name {name}\n"));
        }
        for text in found {
            say(&format!("{text}\n"));
        }
    }

    fn complain(&self, found: &wat_driver::Report) {
        report::print_errors(found, self.json);
    }
}

/// What evaluates the expression, then marks and writes its value.
fn valued(expression: &str) -> String {
    format!("(let [value\n{expression}\n] (println {}) (println value))", evaluate::MARK)
}

/// To stdout at once; a reader that has gone is not an error.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
