//! Programs and what speaks with them: a `defn` named where a program is wanted, `select`, `with-peers`.

use super::Infer;
use super::tree::{C, E, K, P, Pk, Source, Want, Why};
use crate::head::bad_syntax;
use crate::table::Sig;
use crate::unify::{Con, T};
use wat_source::{Code, Diagnostic, Span};
use wat_syntax::{Form, FormKind};

impl Infer<'_, '_> {
    /// The name of a nullary `defn` with result nil, where a Program is wanted.
    pub fn program_of(&mut self, sig: &Sig, span: Span, want: Want) -> E {
        let targs = self.instantiate(sig, span, None);
        let contract = match &sig.contract {
            Some(contract) => {
                let input = self.instance(&contract.input, sig, &targs);
                (input, self.instance(&contract.output, sig, &targs))
            }
            None => {
                let edn = self.types.scalar(Con::Edn);
                (edn, edn)
            }
        };
        let result = self.instance(&sig.result, sig, &targs);
        let nil = self.types.scalar(Con::Nil);
        if let Err(_clash) = self.types.unify(result, nil) {
            let shown = self.types.show(result);
            let diagnostic = Diagnostic::new(
                Code::TypeMismatch,
                format!(
                    "a program has the result nil, and `{}` gives {}",
                    sig.name.name(),
                    super::call::a(&shown)
                ),
            )
            .label(span, "a program is wanted here")
            .label(sig.span, "defined here");
            return self.wrong(diagnostic, span);
        }
        let ty = self.types.con(Con::Program, &[contract.0, contract.1]);
        self.meet(E { kind: K::ProgramOf { name: sig.name, targs, contract }, ty, span }, want)
    }

    /// `(Result T Crash)`
    fn result_of(&mut self, t: T) -> T {
        let crash = self.types.named("wat.kernel/Crash", &[]);
        self.types.named("wat.core/Result", &[t, crash])
    }

