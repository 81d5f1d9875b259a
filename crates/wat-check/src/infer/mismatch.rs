//! The words of a type mismatch: what each side is, where it comes from, and what would help.

use super::Infer;
use super::call::a;
use super::tree::{Callee, E, K, Why};
use crate::hir::Lit;
use crate::unify::{Clash, Con, T};
use wat_source::{Code, Diagnostic, Symbol};

/// Help for an Option where its value is wanted.
pub const MAYBE_NONE: &str =
    "there may be no value: `match`, `if-let`, (unwrap-or … default) or (unwrap … \"why\") gives it";
/// Help for a Seq where what it would give is wanted.
pub const TAKEN: &str = "a Seq makes its items as they are asked for; keep them: (vec …)";
/// Help for a Result where its value is wanted.
pub const MAYBE_FAILED: &str = "it may have failed: `match`, (try …) or (unwrap … \"why\") gives the value";

impl Infer<'_, '_> {
    /// `e` stands where a value of another type is wanted.
    pub fn mismatch(&mut self, e: &E, wanted: T, why: Why, clash: Clash) {
        let (found, want) = (self.types.show(e.ty), self.types.show(wanted));
        if clash == Clash::Infinite {
            self.report(
                Diagnostic::new(
                    Code::InfiniteType,
                    format!("this type would contain itself: {found} in {want}"),
                )
                .at(e.span),
            );
            return;
        }
        if let K::Def(Callee::Known { name, .. }) = &e.kind
            && self.types.is(e.ty, Con::Fn)
            && self.types.is(wanted, Con::Program)
            && self.env.sig(*name).is_some_and(|sig| sig.contract.is_some())
        {
            // Meant for a program, and its own definition says why it is none.
            return;
        }
        let title = match why {
            Why::Test => format!("a test is a bool, not {}", a(&found)),
            _ => format!("expected {want}, found {found}"),
        };
        let mut diagnostic =
            Diagnostic::new(Code::TypeMismatch, title).label(e.span, format!("this is {}", a(&found)));
        diagnostic = match why {
            Why::Nothing | Why::Test => diagnostic,
            Why::Arg { callee, index: 1.., alike: true, .. } => {
                diagnostic.note(format!("`{}` takes values of one type", callee.name()))
            }
            Why::Arg { callee, index, span, .. } => {
                let nth = match index {
                    0 => "first".to_string(),
                    1 => "second".to_string(),
                    2 => "third".to_string(),
                    n => format!("{}th", n + 1),
                };
                let text = format!("the {nth} argument of `{}` is {}", callee.name(), a(&want));
                if self.in_own_file(span) && self.env.sig(callee).is_some() {
                    diagnostic.label(span, text)
                } else {
                    diagnostic.note(text)
                }
            }
            Why::Given { callee, span } => {
                let text = format!("the function given to `{}` gives {}", callee.name(), a(&want));
                if self.in_own_file(span) && self.env.sig(callee).is_some() {
                    diagnostic.label(span, text)
                } else {
                    diagnostic.note(text)
                }
            }
            Why::Result(span) => {
                diagnostic.label(span, format!("the result is {} by the signature", a(&want)))
            }
            Why::Written(span) => diagnostic.label(span, format!("{} is asked for here", a(&want))),
            Why::Branch(span) => diagnostic.label(span, format!("the branch before gives {}", a(&want))),
            Why::Element(span) => diagnostic.label(span, format!("the first one is {}", a(&want))),
            Why::Init(span) => diagnostic.label(span, format!("here it is {}", a(&want))),
            Why::Field(name, span) => {
                let text = format!("the field `{name}` is {}", a(&want));
                if self.in_own_file(span) { diagnostic.label(span, text) } else { diagnostic.note(text) }
            }
        };
        let written = match &e.kind {
            K::Local(id) => {
                Some(self.locals[id.0 as usize].name.as_str()).filter(|name| !name.starts_with(' '))
            }
            K::Def(Callee::Known { name, .. }) => Some(name.name()),
            _ => None,
        };
        if let K::Local(id) = e.kind
            && !self.locals[id.0 as usize].name.as_str().starts_with(' ')
        {
            let local = &self.locals[id.0 as usize];
            diagnostic = diagnostic.label(local.span, format!("`{}` comes from here", local.name));
        }
        let text = written.unwrap_or("…");
        if let Some(help) = self.for_test(e, why, text) {
            self.report(diagnostic.help(help));
            return;
        }
        if matches!(why, Why::Element(_)) {
            diagnostic = diagnostic.help("values of several types go together in a `tuple` or a struct");
        }
        if let Some(help) = self.around(e, wanted, why, text) {
            self.report(diagnostic.help(help));
            return;
        }
        let help = match (self.types.head(e.ty), self.types.head(wanted)) {
            (Some(Con::I64), Some(Con::F64)) => Some(format!("convert it: (f64 {text})")),
            (Some(Con::F64), Some(Con::I64)) if let Why::Arg { first: Some(name), .. } = why => {
                Some(format!("convert the integer: (f64 {name})"))
            }
            (Some(Con::F64), Some(Con::I64)) => {
                Some(format!("convert it, cutting off the fraction: (i64 {text})"))
            }
            (Some(Con::Fn), Some(Con::Program)) if matches!(e.kind, K::Def(_)) => {
                Some("a program takes nothing and gives nil; what it is to know it reads".to_string())
            }
            (Some(Con::Nil), Some(Con::Program)) if matches!(e.kind, K::Call { .. }) => {
                Some("name it without brackets: it is the program that is wanted, not a call".to_string())
            }
            (Some(Con::Nil), Some(Con::Named(name))) if name == "wat.core/Option" => {
                Some("nothing there is `None`".to_string())
            }
            (Some(Con::Fn), Some(Con::Named(name))) => self.without_fields(e, name),
            (found, Some(Con::Fn)) if found != Some(Con::Fn) && self.types.args(wanted).len() == 1 => {
                Some("what is to be done later is a function: (fn [] …)".to_string())
            }
            (found, Some(Con::Fn)) if found != Some(Con::Fn) && matches!(why, Why::Arg { index: 0, .. }) => {
                Some("the function comes first, what it works on last".to_string())
            }
            (Some(_), Some(Con::Nil)) if matches!(why, Why::Result(_)) && !found.starts_with("(Result") => {
                Some(match written {
                    Some(name) if self.types.args(e.ty).len() == 1 && found.starts_with("(Fn") => {
                        format!("a call has parentheses: ({name})")
                    }
                    // What `for` gathers has a name that nobody wrote.
                    None if matches!(e.kind, K::Local(_)) => {
                        "`doseq` does something for each, and gives nil".to_string()
                    }
                    _ => "(ignore …) drops it, and gives nil".to_string(),
                })
            }
            (_, Some(Con::Duration)) if found == "i64" => {
                let number = match &e.kind {
                    K::Lit(Lit::Int(n)) => n.to_string(),
                    _ => text.to_string(),
                };
                Some(format!("say the unit: (seconds {number}) or (millis {number})"))
            }
            (Some(Con::Duration), Some(Con::I64)) => Some(format!(
                "say in what it is counted: (wat.time/as-millis {text}) or (wat.time/as-nanos {text})"
            )),
            (Some(Con::Fn), Some(Con::Program)) => {
                Some("write the name of the `defn` itself, or a `fn` literal, in this place".to_string())
            }
            (Some(Con::Nil), Some(_)) if matches!(why, Why::Result(_) | Why::Branch(_)) => {
                Some(format!("what may be absent is an (Option {want}): `None`, or (Some …)"))
            }
            (Some(Con::Named(name)), _) if name == "wat.core/Option" => {
                let inner = self.types.args(e.ty)[0];
                (self.types.show(inner) == want).then(|| MAYBE_NONE.to_string())
            }
            (Some(Con::Named(name)), _) if name == "wat.core/Result" => {
                let inner = self.types.args(e.ty)[0];
                (self.types.show(inner) == want).then(|| MAYBE_FAILED.to_string())
            }
            (Some(_), Some(Con::Bool)) if matches!(why, Why::Test) => {
                Some("nothing but true and false decides; compare it, as in (> n 0) or (some? x)".to_string())
            }
            (Some(Con::Seq | Con::Set), Some(Con::Vector)) => {
                let [inner, element] = [e.ty, wanted].map(|t| self.types.args(t)[0]);
                (self.types.show(inner) == self.types.show(element))
                    .then(|| format!("make a Vector of it: (vec {text})"))
            }
            (Some(Con::Str), Some(Con::Bytes)) => {
                Some(format!("take its bytes in UTF-8: (wat.string/to-bytes {text})"))
            }
            (Some(Con::Bytes), Some(Con::Str)) => {
                Some(format!("where it is UTF-8, (wat.string/from-bytes {text}) gives its text, an Option"))
            }
            (Some(found), Some(Con::Str)) if found != Con::Nil && !matches!(why, Why::Element(_)) => {
                Some(format!("make text of it: (str {text})"))
            }
            (Some(_), Some(Con::Edn)) => Some(format!("convert it: (edn {text})")),
            (_, Some(Con::Named(name))) if name == "wat.core/Option" => {
                let inner = self.types.args(wanted)[0];
                (self.types.show(inner) == found).then(|| format!("wrap it: (Some {text})"))
            }
            _ => None,
        };
        if let Some(help) = help {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
    }

    /// What makes a test of a value that is none.
    fn for_test(&self, e: &E, why: Why, text: &str) -> Option<String> {
        if !matches!(why, Why::Test) {
            return None;
        }
        match self.types.head(e.ty) {
            Some(Con::Named(name)) if name == "wat.core/Option" => {
                Some(format!("is there a value? (some? {text})"))
            }
            Some(Con::Named(name)) if name == "wat.core/Result" => {
                Some(format!("did it succeed? (ok? {text})"))
            }
            Some(Con::Str | Con::Vector | Con::Map | Con::Set | Con::Seq) => {
                Some(format!("is anything in it? (not (empty? {text}))"))
            }
            _ if self.types.show(e.ty) == "i64" => {
                Some(format!("no number is true or false; compare it: (> {text} 0)"))
            }
            _ => None,
        }
    }

    /// Help where one side holds what the other asks for, or the function is that of another type.
    fn around(&self, e: &E, wanted: T, why: Why, text: &str) -> Option<String> {
        let want = self.types.show(wanted);
        let (callee, alike) = match why {
            Why::Arg { callee, alike, .. } => (Some(callee), alike),
            _ => (None, false),
        };
        let adds = callee.is_some_and(|callee| callee.name() == "+");
        if adds && (self.types.is(wanted, Con::Str) || self.types.is(e.ty, Con::Str)) {
            return Some("`+` adds numbers; `str` puts text together".to_string());
        }
        if callee.is_some() && want == "i64" && self.types.show(e.ty) == "f64" && matches!(e.kind, K::Lit(_))
        {
            return Some("an i64 and an f64 do not mix: convert the integer with (f64 …)".to_string());
        }
        match self.types.head(e.ty)? {
            Con::Named(name) => {
                let callee = callee?;
                let def = self.env.type_def(name).filter(|def| def.is_struct)?;
                let has = def.variants[0].fields.iter().any(|(field, _)| *field == callee.name());
                has.then(|| format!("the field is read with its keyword: (:{} {text})", callee.name()))
            }
            Con::Str if want == "i64" && callee.is_some() && !alike && !matches!(e.kind, K::Lit(_)) => {
                Some(format!("(parse-i64 {text}) reads a number from text, as an Option"))
            }
            _ => None,
        }
    }

    /// Help where a constructor stands without its fields.
    fn without_fields(&self, e: &E, wanted: Symbol) -> Option<String> {
        let K::Lambda(lambda) = &e.kind else { return None };
        let K::Construct { variant, .. } = lambda.body.kind else { return None };
        let def = self.env.type_def(wanted).filter(|_| lambda.body.span == e.span)?;
        let made = &def.variants[variant as usize];
        let fields: String = made.fields.iter().map(|(field, _)| format!(" {field}")).collect();
        let name =
            if def.is_struct { made.name.to_string() } else { format!("{}/{}", wanted.name(), made.name) };
        Some(format!("it is built with its fields: ({name}{fields})"))
    }

    /// `e` is what a pattern is given; `found` the type of the values the pattern takes apart.
    pub fn pattern_mismatch(&mut self, e: &E, found: T, clash: Clash) {
        let (given, taken) = (self.types.show(e.ty), self.types.show(found));
        let code = if clash == Clash::Infinite { Code::InfiniteType } else { Code::TypeMismatch };
        self.report(
            Diagnostic::new(
                code,
                format!("this pattern is for {}, and the value is {}", a(&taken), a(&given)),
            )
            .label(e.span, format!("takes apart {}", a(&taken))),
        );
    }

    /// Is this place in a file of the program, not of the library?
    fn in_own_file(&self, span: wat_source::Span) -> bool {
        if span.is_none() {
            return false;
        }
        self.env.in_library || span.file.0 >= self.env.lib.files
    }
}
