//! The names of definitions: what may be one, what it hides, and which the file lists for others.

use super::{Declarer, PROTOCOLS};
use crate::foreign::Prose;
use crate::head::{Attributes, Head};
use crate::namespace::SourceFile;
use crate::scope::{BUILTIN_TYPES, Env, Lookup, PRELUDE, starts_upper};
use crate::special::Special;
use crate::table::full;
use crate::typeform::is_variable;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// Names of the prelude that any program may take without a warning: words that stand in the options of a spawn alone, and
/// are too common to be kept from others.
const YIELDING: [&str; 1] = ["run"];

/// The name with the first letter that a type has, or that others have.
pub(super) fn with_capital(name: &str, capital: bool) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter();
    match capital {
        true => first.flat_map(char::to_uppercase).chain(letters).collect(),
        false => first.flat_map(char::to_lowercase).chain(letters).collect(),
    }
}

/// Definitions of programs may be written by their full names: `(defn user/f …)` in `user` defines `f`.
pub(super) fn short_name(name: Symbol, ns: Symbol) -> Option<&'static str> {
    match name.split() {
        (None, short) => Some(short),
        (Some(written), short) if ns == written => Some(short),
        _ => None,
    }
}

impl<'a> Declarer<'a, '_, '_> {
    /// The full name of a definition, after the rules about names.
    pub(super) fn define(&mut self, file: usize, head: &Head<'_>, is_type: bool) -> Option<Symbol> {
        self.define_as(file, head, is_type, head.attributes.is_true("private"))
    }

    pub(super) fn define_as(
        &mut self,
        file: usize,
        head: &Head<'_>,
        is_type: bool,
        is_private: bool,
    ) -> Option<Symbol> {
        let ns = self.namespace(file);
        let Some(short) = short_name(head.name, ns) else {
            self.out.push(
                Diagnostic::new(
                    Code::BadName,
                    format!("`{}` belongs to another namespace than `{ns}`", head.name),
                )
                .at(head.name_span),
            );
            return None;
        };
        let name = full(ns, short);
        if let Some(first) = self.seen.get(&name) {
            self.out.push(
                Diagnostic::new(Code::Redefinition, format!("`{short}` is defined twice"))
                    .label(head.name_span, "again here")
                    .label(*first, "first here"),
            );
            return None;
        }
        let complaint = if is_type && !starts_upper(short) {
            Some("a type begins with a capital")
        } else if is_type && is_variable(short) {
            Some("one capital is a type variable; a type has a longer name")
        } else if !is_type && starts_upper(short) {
            Some("only types and variants begin with a capital")
        } else if short.contains('/') && short != "/" {
            Some("a definition's name has no `/`")
        } else if !self.env.in_library && Special::by_name(short).is_some_and(Special::is_reserved) {
            Some("it heads a special form, which has no other meaning")
        } else {
            None
        };
        if let Some(complaint) = complaint {
            self.out.push(
                Diagnostic::new(Code::BadName, format!("`{short}` cannot be the name of this definition"))
                    .label(head.name_span, complaint),
            );
            if starts_upper(short) != is_type
                && let Some(last) = self.out.last_mut()
            {
                let other = with_capital(short, is_type);
                *last = last.clone().suggest(format!("write `{other}`"), head.name_span, other);
            }
            if short.contains('/') {
                return None;
            }
        }
        self.seen.insert(name, head.name_span);
        if complaint.is_none() {
            self.shadowing(short, is_type, head.name_span);
        }
        if !is_private {
            self.list(ns, short);
        }
        Some(name)
    }

    pub(super) fn list(&mut self, ns: Symbol, short: &str) {
        let short = Symbol::new(short);
        if self.listed.insert((ns, short)) {
            self.env.own.names.entry(ns).or_default().push(short);
        }
    }

    fn shadowing(&mut self, short: &str, is_type: bool, span: Span) {
        if self.env.in_library || YIELDING.contains(&short) {
            return;
        }
        let in_prelude = |ns: &str| {
            let listed = self.env.lib.names.get(&Symbol::new(ns));
            listed.is_some_and(|names| names.contains(&Symbol::new(short)))
        };
        let hides = PRELUDE.iter().any(|ns| in_prelude(ns))
            || (is_type && BUILTIN_TYPES.contains(&short))
            || (is_type && PROTOCOLS.contains(&short))
            || Special::by_name(short).is_some();
        if hides {
            self.out.push(
                Diagnostic::new(Code::ShadowedPrelude, format!("this hides `{short}` of the prelude"))
                    .label(span, "the prelude's stays in reach by its full name"),
            );
        }
    }

    /// Code of another language is one mistake, whatever it would mean word by word.
    pub(super) fn foreign_text(&mut self, file: usize, prose: &Prose<'_>) {
        let place = prose.place;
        let inside = |span: Span| span.file == place.file && (place.start..prose.end).contains(&span.start);
        self.out.retain(|told| !inside(told.span()));
        self.out.push(prose.diagnostic());
        self.decls.foreign = true;
        if let Some((name, name_span)) = prose.defines.filter(|(name, _)| name.namespace().is_none()) {
            let attributes = Attributes::default();
            let head = Head { name, name_span, params: &[], doc: None, attributes, rest: &[] };
            if let Some(name) = self.define(file, &head, false) {
                self.unreadable(name, &head);
            }
        }
    }

    /// What is defined with the word of another language: that word is the mistake, not the uses of the name.
    pub(super) fn foreign_definitions(&mut self, files: &'a [SourceFile]) {
        for (file, source) in files.iter().enumerate() {
            for form in &source.forms {
                let Some([word, named, ..]) = form.as_list() else { continue };
                let named = named.as_list().and_then(<[Form]>::first).unwrap_or(named);
                let (Some(word), Some(name)) = (word.as_symbol(), named.as_symbol()) else { continue };
                if crate::foreign::defines(word.as_str()) && name.namespace().is_none() {
                    let name_span = named.span;
                    let attributes = Attributes::default();
                    let head = Head { name, name_span, params: &[], doc: None, attributes, rest: &[] };
                    if let Some(name) = self.define(file, &head, false) {
                        self.unreadable(name, &head);
                    }
                }
            }
        }
    }
}

/// The names after `:only`, once everything is declared.
pub fn check_uses(files: &[SourceFile], env: &Env<'_>, out: &mut Vec<Diagnostic>) {
    for (number, file) in files.iter().enumerate() {
        for used in file.uses.iter().filter(|used| env.is_namespace(used.ns)) {
            for (name, span) in &used.only {
                let path = full(used.ns, name.as_str());
                let value = env.value(number, path);
                let ty = env.ty(number, path);
                let protocol = env.protocol(number, path);
                if matches!(value, Lookup::Found(_))
                    || matches!(ty, Lookup::Found(_))
                    || matches!(protocol, Lookup::Found(_))
                {
                    continue;
                }
                let lookup = match (value, ty, protocol) {
                    (Lookup::Private(name), ..)
                    | (_, Lookup::Private(name), _)
                    | (.., Lookup::Private(name)) => Lookup::Private(name),
                    _ => Lookup::Missing,
                };
                let mut unbound = env.unbound(number, path, *span, false, lookup, std::iter::empty());
                for help in &mut unbound.help {
                    // Here names stand without their namespace.
                    let prefix = format!("{}/", used.ns);
                    help.text = help.text.replace(&prefix, "");
                    if let Some(edit) = &mut help.edit {
                        edit.replacement = edit.replacement.replace(&prefix, "");
                    }
                }
                out.push(unbound);
            }
        }
    }
}
