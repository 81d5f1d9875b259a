//! What a name means in a file: definitions of its namespace, names brought by `:use`, the prelude, and paths
//! through aliases and full namespaces. Locals are the business of inference.

use crate::declare::{PROTOCOLS, UNKNOWN};
use crate::expand::marks::Marks;
use crate::hir::TypeDef;
use crate::namespace::SourceFile;
use crate::special::Special;
use crate::table::{Alias, Sig, Tables, full};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::Cell;
use wat_source::{Code, Diagnostic, Span, Symbol, suggest};
use wat_syntax::Form;

/// The namespaces whose public definitions every file sees.
pub const PRELUDE: [&str; 2] = ["wat.core", "wat.kernel"];

/// What every file with tests sees besides.
const TESTS: &str = "wat.test";

/// What a name of a value stands for; the symbols are full names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    Special(Special),
    Def(Symbol),
    Overload(Symbol),
    /// A constructor: of a struct, or a variant of an enum.
    Variant {
        ty: Symbol,
        index: u32,
    },
    /// `Point/x` as a function.
    Field {
        ty: Symbol,
        index: u32,
    },
}

/// What a name of a type stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeItem {
    /// A type of the language, by its name in the source.
    Builtin(&'static str),
    Type(Symbol),
    Alias(Symbol),
}

/// The outcome of looking up a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookup<I> {
    Found(I),
    /// It exists, but only its own file may use it.
    Private(Symbol),
    NoNamespace(&'static str),
    /// In a namespace whose file could not be read, which has been reported.
    Unread,
    Missing,
}

/// The types of the language itself. All live in `wat.core`.
pub const BUILTIN_TYPES: &[&str] = &[
    "nil", "bool", "i64", "f64", "char", "keyword", "Symbol", "BigInt", "Decimal", "String", "Bytes",
    "Instant", "Duration", "Uuid", "Edn", "Vector", "Map", "Set", "Seq", "Tuple", "Fn", "Program", "Peer",
    "Sender", "Receiver", "Resource",
];

/// A file as names see it.
#[derive(Debug, Default)]
pub struct FileScope {
    pub ns: Option<Symbol>,
    aliases: FxHashMap<Symbol, Symbol>,
    /// Short name to the namespace it comes from.
    only: FxHashMap<Symbol, Symbol>,
    used: FxHashSet<Symbol>,
    /// Names of `wat.test` need not be brought.
    has_tests: bool,
    /// How many unknown names were looked for among all that are known.
    searches: Cell<usize>,
}

/// After so many unknown names in a file no likely ones are looked for: each search goes over all names.
const MOST_SEARCHES: usize = 200;

impl FileScope {
    pub fn of(file: &SourceFile) -> FileScope {
        let mut scope = FileScope { ns: Some(file.ns), ..FileScope::default() };
        for used in &file.uses {
            scope.used.insert(used.ns);
            if let Some(alias) = used.alias {
                scope.aliases.insert(alias, used.ns);
            }
            for (name, _) in &used.only {
                scope.only.insert(*name, used.ns);
            }
        }
        let special = |form: &Form| form.head().and_then(|head| Special::definition(head.as_str()));
        scope.has_tests = file.forms.iter().any(|form| special(form) == Some(Special::Deftest));
        scope
    }

    /// A name that comes with another; what `:only` lists itself wins.
    pub fn bring(&mut self, name: Symbol, from: Symbol) {
        self.only.entry(name).or_insert(from);
    }

    pub fn namespace(&self) -> Symbol {
        self.ns.unwrap_or_else(|| Symbol::new("user"))
    }
}

/// All definitions in sight: the program's own, then the library's.
#[derive(Debug)]
pub struct Env<'a> {
    pub lib: &'a Tables,
    pub own: Tables,
    pub scopes: Vec<FileScope>,
    /// Attributes of library files are allowed, and the prelude is not shadowed by its own definitions.
    pub in_library: bool,
    /// What the names mean that templates brought.
    pub marks: &'a Marks,
    /// Code is data to this program.
    pub is_macro: bool,
}

