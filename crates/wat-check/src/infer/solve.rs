//! What waits until types are known: fields, overloads, contracts, then literals, then protocols; and at the
//! end what a definition drops or captures. The order is that of the language's ruling.

use super::Infer;
use crate::bounds::{self, Lack};
use crate::hir::LocalId;
use crate::protocol::{self, SELF, is_defined};
use crate::ty::Ty;
use crate::unify::{Con, Open, Shape, T};
use crate::wire;
use wat_source::{Code, Diagnostic, Span, Symbol};

impl Infer<'_, '_> {
    /// Fields and overloads, as far as they can be decided now.
    pub fn pending(&mut self) {
        loop {
            let mut progress = false;
            for number in 0..self.fields.len() {
                progress |= !self.fields[number].done && self.solve_field(number);
            }
            for number in 0..self.overloads.len() {
                progress |= !self.overloads[number].done && self.solve_overload(number);
            }
            if !progress {
                return;
            }
        }
    }

    /// Find a field; true when that is done, one way or the other.
    pub fn solve_field(&mut self, number: usize) -> bool {
        let field = &self.fields[number];
        let (value, name, result, span) = (field.value, field.name, field.result, field.span);
        let env = self.env;
        match self.types.shape(value) {
            Shape::Open(Open::Any | Open::Never) => return false,
            Shape::Error => self.types.silence(result),
            Shape::Con(Con::Named(ty)) if env.type_def(ty).is_some_and(|def| def.is_struct) => {
                let def = env.type_def(ty).expect("tested by the guard");
                match def.variants[0].fields.iter().position(|(field, _)| *field == name) {
                    Some(at) => {
                        let targs = self.types.args(value);
                        let ty = self.field_type(&def.variants[0].fields[at].1, &def.params, &targs);
                        self.fields[number].index = Some(at as u32);
                        if let Err(clash) = self.types.unify(ty, result) {
                            let e = super::tree::E { kind: super::tree::K::Error, ty, span };
                            self.mismatch(&e, result, super::tree::Why::Nothing, clash);
                        }
                    }
                    None => {
                        self.unknown_field(ty, name, span);
                        self.types.silence(result);
                    }
                }
            }
            _ => {
                let shown = self.types.show(value);
                let mut diagnostic = Diagnostic::new(
                    Code::UnknownField,
                    format!("{} has no field `{name}`", super::call::a(&shown)),
                )
                .label(span, "only structs have fields");
                if self.types.is(value, Con::Map) {
                    diagnostic = diagnostic.help(format!("look up a key with (get m :{name})"));
                } else if self.is_option(value) {
                    diagnostic = diagnostic.help(super::mismatch::MAYBE_NONE);
                }
                self.report(diagnostic);
                self.types.silence(result);
            }
        }
        self.fields[number].done = true;
        true
    }

    /// Everything, once the whole definition has been seen.
    pub fn solve(&mut self) {
        loop {
            self.pending();
            if self.contracts() {
                continue;
            }
            if !self.types.default_literals() {
                break;
            }
        }
        self.broken |= self.out.iter().any(Diagnostic::is_error);
        self.unsolved();
        self.protocols();
        self.broken |= self.out.iter().any(Diagnostic::is_error);
        self.captures();
        self.drops();
    }

    /// What is read or written in a program and not determined becomes the contract's; true on progress.
    fn contracts(&mut self) -> bool {
        let mut progress = false;
        for number in 0..self.events.len() {
            let event = &self.events[number];
            let side = if event.input { event.program.0 } else { event.program.1 };
            let ty = event.ty;
            if self.types.is(side, Con::Edn) || self.types.has_error(side) || !self.types.has_open(ty) {
                continue;
            }
            progress |= self.types.unify(ty, side).is_ok();
        }
        progress
    }

    /// About what is not determined; where something else is wrong, that may be why.
    fn ambiguous(&mut self, diagnostic: Diagnostic) {
        if !self.broken {
            self.report(diagnostic);
        }
    }

    /// What is still not decided never will be.
    fn unsolved(&mut self) {
        for number in 0..self.fields.len() {
            if self.fields[number].done {
                continue;
            }
            let field = &self.fields[number];
            let (name, span, value, result) = (field.name, field.span, field.value, field.result);
            self.ambiguous(
                Diagnostic::new(
                    Code::AmbiguousType,
                    format!("which struct has the field `{name}` is not known"),
                )
                .label(span, "nothing says what this is a field of")
                .help("give the parameter its type: (fn [p <- Point] …)"),
            );
            self.types.silence(value);
            self.types.silence(result);
            self.pending();
        }
        for number in 0..self.overloads.len() {
            if self.overloads[number].done {
                continue;
            }
            let pending = &self.overloads[number];
            let (name, span, result) = (pending.name, pending.span, pending.result);
            let sig = self.env.sig(pending.candidates[0]);
            let on = sig.and_then(|sig| sig.on.first().copied()).unwrap_or(0) as usize;
            let (ty, at) = pending.args.get(on).copied().unwrap_or((result, span));
            self.overloads[number].done = true;
            self.ambiguous(
                Diagnostic::new(
                    Code::AmbiguousType,
                    format!("`{}` works on several types, and which one this is is not known", name.name()),
                )
                .label(at, "nothing determines the type of this"),
            );
            self.types.silence(ty);
            self.types.silence(result);
            self.pending();
        }
    }

