//! From the entry to all files it uses: reading, `ns` forms, cycles. Source comes through [`World`]; where
//! files lie is its business. Definitions are not looked at here.

use crate::prelude;
use crate::table::Tables;
use rustc_hash::FxHashMap;
use wat_source::{Code, Diagnostic, FileId, SourceMap, Span, Symbol, suggest};
use wat_syntax::{Form, FormKind, Reading};

/// Where the source of namespaces comes from.
pub trait World {
    /// Path and bytes of the file of a namespace; None where no file defines it; the reason where it cannot be
    /// read.
    fn read(&mut self, namespace: Symbol) -> Result<Option<(String, Vec<u8>)>, String>;
}

/// The file a program starts with.
pub struct Entry {
    pub path: String,
    pub text: Vec<u8>,
}

/// A file, read, with its `ns` form taken apart.
#[derive(Debug)]
pub struct SourceFile {
    pub ns: Symbol,
    pub file: FileId,
    /// Without the `ns` form.
    pub forms: Vec<Form>,
    pub uses: Vec<Use>,
    pub is_entry: bool,
}

/// One vector of `(:use …)`.
#[derive(Clone, Debug)]
pub struct Use {
    pub ns: Symbol,
    pub span: Span,
    pub alias: Option<Symbol>,
    pub only: Vec<(Symbol, Span)>,
}

/// The entry's file and all it uses, directly or not; each after those it uses.
pub fn load(
    entry: Entry,
    world: &mut dyn World,
    lib: &Tables,
    sources: &mut SourceMap,
    out: &mut Vec<Diagnostic>,
) -> Vec<SourceFile> {
    let mut loader = Loader { world, lib, sources, out, state: FxHashMap::default(), files: Vec::new() };
    let (file, reading) = wat_syntax::load(loader.sources, &entry.path, entry.text);
    let source = open(file, reading, true, loader.out);
    loader.visit(source, &mut Vec::new());
    loader.files
}

/// A file of the library or the entry: its forms with the `ns` form taken off.
pub fn open(file: FileId, reading: Reading, is_entry: bool, out: &mut Vec<Diagnostic>) -> SourceFile {
    out.extend(reading.diagnostics);
    let mut forms = reading.forms;
    let (mut ns, mut uses) = (Symbol::new("user"), Vec::new());
    if forms.first().is_some_and(|form| form.head().is_some_and(is_ns)) {
        let form = forms.remove(0);
        (ns, uses) = header(&form, out);
    }
    SourceFile { ns, file, forms, uses, is_entry }
}

fn is_ns(head: Symbol) -> bool {
    head == "ns" || head == "wat.core/ns"
}

struct Loader<'a> {
    world: &'a mut dyn World,
    lib: &'a Tables,
    sources: &'a mut SourceMap,
    out: &'a mut Vec<Diagnostic>,
    /// Namespaces met: true once the file and all it uses are done.
    state: FxHashMap<Symbol, bool>,
    files: Vec<SourceFile>,
}

impl Loader<'_> {
    fn visit(&mut self, mut source: SourceFile, above: &mut Vec<Symbol>) {
        source.uses.extend(prelude::used(&source));
        self.state.insert(source.ns, false);
        above.push(source.ns);
        for used in &source.uses {
            match self.state.get(&used.ns) {
                Some(true) => {}
                Some(false) => self.cycle(used, above),
                None if self.lib.names.contains_key(&used.ns) => {}
                None => {
                    if let Some(next) = self.read(used) {
                        self.visit(next, above);
                    }
                }
            }
        }
        above.pop();
        self.state.insert(source.ns, true);
        self.files.push(source);
    }

    fn cycle(&mut self, used: &Use, above: &[Symbol]) {
        let from = above.iter().position(|ns| *ns == used.ns).unwrap_or(0);
        let mut circle: Vec<&str> = above[from..].iter().map(|ns| ns.as_str()).collect();
        circle.push(used.ns.as_str());
        self.out.push(
            Diagnostic::new(
                Code::ImportCycle,
                format!("files use each other in a circle: {}", circle.join(" → ")),
            )
            .label(used.span, "this closes the circle")
            .help("move what both need into a namespace of its own"),
        );
    }

    fn read(&mut self, used: &Use) -> Option<SourceFile> {
        let found = if used.ns == prelude::NAMESPACE {
            Ok(Some((prelude::PATH.to_string(), prelude::TEXT.as_bytes().to_vec())))
        } else {
            self.world.read(used.ns)
        };
        let (path, bytes) = match found {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.state.insert(used.ns, true);
                let mut diagnostic = Diagnostic::new(
                    Code::UnknownNamespace,
                    format!("no file defines the namespace `{}`", used.ns),
                )
                .label(used.span, format!("looked for {}.wat", used.ns.as_str().replace('.', "/")));
                let known = self.lib.names.keys().map(|ns| ns.as_str());
                if let Some(near) = suggest(used.ns.as_str(), known) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                self.out.push(diagnostic);
                return None;
            }
            Err(reason) => {
                self.state.insert(used.ns, true);
                self.out.push(Diagnostic::new(Code::CannotRead, reason).label(used.span, "used here"));
                return None;
            }
        };
        let (file, reading) = wat_syntax::load(self.sources, &path, bytes);
        let mut source = open(file, reading, false, self.out);
        if source.ns != used.ns {
            self.out.push(
                Diagnostic::new(
                    Code::NamespaceMismatch,
                    format!("{path} is to define `{}` but says `{}`", used.ns, source.ns),
                )
                .at(Span::new(file, 0, 0))
                .label(used.span, "used here"),
            );
            source.ns = used.ns;
        }
        Some(source)
    }
}