impl Env<'_> {
    pub fn sig(&self, name: Symbol) -> Option<&Sig> {
        self.own.sigs.get(&name).or_else(|| self.lib.sigs.get(&name))
    }

    pub fn type_def(&self, name: Symbol) -> Option<&TypeDef> {
        self.own.types.get(&name).or_else(|| self.lib.types.get(&name))
    }

    pub fn alias(&self, name: Symbol) -> Option<&Alias> {
        self.own.aliases.get(&name).or_else(|| self.lib.aliases.get(&name))
    }

    /// The implementations of an overloaded name.
    pub fn overload(&self, name: Symbol) -> Option<&[Symbol]> {
        let found = self.own.overloads.get(&name).or_else(|| self.lib.overloads.get(&name));
        found.map(Vec::as_slice)
    }

    /// The definition that a runtime function or primitive implements.
    pub fn intrinsic(&self, name: &str) -> Option<Symbol> {
        let name = Symbol::new(name);
        self.own.intrinsics.get(&name).or_else(|| self.lib.intrinsics.get(&name)).copied()
    }

    /// Look for a name in the namespace of a path.
    fn qualified<I>(
        &self,
        file: usize,
        path: &'static str,
        find: impl FnOnce(Symbol) -> Option<(I, Owner)>,
    ) -> Lookup<I> {
        match self.qualifier(file, path) {
            Some(ns) if self.is_namespace(ns) => self.visible(file, find(ns)),
            Some(_) => Lookup::Unread,
            None => Lookup::NoNamespace(path),
        }
    }

    pub fn is_namespace(&self, ns: Symbol) -> bool {
        self.own.names.contains_key(&ns) || self.lib.names.contains_key(&ns)
    }

    /// The namespace that a qualifier written in a file stands for.
    fn qualifier(&self, file: usize, written: &str) -> Option<Symbol> {
        let scope = &self.scopes[file];
        let name = Symbol::new(written);
        if let Some(ns) = scope.aliases.get(&name) {
            return Some(*ns);
        }
        let known =
            scope.ns == Some(name) || scope.used.contains(&name) || self.lib.names.contains_key(&name);
        let own_library = self.in_library && self.own.names.contains_key(&name);
        (known || own_library || PRELUDE.contains(&written)).then_some(name)
    }

    /// What a name of a value means in a file.
    pub fn value(&self, file: usize, name: Symbol) -> Lookup<Item> {
        let (file, name) = self.marks.meaning(file, name);
        match name.split() {
            (None, short) => self.bare(file, short, |ns| self.member(ns, short)),
            (Some(path), short) => match type_path(path) {
                Some((qualifier, type_name)) => {
                    let ty = match qualifier {
                        None => self.bare(file, type_name, |ns| self.own_type(ns, type_name)),
                        Some(q) => self.qualified(file, q, |ns| self.own_type(ns, type_name)),
                    };
                    match ty {
                        Lookup::Found(ty) => match self.part(ty, short) {
                            Some(item) => Lookup::Found(item),
                            None if self.is_unreadable(ty) => Lookup::Unread,
                            None => Lookup::Missing,
                        },
                        Lookup::Private(name) => Lookup::Private(name),
                        Lookup::NoNamespace(q) => Lookup::NoNamespace(q),
                        Lookup::Unread => Lookup::Unread,
                        Lookup::Missing => Lookup::Missing,
                    }
                }
                None => self.qualified(file, path, |ns| self.member(ns, short)),
            },
        }
    }

    /// What a name of a type means in a file.
    pub fn ty(&self, file: usize, name: Symbol) -> Lookup<TypeItem> {
        let (file, name) = self.marks.meaning(file, name);
        match name.split() {
            (None, short) => self.bare(file, short, |ns| self.type_member(ns, short)),
            (Some(path), short) => self.qualified(file, path, |ns| self.type_member(ns, short)),
        }
    }

    /// What a name of a protocol means in a file: its full name, or the short one of the language's own.
    pub fn protocol(&self, file: usize, name: Symbol) -> Lookup<Symbol> {
        let (file, name) = self.marks.meaning(file, name);
        match name.split() {
            (None, short) => self.bare(file, short, |ns| self.protocol_member(ns, short)),
            (Some(path), short) => self.qualified(file, path, |ns| self.protocol_member(ns, short)),
        }
    }

    /// An unqualified name: this namespace, then `:only`, then the prelude; in a file with tests, `wat.test`.
    fn bare<I>(&self, file: usize, short: &str, find: impl Fn(Symbol) -> Option<(I, Owner)>) -> Lookup<I> {
        let scope = &self.scopes[file];
        let brought = scope.only.get(&Symbol::new(short)).copied();
        let tests = scope.has_tests.then_some(TESTS);
        let prelude = PRELUDE.iter().copied().chain(tests).map(Symbol::new);
        for ns in scope.ns.into_iter().chain(brought).chain(prelude) {
            if brought == Some(ns) && !self.is_namespace(ns) {
                return Lookup::Unread;
            }
            if let Some(found) = find(ns) {
                match self.visible(file, Some(found)) {
                    Lookup::Private(_)
                        if brought != Some(ns) && (PRELUDE.contains(&ns.as_str()) || ns == TESTS) => {}
                    other => return other,
                }
            }
        }
        match brought {
            Some(ns) if self.lacks(ns, short) => Lookup::Unread,
            _ => Lookup::Missing,
        }
    }

    /// Does a namespace have nothing of this name? An `:only` that lists it has been complained about.
    fn lacks(&self, ns: Symbol, short: &str) -> bool {
        self.member(ns, short).is_none()
            && self.type_member(ns, short).is_none()
            && self.protocol_member(ns, short).is_none()
    }

    fn visible<I>(&self, file: usize, found: Option<(I, Owner)>) -> Lookup<I> {
        match found {
            None => Lookup::Missing,
            Some((_, Owner { private: Some(name), ns })) if self.scopes[file].ns != Some(ns) => {
                Lookup::Private(name)
            }
            Some((item, _)) => Lookup::Found(item),
        }
    }

    fn member(&self, ns: Symbol, short: &str) -> Option<(Item, Owner)> {
        let open = Owner { private: None, ns };
        if ns == "wat.core" {
            if let Some(special) = Special::by_name(short) {
                return Some((Item::Special(special), open));
            }
            let option = [("None", 0), ("Some", 1)];
            let result = [("Ok", 0), ("Err", 1)];
            for (ty, variants) in [("wat.core/Option", option), ("wat.core/Result", result)] {
                if let Some((_, index)) = variants.iter().find(|(name, _)| *name == short) {
                    return Some((Item::Variant { ty: Symbol::new(ty), index: *index }, open));
                }
            }
        }
        let name = full(ns, short);
        if self.overload(name).is_some() {
            return Some((Item::Overload(name), open));
        }
        if let Some(sig) = self.sig(name) {
            return Some((Item::Def(name), Owner { private: sig.private.then_some(name), ns }));
        }
        let ty = self.type_def(name).filter(|ty| ty.is_struct)?;
        Some((Item::Variant { ty: name, index: 0 }, Owner { private: ty.private.then_some(name), ns }))
    }

    fn own_type(&self, ns: Symbol, short: &str) -> Option<(Symbol, Owner)> {
        let name = full(ns, short);
        let ty = self.type_def(name)?;
        Some((name, Owner { private: ty.private.then_some(name), ns }))
    }

    fn type_member(&self, ns: Symbol, short: &str) -> Option<(TypeItem, Owner)> {
        if let Some((name, owner)) = self.own_type(ns, short) {
            return Some((TypeItem::Type(name), owner));
        }
        let name = full(ns, short);
        if let Some(alias) = self.alias(name) {
            return Some((TypeItem::Alias(name), Owner { private: alias.private.then_some(name), ns }));
        }
        if PRELUDE.contains(&ns.as_str()) {
            let builtin = BUILTIN_TYPES.iter().find(|builtin| **builtin == short)?;
            return Some((TypeItem::Builtin(builtin), Owner { private: None, ns }));
        }
        None
    }

    fn protocol_member(&self, ns: Symbol, short: &str) -> Option<(Symbol, Owner)> {
        let name = full(ns, short);
        if let Some(protocol) = self.protocol_def(name) {
            return Some((name, Owner { private: protocol.private.then_some(name), ns }));
        }
        let own = ns == "wat.core" && PROTOCOLS.contains(&short);
        own.then(|| (Symbol::new(short), Owner { private: None, ns }))
    }

    /// A variant of an enum, or the field function of a struct.
    fn part(&self, ty: Symbol, short: &str) -> Option<Item> {
        let def = self.type_def(ty)?;
        if def.is_struct {
            let fields = &def.variants.first()?.fields;
            let index = fields.iter().position(|(name, _)| *name == short)?;
            return Some(Item::Field { ty, index: index as u32 });
        }
        let index = def.variants.iter().position(|variant| variant.name == short)?;
        Some(Item::Variant { ty, index: index as u32 })
    }

    /// Could a type's fields or variants not be read?
    fn is_unreadable(&self, ty: Symbol) -> bool {
        let variants = self.type_def(ty).map_or(&[][..], |def| &def.variants);
        let fields = variants.iter().flat_map(|variant| &variant.fields).map(|(name, _)| name);
        variants.iter().map(|variant| &variant.name).chain(fields).any(|name| *name == UNKNOWN)
    }

    /// The complaint about a name that means nothing here; not for one of a namespace that was not read.
    pub fn unbound(
        &self,
        file: usize,
        name: Symbol,
        span: Span,
        is_type: bool,
        lookup: Lookup<()>,
        locals: impl Iterator<Item = &'static str>,
    ) -> Diagnostic {
        let (file, name) = self.marks.meaning(file, name);
        match lookup {
            Lookup::Private(name) => {
                return Diagnostic::new(Code::PrivateName, format!("`{name}` is private to its file"))
                    .at(span);
            }
            Lookup::NoNamespace(qualifier) => {
                let scope = &self.scopes[file];
                let known = scope.aliases.keys().chain(&scope.used).map(|ns| ns.as_str());
                let library = self.lib.names.keys().map(|ns| ns.as_str());
                let written = Symbol::new(qualifier);
                let diagnostic =
                    Diagnostic::new(Code::UnknownNamespace, format!("no namespace or alias `{qualifier}`"))
                        .at(span);
                let whole = Symbol::new(&format!("wat.{qualifier}"));
                return if self.own.names.contains_key(&written) {
                    diagnostic.help(format!("bring it in: (:use [{qualifier}])"))
                } else if self.lib.names.contains_key(&whole) {
                    diagnostic.suggest(format!("write `wat.{name}`"), span, format!("wat.{name}"))
                } else if let Some(near) = suggest(qualifier, known.chain(library)) {
                    diagnostic.help(format!("did you mean `{near}`?"))
                } else {
                    diagnostic
                };
            }
            Lookup::Found(()) | Lookup::Unread | Lookup::Missing => {}
        }
        if let Lookup::Found(protocol) = self.protocol(file, name) {
            let methods = self.protocol_def(protocol).map_or(&[][..], |protocol| &protocol.methods);
            let listed: Vec<String> = methods.iter().map(|m| format!("`{}`", m.name.name())).collect();
            let diagnostic =
                Diagnostic::new(Code::UnboundName, format!("`{name}` is a protocol, not a value"))
                    .label(span, "a protocol stands in bounds and in `extend`");
            return if listed.is_empty() {
                diagnostic
            } else {
                diagnostic.note(format!("its methods are {}", listed.join(", ")))
            };
        }
        let (code, what) = if is_type { (Code::UnboundType, "type") } else { (Code::UnboundName, "name") };
        let diagnostic = Diagnostic::new(code, format!("unknown {what} `{name}`"))
            .label(span, "nothing here has this name");
        let foreign = crate::foreign::name(name.as_str(), is_type);
        if let Some((text, replacement)) = foreign {
            return match replacement {
                Some(replacement) => diagnostic.suggest(text, span, replacement),
                None => diagnostic.help(text),
            };
        }
        if name.as_str().ends_with('\'') {
            return diagnostic.help("text stands between double quotes: \"…\"");
        }
        if name.as_str().starts_with('.') {
            return diagnostic
                .help("there are no methods: what is called comes first, as in (wat.string/upper text)");
        }
        if is_type
            && name.as_str().contains('<')
            && let Some(written) = in_angles(name.as_str())
        {
            return diagnostic.suggest(format!("write `{written}`"), span, written);
        }
        if is_type && let Some(inner) = name.as_str().strip_suffix('?').filter(|inner| !inner.is_empty()) {
            let written = format!("(Option {inner})");
            return diagnostic.suggest(format!("write `{written}`"), span, written);
        }
        let locals: Vec<&str> = locals.collect();
        if let Some((local, "length" | "size" | "count" | "len")) = name.as_str().split_once('.')
            && locals.contains(&local)
        {
            let counted = format!("(count {local})");
            return diagnostic.suggest(format!("how many there are is counted: {counted}"), span, counted);
        }
        if let Some((local, field)) = name.as_str().split_once('.')
            && locals.contains(&local)
        {
            let read = format!("(:{field} {local})");
            return diagnostic.suggest(format!("a field is read with its keyword: {read}"), span, &read);
        }
        if let Some((path, short)) = name.as_str().rsplit_once('.')
            && starts_upper(short)
            && let Some(ns) = self.qualifier(file, path)
            && !self.lacks(ns, short)
        {
            let written = format!("{path}/{short}");
            return diagnostic.suggest(format!("write `{written}`"), span, written);
        }
        let searches = &self.scopes[file].searches;
        searches.set(searches.get() + 1);
        if searches.get() > MOST_SEARCHES {
            return diagnostic;
        }
        let candidates = self.candidates(file, name, is_type);
        if let Some(variant) = self.only_variant(file, name).filter(|_| !is_type) {
            return diagnostic.suggest(format!("did you mean `{variant}`?"), span, variant);
        }
        if let Some(built) = name.as_str().strip_prefix("->").filter(|built| starts_upper(built)) {
            return diagnostic.suggest(format!("a struct is built by its name: `{built}`"), span, built);
        }
        let near =
            suggest(name.as_str(), candidates.iter().map(String::as_str).chain(locals.iter().copied()));
        // The very name, elsewhere, is a better guess than another name.
        if !near.is_some_and(|near| locals.contains(&near))
            && let Some(place) = self.elsewhere(file, name, is_type)
        {
            return diagnostic.help(place);
        }
        // Of short names too many are near, and a typing mistake is seldom in the first letter.
        let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
        let is_likely = |near: &&str| {
            near.eq_ignore_ascii_case(name.as_str())
                || (is_type && BUILTIN_TYPES.contains(near))
                || (name.as_str().len() >= 4 && first(near) == first(name.as_str()) && name != "main")
        };
        match near.filter(is_likely) {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), span, near),
            None => diagnostic,
        }
    }

    /// `Shape/Circle` for `Circle`, where one type of the file alone has that variant.
    fn only_variant(&self, file: usize, name: Symbol) -> Option<String> {
        let ns = self.scopes[file].ns?;
        if name.namespace().is_some() || !starts_upper(name.as_str()) {
            return None;
        }
        let mut found = self.own.types.values().filter(|ty| {
            !ty.is_struct
                && ty.name.namespace() == Some(ns.as_str())
                && ty.variants.iter().any(|variant| variant.name == name)
        });
        let ty = found.next().filter(|_| found.next().is_none())?;
        Some(format!("{}/{name}", ty.name.name()))
    }

    /// All names that could stand where this one was written.
    fn candidates(&self, file: usize, name: Symbol, is_type: bool) -> Vec<String> {
        let scope = &self.scopes[file];
        let shorts = |ns: Symbol| {
            let own = self.own.names.get(&ns).into_iter().flatten();
            own.chain(self.lib.names.get(&ns).into_iter().flatten()).filter(move |short| {
                let capital = starts_upper(short.as_str().rsplit('/').next().unwrap_or(""));
                !is_type || (capital && !short.as_str().contains('/'))
            })
        };
        match name.split() {
            (Some(path), _) if type_path(path).is_none() => {
                let Some(ns) = self.qualifier(file, path) else { return Vec::new() };
                shorts(ns).map(|short| format!("{path}/{short}")).collect()
            }
            _ => {
                let mut all: Vec<String> = Vec::new();
                let prelude = PRELUDE.iter().map(|ns| Symbol::new(ns));
                for ns in scope.ns.into_iter().chain(prelude) {
                    all.extend(shorts(ns).map(|short| short.to_string()));
                }
                all.extend(scope.only.keys().map(|short| short.to_string()));
                let builtin = if is_type { BUILTIN_TYPES } else { Special::NAMES };
                all.extend(builtin.iter().map(|name| name.to_string()));
                if !is_type {
                    all.extend(["Some", "None", "Ok", "Err"].map(String::from));
                }
                all
            }
        }
    }

    /// The namespaces of the library or of the file's uses that define the very name; three at most.
    fn elsewhere(&self, file: usize, name: Symbol, is_type: bool) -> Option<String> {
        if is_type || name.namespace().is_some() {
            return None;
        }
        let used = self.scopes[file].used.iter().copied();
        let mut places: Vec<Symbol> = used.chain(self.lib.names.keys().copied()).collect();
        places.sort();
        places.dedup();
        places.retain(|ns| matches!(self.member(*ns, name.as_str()), Some((_, o)) if o.private.is_none()));
        let names: Vec<String> = places.iter().take(3).map(|ns| format!("`{ns}/{name}`")).collect();
        let (last, others) = names.split_last()?;
        Some(match others {
            [] => format!("write {last}, or bring it: (:use [{} :only [{name}]])", places[0]),
            others => format!("{} and {last} have this name", others.join(", ")),
        })
    }
}