    fn protocols(&mut self) {
        let mut reported: Vec<Span> = Vec::new();
        for bound in std::mem::take(&mut self.bounds) {
            if self.types.has_error(bound.ty) || reported.contains(&bound.span) {
                continue;
            }
            match self.types.shape(bound.ty) {
                Shape::Open(Open::Never) if !is_defined(bound.protocol) => continue,
                Shape::Open(_) => {
                    let name = bound.asked.name();
                    let mut diagnostic =
                        Diagnostic::new(Code::AmbiguousType, "the type of this value is not determined")
                            .label(bound.span, format!("`{name}` needs to know it"));
                    if matches!(name, "readln" | "try-readln" | "from-edn" | "read-edn")
                        || self.answers_unasked(bound.asked, bound.protocol)
                    {
                        diagnostic = diagnostic.help(format!("name the type: ({name} … -> T)"));
                    } else if self.answers_self(bound.asked) {
                        diagnostic = diagnostic.help(format!("name the type: ({name} -> T)"));
                    }
                    self.ambiguous(diagnostic);
                    self.types.silence(bound.ty);
                    continue;
                }
                _ => {}
            }
            // Told of another of its definitions, chosen for the number that is wanted: the wrong result has been told.
            if self.broken && self.is_defined_for(bound.asked, bound.ty) {
                continue;
            }
            let ty = self.types.write(bound.ty);
            if let Err(lack) = bounds::implements(&ty, bound.protocol, self.env, &self.where_bounds) {
                if self.is_told_as_other(bound.span) {
                    continue;
                }
                self.lacking(&ty, lack, bound.span, bound.asked);
                reported.push(bound.span);
            }
        }
    }

    /// Whether a mismatch has named the value as one of its two sides: which of them is meant is not known.
    fn is_told_as_other(&self, span: Span) -> bool {
        let mut mismatches = self.out.iter().filter(|told| told.code == Code::TypeMismatch);
        mismatches.any(|told| told.labels.iter().any(|label| label.span == span))
    }

    /// A function whose result has a type with the protocol that no argument tells.
    fn answers_unasked(&self, name: Symbol, protocol: Symbol) -> bool {
        self.env.sig(name).is_some_and(|sig| {
            let mut asked = sig.bounds.iter().filter(|(bound, _)| *bound == protocol).map(|(_, open)| *open);
            asked.any(|open| {
                super::mentions(&sig.result, open)
                    && !sig.params.iter().any(|(_, ty)| super::mentions(ty, open))
            })
        })
    }

    /// A method that gives a `Self` and takes none.
    fn answers_self(&self, name: Symbol) -> bool {
        let own = Symbol::new(SELF);
        self.env.protocol_of(name).is_some()
            && self
                .env
                .sig(name)
                .is_some_and(|sig| !sig.params.iter().any(|(_, ty)| super::mentions(ty, own)))
    }

    fn lacking(&mut self, ty: &Ty, lack: Lack, span: Span, asked: Symbol) {
        if lack.protocol == "Wire" && self.cx.unwired.contains(ty) {
            return;
        }
        let asked = asked.name();
        let protocol = lack.protocol.name();
        let part = lack.part.to_string();
        let whole = ty.to_string();
        let inside = if part == whole { String::new() } else { format!(", a part of {whole}") };
        let mut diagnostic = if let Ty::Var(variable) = &lack.part {
            Diagnostic::new(
                Code::MissingBound,
                format!("`{asked}` needs {protocol}, and `{variable}` may be any type"),
            )
            .label(span, format!("this is {}", super::call::a(&whole)))
            .help(format!("ask for it in the signature: {{:where [({protocol} {variable})]}}"))
        } else if protocol == "Wire" {
            let diagnostic =
                Diagnostic::new(Code::NotWire, format!("{} cannot leave the process", super::call::a(&part)))
                    .label(span, format!("this is {}{inside}", super::call::a(&part)));
            match &lack.part {
                Ty::Seq(_) => diagnostic.help(super::mismatch::TAKEN),
                _ if part == "Form" => {
                    diagnostic.help("a quoted list is code; values stand in a vector: [1 2]")
                }
                _ => diagnostic,
            }
        } else {
            let mut diagnostic = Diagnostic::new(
                Code::MissingBound,
                format!("`{asked}` needs {protocol}, which {part} does not have"),
            )
            .label(span, format!("this is {}{inside}", super::call::a(&part)));
            if is_defined(lack.protocol) {
                diagnostic = diagnostic.help(format!("implement it: {}", self.extension(&lack)));
            } else if matches!(lack.part, Ty::Seq(_)) {
                diagnostic = diagnostic.help(super::mismatch::TAKEN);
            } else if protocol == "Num" && lack.part == Ty::Str {
                diagnostic = diagnostic.help("texts are joined by (str …)");
            } else if protocol == "Num" && matches!(&lack.part, Ty::Named(n, _) if *n == "wat.core/Option") {
                diagnostic = diagnostic.help(super::mismatch::MAYBE_NONE);
            } else if protocol == "Num" && matches!(&lack.part, Ty::Named(n, _) if *n == "wat.core/Result") {
                diagnostic = diagnostic.help(super::mismatch::MAYBE_FAILED);
            } else if lack.derivable {
                diagnostic =
                    diagnostic.help(format!("derive it where the type is defined: {{:derive [{protocol}]}}"));
            }
            diagnostic
        };
        if let Some((own, ty)) = &lack.by {
            diagnostic =
                diagnostic.note(format!("the implementation of {} for {ty} asks for it", own.name()));
        }
        self.report(diagnostic);
    }

