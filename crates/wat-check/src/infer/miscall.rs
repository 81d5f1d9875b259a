//! Calls that cannot be: too many or too few arguments, and what is called without being a function. What was meant is
//! often code of another language, and told as that. Not here: arguments of the wrong type, which `mismatch` words.

use super::Infer;
use super::call::{a, given, plural};
use super::tree::{E, K};
use crate::head::bad_syntax;
use crate::scope::starts_upper;
use crate::table::Sig;
use crate::unify::Con;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

impl Infer<'_, '_> {
    pub fn wrong_arity(&mut self, sig: &Sig, args: &[Form], span: Span) -> E {
        if let Some(told) = foreign_argument(args) {
            return self.wrong(told, span);
        }
        let name = sig.overload.unwrap_or(sig.name).name();
        let count = sig.params.len();
        let wanted = if sig.has_rest {
            format!("{} or more", plural(count - 1))
        } else if sig.variadic.is_some() {
            "one argument or more".to_string()
        } else {
            plural(count)
        };
        let params: Vec<String> = sig.params.iter().map(|(name, ty)| format!("{name} <- {ty}")).collect();
        let title = format!("`{name}` takes {wanted}, and {} given", given(args.len()));
        let mut diagnostic = Diagnostic::new(Code::WrongArity, title).at(span);
        if self.env.own.sigs.contains_key(&sig.name) && !self.env.in_library {
            diagnostic = diagnostic.label(sig.span, format!("defined here with [{}]", params.join("  ")));
        } else {
            diagnostic = diagnostic.note(format!("its parameters are [{}]", params.join("  ")));
        }
        let prints = matches!(sig.name.as_str(), "wat.kernel/println" | "wat.kernel/eprintln");
        if let Some((item, place)) = indexed(args) {
            diagnostic = diagnostic.suggest(format!("an item is read by {item}"), place, item);
            return self.wrong(diagnostic, span);
        } else if args.len() == 2 * count && args.iter().step_by(2).all(|arg| arg.as_keyword().is_some()) {
            diagnostic =
                diagnostic.help("arguments have no names: their values stand in the order of the parameters");
        } else if prints && args.len() > 1 {
            let parts = args.iter().filter(|arg| !arg.is_symbol("+"));
            let parts: String = parts.map(|arg| format!(" {arg}")).collect();
            diagnostic =
                diagnostic.help(format!("`str` puts several values into one text: ({name} (str{parts}))"));
        } else if name == "spawn-thread" && args.len() == 2 {
            diagnostic = diagnostic.note(
                "a thread has no limits and no authority of its own: both need a process, (spawn-process …)",
            );
        }
        for arg in args {
            self.infer(arg);
        }
        // A text between single quotes falls apart into words, of which only the last is told.
        if args.iter().any(|arg| arg.as_symbol().is_some_and(|name| name.as_str().ends_with('\''))) {
            return self.error(span);
        }
        self.wrong(diagnostic, span)
    }

    pub fn wrong_count(&mut self, name: Symbol, count: usize, args: &[Form], span: Span) -> E {
        for arg in args {
            self.infer(arg);
        }
        let title = format!("`{name}` takes {}, and {} given", plural(count), given(args.len()));
        self.wrong(Diagnostic::new(Code::WrongArity, title).at(span), span)
    }

    pub fn not_a_function(&self, callee: &E, args: &[Form], shown: &str) -> Diagnostic {
        let title = format!("{} is called, and it is no function", a(shown));
        let mut diagnostic =
            Diagnostic::new(Code::NotAFunction, title).label(callee.span, format!("this is {}", a(shown)));
        let text = match callee.kind {
            K::Local(id) => {
                let local = &self.locals[id.0 as usize];
                let label = format!("`{}` is a name of a value here", local.name);
                diagnostic = diagnostic.label(local.span, label);
                local.name.as_str()
            }
            _ => "…",
        };
        let help = match (self.types.head(callee.ty), args) {
            (Some(Con::Map), [key]) => format!("look up a key with (get {text} {key})"),
            (Some(Con::Vector), [index]) => format!("take an item with (nth {text} {index})"),
            (Some(Con::Set), [item]) => format!("ask a set with (contains? {text} {item})"),
            (Some(Con::Named(_)), [field]) if field.as_keyword().is_some() => {
                format!("a field is read by its keyword: ({field} {text})")
            }
            (_, []) if matches!(callee.kind, K::Call { .. }) => {
                "the outer pair of parentheses calls what the inner one gives".to_string()
            }
            _ => return diagnostic,
        };
        diagnostic.help(help)
    }
}

/// `f"hello"` and `Point{…}`: two arguments where another language has one.
fn foreign_argument(args: &[Form]) -> Option<Diagnostic> {
    touching(args).find_map(|(name, next)| {
        let place = name.span.to(next.span);
        if next.as_str().is_some() {
            let told = bad_syntax(place, "a text has no letters before its quote");
            return Some(told.help("`str` puts text together: (str \"hello \" name)"));
        }
        let is_type = name.as_symbol().is_some_and(|name| starts_upper(name.name()));
        (is_type && next.as_map().is_some())
            .then(|| bad_syntax(place, "a struct is built in parentheses").help(format!("({name} …)")))
    })
}

/// `xs[0]` as it is written here, and where it stands.
fn indexed(args: &[Form]) -> Option<(String, Span)> {
    touching(args).find_map(|(items, next)| match next.as_vector() {
        Some([index]) => {
            let reads = if index.as_str().is_some() || index.as_keyword().is_some() { "get" } else { "nth" };
            Some((format!("({reads} {items} {index})"), items.span.to(next.span)))
        }
        _ => None,
    })
}

/// Names with what stands behind them without a blank.
fn touching(args: &[Form]) -> impl Iterator<Item = (&Form, &Form)> {
    let pairs = args.windows(2).map(|pair| (&pair[0], &pair[1]));
    pairs.filter(|(name, next)| name.as_symbol().is_some() && name.span.end == next.span.start)
}