    pub fn select_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        if args.is_empty() {
            return self.wrong(bad_syntax(span, "`select` needs at least one clause"), span);
        }
        let mut want = self.branches(want);
        let ty = self.wanted(want);
        // Sources are evaluated before waiting, in order; names that clauses bind are not in sight there.
        let mut clauses = Vec::new();
        for form in args {
            let Some((head, rest)) = form.as_list().and_then(|items| items.split_first()) else {
                if !form.is_error() {
                    self.report(bad_syntax(form.span, "a clause is `(source pattern body…)`"));
                }
                continue;
            };
            let mark = self.names.mark();
            let Some((source, pattern, body)) = self.clause(form, head, rest) else { continue };
            let body = if body.is_empty() {
                self.wrong(bad_syntax(form.span, "this clause gives nothing"), form.span)
            } else {
                self.body(body, form.span, want)
            };
            self.names.truncate(mark);
            if matches!(want.why, Why::Nothing) {
                want.why = Why::Branch(body.span);
            }
            clauses.push(C { source, pattern, body, span: form.span });
        }
        E { kind: K::Select(clauses), ty, span }
    }

    fn clause<'f>(
        &mut self,
        form: &Form,
        head: &'f Form,
        rest: &'f [Form],
    ) -> Option<(Source, P, &'f [Form])> {
        let span = form.span;
        let nil = self.types.scalar(Con::Nil);
        let wild = P { kind: Pk::Wild, ty: nil, span: head.span };
        let special = head.as_symbol().map_or("", |name| name.as_str());
        let special = special.strip_prefix("wat.core/").unwrap_or(special);
        let special = special.strip_prefix("wat.kernel/").unwrap_or(special);
        match (special, rest) {
            ("stopped", body) => Some((Source::Stopped, wild, body)),
            ("cancelled", body) => Some((Source::Cancelled, wild, body)),
            ("signal", [which, body @ ..]) if matches!(&which.kind, FormKind::Keyword(_)) => {
                let second = match &which.kind {
                    FormKind::Keyword(name) if name.as_str() == "usr1" => false,
                    FormKind::Keyword(name) if name.as_str() == "usr2" => true,
                    _ => {
                        let message = "the signals for a program are `:usr1` and `:usr2`";
                        self.report(bad_syntax(which.span, message));
                        return None;
                    }
                };
                Some((Source::Signal(second), wild, body))
            }
            ("after", [duration, body @ ..]) => {
                let ty = self.types.scalar(Con::Duration);
                let duration = self.check(duration, Want::of(ty, Why::Nothing));
                Some((Source::After(duration), wild, body))
            }
            ("exit", [peer, pattern, body @ ..]) => {
                let (input, output) = (self.types.fresh(), self.types.fresh());
                let ty = self.types.con(Con::Peer, &[input, output]);
                let peer = self.check(peer, Want::of(ty, Why::Nothing));
                let given = self.result_of(nil);
                Some((Source::Exit(peer), self.pattern(pattern, given), body))
            }
            ("after" | "exit", _) => {
                self.report(bad_syntax(span, format!("a clause is `({special} … body…)`")));
                None
            }
            (_, [pattern, body @ ..]) => {
                let source = self.infer(head);
                self.pending();
                match self.types.head(source.ty) {
                    Some(Con::Peer) => {
                        let output = self.types.args(source.ty)[1];
                        let option = self.types.named("wat.core/Option", &[output]);
                        let given = self.result_of(option);
                        Some((Source::Peer(source), self.pattern(pattern, given), body))
                    }
                    Some(Con::Receiver) => {
                        let item = self.types.args(source.ty)[0];
                        let given = self.types.named("wat.core/Option", &[item]);
                        Some((Source::Receiver(source), self.pattern(pattern, given), body))
                    }
                    _ => {
                        if self.types.is_open(source.ty) {
                            self.report(
                                Diagnostic::new(
                                    Code::AmbiguousType,
                                    "whether this is a Peer or a Receiver is not known",
                                )
                                .at(source.span),
                            );
                        } else if !self.types.is_error(source.ty) {
                            let shown = self.types.show(source.ty);
                            self.report(
                                Diagnostic::new(Code::TypeMismatch, "`select` waits on a Peer or a Receiver")
                                    .label(source.span, format!("this is {}", super::call::a(&shown))),
                            );
                        }
                        let error = self.types.error();
                        let pattern = self.pattern(pattern, error);
                        Some((Source::Peer(source), pattern, body))
                    }
                }
            }
            (_, []) => {
                self.report(bad_syntax(span, "a clause is `(source pattern body…)`"));
                None
            }
        }
    }

    pub fn with_peers_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let Some((pairs, body)) =
            args.split_first().and_then(|(first, body)| Some((first.as_vector()?, body)))
        else {
            let title =
                "`with-peers` takes a vector of names and peers: (with-peers [p (spawn-process f)] …)";
            return self.wrong(bad_syntax(span, title), span);
        };
        if pairs.len() % 2 == 1 {
            self.report(bad_syntax(pairs[pairs.len() - 1].span, "a peer is missing for this name"));
        }
        let mark = self.names.mark();
        let mut binds = Vec::new();
        for pair in pairs.chunks_exact(2) {
            let (input, output) = (self.types.fresh(), self.types.fresh());
            let ty = self.types.con(Con::Peer, &[input, output]);
            let peer = self.check(&pair[1], Want::of(ty, Why::Nothing));
            match pair[0].as_symbol() {
                Some(name) => binds.push((self.bind(name, ty, pair[0].span), peer)),
                None => self.report(bad_syntax(pair[0].span, "`with-peers` binds plain names")),
            }
        }
        let body = self.body(body, span, want.not_tail());
        self.names.truncate(mark);
        let ty = body.ty;
        E { kind: K::WithPeers { binds, body: Box::new(body) }, ty, span }
    }
}