    /// The `extend` that is missing, as one begins to write it.
    fn extension(&self, lack: &Lack) -> String {
        let methods = self.env.protocol_def(lack.protocol).map_or(&[][..], |protocol| &protocol.methods);
        let needed = methods.iter().filter(|method| method.default.is_none());
        let stubs: String = needed
            .filter_map(|method| self.env.sig(method.name))
            .map(|sig| format!(" {}", protocol::stub(sig)))
            .collect();
        format!("(extend {} {}{stubs})", lack.part, lack.protocol.name())
    }

    /// What programs take along must be data.
    fn captures(&mut self) {
        for capture in std::mem::take(&mut self.captured) {
            let t = self.locals[capture.local.0 as usize].ty;
            if self.types.has_error(t) {
                continue;
            }
            let ty = self.types.write(t);
            let allowed = if capture.is_thread {
                wire::is_wire_or_channel(&ty, self.env)
            } else {
                wire::wire(&ty, self.env)
            };
            let Err(part) = allowed else { continue };
            if matches!(part, Ty::Var(_))
                && bounds::implements(&ty, Symbol::new("Wire"), self.env, &self.where_bounds).is_ok()
            {
                continue;
            }
            self.not_wire_capture(capture.local, &ty, &part, capture.span);
        }
    }

    fn not_wire_capture(&mut self, local: LocalId, ty: &Ty, part: &Ty, span: Span) {
        let (name, at) = {
            let local = &self.locals[local.0 as usize];
            (local.name, local.span)
        };
        let what = if part == ty {
            format!("`{name}` is {}", super::call::a(&ty.to_string()))
        } else {
            format!("`{name}` is {}, and {part} is a part of it", super::call::a(&ty.to_string()))
        };
        let mut diagnostic = Diagnostic::new(
            Code::NotWire,
            format!("the program would take `{name}` along, which is not data"),
        )
        .label(span, "its first use in the program")
        .label(at, what);
        diagnostic = match part {
            Ty::Fn(..) => diagnostic.help("define it with `defn`: definitions are named, not taken along"),
            Ty::Peer(..) => diagnostic.note("a peer stays with its thread"),
            Ty::Sender(..) | Ty::Receiver(..) => {
                diagnostic.note("a channel stays in its process: `spawn-thread` takes an end of it along")
            }
            Ty::Seq(..) => diagnostic.help(format!("a vector is data: (vec {name})")),
            Ty::Var(v) => diagnostic.help(format!("ask for it in the signature: {{:where [(Wire {v})]}}")),
            _ => diagnostic,
        };
        self.report(diagnostic);
    }

    fn drops(&mut self) {
        for (t, span) in std::mem::take(&mut self.dropped) {
            match self.types.shape(t) {
                Shape::Open(_) | Shape::Error | Shape::Con(Con::Nil) => {}
                Shape::Con(Con::Named(name)) if name == "wat.core/Result" => {
                    let shown = self.types.show(t);
                    self.report(
                        Diagnostic::new(Code::UnusedResult, "a Result is dropped, and with it the failure it may hold")
                            .label(span, format!("this is {}", super::call::a(&shown)))
                            .help("use (unwrap …) to crash on a failure, `match` to look at it, (ignore …) to drop it"),
                    );
                }
                Shape::Con(_) if self.broken => {}
                Shape::Con(_) => {
                    let shown = self.types.show(t);
                    let mut diagnostic = Diagnostic::new(Code::UnusedValue, "this value is not used")
                        .label(span, format!("{} is computed and dropped", super::call::a(&shown)));
                    if matches!(self.types.head(t), Some(Con::Vector | Con::Map | Con::Set)) {
                        diagnostic = diagnostic.note(
                            "no collection changes: what is done to it gives a new one, to be named by `let`",
                        );
                    }
                    self.report(diagnostic);
                }
            }
        }
    }

    /// Is anything in this type wrong?
    pub fn is_wrong(&self, t: T) -> bool {
        self.types.has_error(t)
    }
}