/// `(ns a.b "doc" (:use [x :as y] [z :only [f g]]))`
fn header(form: &Form, out: &mut Vec<Diagnostic>) -> (Symbol, Vec<Use>) {
    let items = form.as_list().unwrap_or(&[]);
    let mut uses = Vec::new();
    let ns = match items.get(1).and_then(Form::as_symbol) {
        Some(name) => {
            check_name(name, items[1].span, out);
            name
        }
        None => {
            let span = items.get(1).map_or(form.span, |item| item.span);
            out.push(Diagnostic::new(Code::BadSyntax, "`ns` needs the name of the namespace").at(span));
            Symbol::new("user")
        }
    };
    for item in items.iter().skip(2) {
        let named = |list: &&[Form], word: &str| list.first().is_some_and(|head| head.is_keyword(word));
        let clause = item.as_list().filter(|list| named(list, "use"));
        if let Some(list) = item.as_list().filter(|list| named(list, "require")) {
            let title = "`ns` brings other namespaces by `:use`";
            out.push(Diagnostic::new(Code::BadSyntax, title).at(list[0].span).suggest(
                "write `:use`",
                list[0].span,
                ":use",
            ));
            uses.extend(list[1..].iter().filter_map(|used| one_use(used, &mut Vec::new())));
            continue;
        }
        match (&item.kind, clause) {
            (FormKind::Str(_) | FormKind::Error, _) => {}
            (_, Some(list)) => uses.extend(list[1..].iter().filter_map(|used| one_use(used, out))),
            _ => out.push(
                Diagnostic::new(Code::BadSyntax, "`ns` takes `(:use …)` clauses only")
                    .at(item.span)
                    .help("(:use [shop.money :as money] [wat.string :only [join]])"),
            ),
        }
    }
    for (n, used) in uses.iter().enumerate() {
        let same = |other: &&Use| other.alias.is_some() && other.alias == used.alias && other.ns != used.ns;
        if let (Some(first), Some(alias)) = (uses[..n].iter().find(same), used.alias) {
            out.push(
                Diagnostic::new(Code::Redefinition, format!("the alias `{alias}` stands for two namespaces"))
                    .label(used.span, "again here")
                    .label(first.span, "first here"),
            );
        }
    }
    (ns, uses)
}

/// Complains about what cannot name a namespace, and says whether it can.
fn check_name(name: Symbol, span: Span, out: &mut Vec<Diagnostic>) -> bool {
    let bad = |segment: &str| segment.is_empty() || segment.starts_with(|c: char| c.is_uppercase());
    let is_bad = name.as_str().contains('/') || name.as_str().split('.').any(bad);
    if is_bad {
        out.push(
            Diagnostic::new(Code::BadName, format!("`{name}` cannot name a namespace"))
                .at(span)
                .note("segments are divided by dots and do not begin with a capital"),
        );
    }
    !is_bad
}

fn one_use(form: &Form, out: &mut Vec<Diagnostic>) -> Option<Use> {
    let wrong = |span: Span| {
        Diagnostic::new(
            Code::BadSyntax,
            "a `:use` is `[namespace]`, with `:as alias` and `:only [names]` where wanted",
        )
        .at(span)
    };
    if form.is_error() {
        return None;
    }
    if let Some(ns) = form.as_symbol() {
        let vector = format!("[{ns}]");
        out.push(wrong(form.span).suggest(format!("write `{vector}`"), form.span, vector));
        return check_name(ns, form.span, out).then(|| Use {
            ns,
            span: form.span,
            alias: None,
            only: Vec::new(),
        });
    }
    let Some((name, options)) = form.as_vector().and_then(|items| items.split_first()) else {
        out.push(wrong(form.span));
        return None;
    };
    let Some(ns) = name.as_symbol() else {
        out.push(wrong(name.span));
        return None;
    };
    if !check_name(ns, name.span, out) {
        return None;
    }
    let mut used = Use { ns, span: name.span, alias: None, only: Vec::new() };
    for option in options.chunks(2) {
        match option {
            [key, value] if key.is_keyword("as") && value.as_symbol().is_some() => {
                let alias = value.as_symbol().expect("tested by the guard");
                check_name(alias, value.span, out);
                used.alias = Some(alias);
            }
            [key, value] if key.is_keyword("only") && value.as_vector().is_some() => {
                for item in value.as_vector().expect("tested by the guard") {
                    match item.as_symbol() {
                        Some(name) => used.only.push((name, item.span)),
                        None => out.push(wrong(item.span)),
                    }
                }
            }
            other => out.push(wrong(other[0].span)),
        }
    }
    Some(used)
}