/// The namespace a definition stands in, and its full name where it is private.
#[derive(Clone, Copy, Debug)]
struct Owner {
    private: Option<Symbol>,
    ns: Symbol,
}

pub fn starts_upper(name: &str) -> bool {
    name.starts_with(|c: char| c.is_uppercase())
}

/// `Shape` and `money.Coin` as qualifier and type name; None for a namespace.
fn type_path(path: &str) -> Option<(Option<&str>, &str)> {
    let (qualifier, last) = match path.rsplit_once('.') {
        Some((qualifier, last)) => (Some(qualifier), last),
        None => (None, path),
    };
    starts_upper(last).then_some((qualifier, last))
}

/// `(Vector i64)` for `Vec<i64>`, `(Option (Vector i64))` for `Option<Vec<i64>>`.
fn in_angles(name: &str) -> Option<String> {
    let here = |name: &str| match crate::foreign::name(name, true) {
        Some((_, Some(ours))) => ours.to_string(),
        _ => name.to_string(),
    };
    let Some((outer, rest)) = name.split_once('<') else { return Some(here(name)) };
    let inner = rest.strip_suffix('>').filter(|inner| !outer.is_empty() && !inner.is_empty())?;
    Some(format!("({} {})", here(outer), in_angles(inner)?))
}
