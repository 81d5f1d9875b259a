//! From the forms of all files to their definitions: names, types, signatures. Bodies are left as forms; so are
//! the values of `def`s, whose types inference finds.

use crate::bounds;
use crate::head::{self, Attributes, Head, bad_syntax};
use crate::hir::{Contract, Def, TypeDef, VariantDef};
use crate::namespace::SourceFile;
use crate::scope::{BUILTIN_TYPES, Env, FileScope, Lookup, PRELUDE, starts_upper};
use crate::special::Special;
use crate::table::{Alias, Sig, Stdio, Variadic, full};
use crate::testing;
use crate::ty::Ty;
use crate::typeform::{TypeReader, Variables, is_variable};
use crate::unify::{MOST_PARTS, wrong};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::{Form, FormKind};

mod protocol;

/// The protocols of the language.
pub const PROTOCOLS: [&str; 6] = ["Eq", "Ord", "Hash", "Show", "Num", "Wire"];
/// More parameters or fields than this are an error.
const MOST_PARAMS: usize = 255;
/// Tags of variants without fields lie below the first page.
const MOST_VARIANTS: usize = 4000;

/// A `defn` whose signature is in the tables.
#[derive(Debug)]
pub struct FnDecl<'a> {
    pub file: usize,
    pub name: Symbol,
    pub name_span: Span,
    pub patterns: Vec<&'a Form>,
    pub result_span: Span,
    /// Empty where the definition is an intrinsic.
    pub body: &'a [Form],
    pub form: &'a Form,
    pub doc: Option<Arc<str>>,
    /// What `Self` stands for, in an `extend`.
    pub self_type: Option<Ty>,
}

/// A `def`.
#[derive(Debug)]
pub struct ValueDecl<'a> {
    pub file: usize,
    pub name: Symbol,
    pub name_span: Span,
    pub value: &'a Form,
    pub private: bool,
    pub doc: Option<Arc<str>>,
}

/// A `deftest`.
#[derive(Debug)]
pub struct TestDecl<'a> {
    pub file: usize,
    pub name: Symbol,
    pub title: Arc<str>,
    /// The title's place.
    pub span: Span,
    pub body: Vec<&'a Form>,
}

#[derive(Debug, Default)]
pub struct Decls<'a> {
    pub functions: Vec<FnDecl<'a>>,
    pub values: Vec<ValueDecl<'a>>,
    /// Protocols' methods, whose definitions are complete.
    pub methods: Vec<Def>,
    /// Top-level expressions of the entry, in order.
    pub script: Vec<&'a Form>,
    pub tests: Vec<TestDecl<'a>>,
    /// The types in contracts, which must be data.
    pub contracts: Vec<(Ty, Span)>,
}

/// Declare everything in the files into `env.own`.
pub fn declare<'a>(files: &'a [SourceFile], env: &mut Env<'_>, out: &mut Vec<Diagnostic>) -> Decls<'a> {
    env.scopes = files.iter().map(FileScope::of).collect();
    for file in files {
        env.own.names.entry(file.ns).or_default();
    }
    let mut declarer = Declarer {
        env,
        out,
        seen: FxHashMap::default(),
        listed: FxHashSet::default(),
        decls: Decls::default(),
    };
    let mut items = Vec::new();
    for (number, file) in files.iter().enumerate() {
        for form in &file.forms {
            match form.head().and_then(|head| Special::definition(head.as_str())) {
                Some(special) => items.push((number, special, form)),
                None if form.is_error() => {}
                None if file.is_entry => declarer.decls.script.push(form),
                None => declarer.out.push(
                    Diagnostic::new(
                        Code::StrayExpression,
                        "an expression at the top of a file that is used by others",
                    )
                    .at(form.span)
                    .help("only the entry file may be a script"),
                ),
            }
        }
    }
    declarer.foreign(files);
    declarer.type_names(&items);
    declarer.protocol_names(&items);
    declarer.aliases(&items);
    for (file, special, form) in &items {
        match special {
            Special::Defstruct => declarer.structure(*file, form),
            Special::Defenum => declarer.enumeration(*file, form),
            _ => {}
        }
    }
    for (file, special, form) in &items {
        if *special == Special::Defprotocol {
            declarer.protocol(*file, form);
        }
    }
    declarer.derived();
    declarer.bring_methods(files);
    let mut titles = FxHashMap::default();
    for (file, special, form) in &items {
        match special {
            Special::Defn => declarer.function(*file, form),
            Special::Def => declarer.value(*file, form),
            Special::Extend => declarer.extension(*file, form),
            Special::Deftest => {
                let (ns, number) = (declarer.namespace(*file), declarer.decls.tests.len());
                let test = testing::declare(*file, ns, number, form, &mut titles, declarer.out);
                declarer.decls.tests.extend(test);
            }
            Special::Defstruct | Special::Defenum | Special::Defalias | Special::Defprotocol => {}
            Special::Ns => declarer.out.push(bad_syntax(form.span, "`ns` is the first form of a file")),
            other => declarer.out.push(
                Diagnostic::new(Code::UnsupportedForm, format!("`{}` is not available", other.name()))
                    .at(form.span),
            ),
        }
    }
    declarer.decls
}

/// The field or variant of a type whose fields or variants could not be read.
pub const UNKNOWN: &str = "?";

fn unknown_fields() -> Vec<(Symbol, Ty)> {
    vec![(Symbol::new(UNKNOWN), wrong())]
}

/// Definitions of programs may be written by their full names: `(defn user/f …)` in `user` defines `f`.
fn short_name(name: Symbol, ns: Symbol) -> Option<&'static str> {
    match name.split() {
        (None, short) => Some(short),
        (Some(written), short) if ns == written => Some(short),
        _ => None,
    }
}

/// The types of a function, and its body as it is written.
struct Signature<'a> {
    params: Vec<(Symbol, Ty)>,
    patterns: Vec<&'a Form>,
    has_rest: bool,
    result: Ty,
    result_span: Span,
    /// After the result.
    body: &'a [Form],
}

struct Declarer<'a, 'e, 'l> {
    env: &'e mut Env<'l>,
    out: &'e mut Vec<Diagnostic>,
    /// Where each full name was defined.
    seen: FxHashMap<Symbol, Span>,
    /// Namespaces with the names listed for them.
    listed: FxHashSet<(Symbol, Symbol)>,
    decls: Decls<'a>,
}

impl<'a> Declarer<'a, '_, '_> {
    fn namespace(&self, file: usize) -> Symbol {
        self.env.scopes[file].namespace()
    }

    /// The full name of a definition, after the rules about names.
    fn define(&mut self, file: usize, head: &Head<'_>, is_type: bool) -> Option<Symbol> {
        self.define_as(file, head, is_type, head.attributes.is_true("private"))
    }

    fn define_as(&mut self, file: usize, head: &Head<'_>, is_type: bool, is_private: bool) -> Option<Symbol> {
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
            if complaint == "a type begins with a capital"
                && let Some(first) = short.chars().next()
                && let Some(last) = self.out.last_mut()
            {
                let capital: String = first.to_uppercase().chain(short.chars().skip(1)).collect();
                *last = last.clone().suggest(format!("write `{capital}`"), head.name_span, capital);
            }
            if short.contains('/') {
                return None;
            }
        }
        self.seen.insert(name, head.name_span);
        self.shadowing(short, is_type, head.name_span);
        if !is_private {
            self.list(ns, short);
        }
        Some(name)
    }

    fn list(&mut self, ns: Symbol, short: &str) {
        let short = Symbol::new(short);
        if self.listed.insert((ns, short)) {
            self.env.own.names.entry(ns).or_default().push(short);
        }
    }

    fn shadowing(&mut self, short: &str, is_type: bool, span: Span) {
        if self.env.in_library {
            return;
        }
        let in_prelude = |ns: &str| {
            let listed = self.env.lib.names.get(&Symbol::new(ns));
            listed.is_some_and(|names| names.contains(&Symbol::new(short)))
        };
        let hides = PRELUDE.iter().any(|ns| in_prelude(ns))
            || (is_type && crate::scope::BUILTIN_TYPES.contains(&short))
            || (is_type && PROTOCOLS.contains(&short))
            || Special::by_name(short).is_some();
        if hides {
            self.out.push(
                Diagnostic::new(Code::ShadowedPrelude, format!("this hides `{short}` of the prelude"))
                    .label(span, "the prelude's stays in reach by its full name"),
            );
        }
    }

    // ---- types

    fn type_names(&mut self, items: &[(usize, Special, &'a Form)]) {
        for (file, special, form) in items {
            let (what, keep) = match special {
                Special::Defstruct => ("defstruct", 1),
                Special::Defenum => ("defenum", 0),
                Special::Defalias => ("defalias", 1),
                _ => continue,
            };
            let Some(head) = head::head(what, form, keep, self.out) else { continue };
            let Some(name) = self.define(*file, &head, true) else { continue };
            let params = self.type_params(head.params);
            let private = head.attributes.is_true("private");
            let span = head.name_span;
            if *special == Special::Defalias {
                head.attributes.check(what, &["private"], self.out);
                self.env.own.aliases.insert(name, Alias { params, ty: None, private, span });
                continue;
            }
            head.attributes.check(what, &["derive", "private"], self.out);
            let def = TypeDef {
                name,
                params,
                is_struct: *special == Special::Defstruct,
                variants: Vec::new(),
                derives_ord: self.derives_ord(&head.attributes),
                private,
                doc: head.doc.map(Arc::from),
                span,
            };
            self.env.own.types.insert(name, def);
        }
    }

    fn type_params(&mut self, forms: &[Form]) -> Vec<Symbol> {
        let mut params = Vec::new();
        for form in forms {
            match form.as_symbol() {
                Some(name) if is_variable(name.as_str()) && !params.contains(&name) => params.push(name),
                _ => {
                    self.out.push(bad_syntax(form.span, "a type parameter is one capital letter, each once"))
                }
            }
        }
        params
    }

    fn derives_ord(&mut self, attributes: &Attributes<'_>) -> bool {
        let Some(form) = attributes.get("derive") else { return false };
        let mut ord = false;
        for item in form.as_vector().unwrap_or(std::slice::from_ref(form)) {
            match item.as_symbol() {
                Some(name) if name == "Ord" => ord = true,
                Some(name) if PROTOCOLS.contains(&name.as_str()) && name != "Num" => {}
                _ => self.out.push(bad_syntax(item.span, "`:derive` takes a vector of protocols: [Ord]")),
            }
        }
        ord
    }

    /// What is asked for with `:derive` must be possible.
    fn derived(&mut self) {
        let ord = Symbol::new("Ord");
        let mut types: Vec<&TypeDef> = self.env.own.types.values().filter(|def| def.derives_ord).collect();
        types.sort_by_key(|def| def.span);
        let mut found = Vec::new();
        for def in types {
            let given: Vec<(Symbol, Symbol)> = def.params.iter().map(|param| (ord, *param)).collect();
            for (field, ty) in def.variants.iter().flat_map(|variant| &variant.fields) {
                if let Err(lack) = bounds::implements(ty, ord, self.env, &given) {
                    let title = format!("`{}` cannot have Ord", def.name.name());
                    let inside = if lack.part == *ty { String::new() } else { format!(" of {ty}") };
                    let why = format!("its field `{field}` is {}{inside}, which has no order", lack.part);
                    found.push(Diagnostic::new(Code::MissingBound, title).label(def.span, why));
                    break;
                }
            }
        }
        self.out.extend(found);
    }

    /// Aliases may use each other in any order, so their right sides are read in rounds.
    fn aliases(&mut self, items: &[(usize, Special, &'a Form)]) {
        let mut open: Vec<(usize, Symbol, &Form, Span)> = Vec::new();
        for (file, special, form) in items {
            if *special != Special::Defalias {
                continue;
            }
            let Some(head) = head::head("defalias", form, 1, &mut Vec::new()) else { continue };
            let Some(short) = short_name(head.name, self.namespace(*file)) else { continue };
            let name = full(self.namespace(*file), short);
            if self.env.own.aliases.get(&name).is_none_or(|alias| alias.span != head.name_span) {
                continue;
            }
            match head.rest {
                [ty] => open.push((*file, name, ty, head.name_span)),
                _ => {
                    self.out.push(bad_syntax(form.span, "`defalias` takes a name and one type"));
                    self.set_alias(name, wrong());
                }
            }
        }
        while !open.is_empty() {
            let before = open.len();
            open.retain(|(file, name, form, _)| {
                let params = self.env.own.aliases[name].params.clone();
                let mut found = Vec::new();
                let mut reader = TypeReader {
                    env: self.env,
                    file: *file,
                    variables: Variables::Known(&params),
                    out: &mut found,
                    waits: false,
                };
                let ty = reader.read(form);
                if reader.waits {
                    return true;
                }
                self.out.extend(found);
                let ty = if ty.is_within(MOST_PARTS) {
                    ty
                } else {
                    self.out.push(crate::typeform::too_large(form.span));
                    wrong()
                };
                self.set_alias(*name, ty);
                false
            });
            if open.len() == before {
                // One of the circle is given up; the others then stand for something.
                let (_, name, _, span) = open.remove(0);
                self.out.push(
                    Diagnostic::new(Code::BadType, format!("the alias `{}` stands for itself", name.name()))
                        .at(span),
                );
                self.set_alias(name, wrong());
            }
        }
    }

    fn set_alias(&mut self, name: Symbol, ty: Ty) {
        if let Some(alias) = self.env.own.aliases.get_mut(&name) {
            alias.ty = Some(ty);
        }
    }

    /// The type this head registered, unless it was a second definition of the name.
    fn registered(&self, file: usize, head: &Head<'_>) -> Option<(Symbol, Vec<Symbol>)> {
        let name = full(self.namespace(file), short_name(head.name, self.namespace(file))?);
        let def = self.env.own.types.get(&name).filter(|def| def.span == head.name_span)?;
        Some((name, def.params.clone()))
    }

    fn structure(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("defstruct", form, 1, &mut Vec::new()) else { return };
        let Some((name, params)) = self.registered(file, &head) else { return };
        let fields = match head.rest {
            [fields] if fields.as_vector().is_some() => {
                self.fields(file, fields.as_vector().unwrap_or(&[]), &params)
            }
            [] => {
                self.out.push(bad_syntax(form.span, "`defstruct` takes a vector of fields: [x <- f64]"));
                unknown_fields()
            }
            [other, ..] => {
                if !other.is_error() {
                    self.out
                        .push(bad_syntax(other.span, "`defstruct` takes one vector of fields: [x <- f64]"));
                }
                unknown_fields()
            }
        };
        let short = Symbol::new(name.name());
        if !head.attributes.is_true("private") {
            for (field, _) in &fields {
                self.list(self.namespace(file), &format!("{short}/{field}"));
            }
        }
        let variant = VariantDef { name: short, fields, span: head.name_span };
        self.set_variants(name, vec![variant]);
    }

    fn set_variants(&mut self, name: Symbol, variants: Vec<VariantDef>) {
        if let Some(def) = self.env.own.types.get_mut(&name) {
            def.variants = variants;
        }
    }

    fn enumeration(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("defenum", form, 0, &mut Vec::new()) else { return };
        let Some((name, params)) = self.registered(file, &head) else { return };
        let mut variants: Vec<VariantDef> = Vec::new();
        for item in head.rest {
            if variants.len() > MOST_VARIANTS {
                break;
            }
            let (variant, fields) = match (&item.kind, item.as_list()) {
                (FormKind::Error, _) => continue,
                (FormKind::Symbol(_), _) => (item, None),
                (_, Some([variant])) => (variant, None),
                (_, Some([variant, fields])) if fields.as_vector().is_some() => (variant, fields.as_vector()),
                _ => {
                    self.out.push(bad_syntax(item.span, "a variant is `Name` or `(Name [field <- Type])`"));
                    let name = Symbol::new(UNKNOWN);
                    variants.push(VariantDef { name, fields: Vec::new(), span: item.span });
                    break;
                }
            };
            let Some(short) = variant.as_symbol() else {
                self.out.push(bad_syntax(variant.span, "a variant begins with its name"));
                continue;
            };
            if !starts_upper(short.as_str()) || short.as_str().contains('/') {
                self.out.push(
                    Diagnostic::new(Code::BadName, format!("`{short}` cannot name a variant"))
                        .label(variant.span, "variants begin with a capital"),
                );
            }
            if let Some(first) = variants.iter().find(|v| v.name == short) {
                self.out.push(
                    Diagnostic::new(Code::Redefinition, format!("the variant `{short}` is defined twice"))
                        .label(variant.span, "again here")
                        .label(first.span, "first here"),
                );
                continue;
            }
            let fields = fields.map_or_else(Vec::new, |fields| self.fields(file, fields, &params));
            if !head.attributes.is_true("private") {
                self.list(self.namespace(file), &format!("{}/{short}", name.name()));
            }
            variants.push(VariantDef { name: short, fields, span: variant.span });
        }
        if head.rest.is_empty() {
            self.out.push(bad_syntax(form.span, "`defenum` needs at least one variant"));
        }
        if variants.len() > MOST_VARIANTS {
            self.out.push(
                Diagnostic::new(
                    Code::TooManyVariants,
                    format!("an enum has at most {MOST_VARIANTS} variants"),
                )
                .at(head.name_span),
            );
            variants.truncate(MOST_VARIANTS);
        }
        self.set_variants(name, variants);
    }

    fn fields(&mut self, file: usize, items: &[Form], params: &[Symbol]) -> Vec<(Symbol, Ty)> {
        let mut fields: Vec<(Symbol, Ty)> = Vec::new();
        let found = head::params(items, self.out);
        self.limit(found.len(), "fields", items);
        if let Some(field) = found.iter().find(|field| field.ty.is_none()) {
            let name = field.pattern;
            let title = format!("the field `{name}` needs a type: {name} <- T");
            let diagnostic = self.arrowless(file, items, name, bad_syntax(name.span, title));
            self.out.push(diagnostic);
            return unknown_fields();
        }
        for field in found {
            if field.pattern.is_error() {
                return unknown_fields();
            }
            let Some(name) = field.pattern.as_symbol() else {
                self.out.push(bad_syntax(field.pattern.span, "a field has a name"));
                continue;
            };
            if field.is_rest {
                self.out.push(bad_syntax(field.pattern.span, "fields have no rest"));
            }
            if starts_upper(name.as_str()) || name.as_str().contains('/') {
                self.out.push(
                    Diagnostic::new(Code::BadName, format!("`{name}` cannot name a field"))
                        .label(field.pattern.span, "fields do not begin with a capital"),
                );
            }
            if fields.iter().any(|(other, _)| *other == name) {
                self.out.push(
                    Diagnostic::new(Code::DuplicateField, format!("the field `{name}` stands twice"))
                        .at(field.pattern.span),
                );
                continue;
            }
            let ty = match field.ty {
                Some(ty) => self.ty(file, ty, Variables::Known(params)),
                None => wrong(),
            };
            fields.push((name, ty));
        }
        fields
    }

    fn limit(&mut self, count: usize, what: &str, items: &[Form]) {
        if count > MOST_PARAMS {
            self.out.push(
                Diagnostic::new(Code::ArgumentLimit, format!("at most {MOST_PARAMS} {what}"))
                    .at(items[0].span.to(items[items.len() - 1].span)),
            );
        }
    }

    fn ty(&mut self, file: usize, form: &Form, variables: Variables<'_>) -> Ty {
        TypeReader { env: self.env, file, variables, out: self.out, waits: false }.read(form)
    }

    // ---- functions and values

    fn value(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("def", form, 1, self.out) else { return };
        head.attributes.check("def", &["private"], self.out);
        let [value] = head.rest else {
            self.out.push(bad_syntax(form.span, "`def` takes a name and one value"));
            return;
        };
        let Some(name) = self.define(file, &head, false) else { return };
        let private = head.attributes.is_true("private");
        let sig = Sig {
            name,
            generics: Vec::new(),
            bounds: Vec::new(),
            params: Vec::new(),
            has_rest: false,
            result: wrong(),
            is_value: true,
            contract: None,
            variadic: None,
            overload: None,
            on: Vec::new(),
            intrinsic: None,
            private,
            stdio: Stdio::default(),
            span: head.name_span,
        };
        self.env.own.sigs.insert(name, sig);
        let doc = head.doc.map(Arc::from);
        self.decls.values.push(ValueDecl { file, name, name_span: head.name_span, value, private, doc });
    }

    fn function(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("defn", form, 0, self.out) else { return };
        let mut allowed = vec!["in", "out", "where", "private"];
        if self.env.in_library {
            allowed.extend(["intrinsic", "overload", "on", "variadic"]);
        }
        head.attributes.check("defn", &allowed, self.out);
        let Some(name) = self.define(file, &head, false) else { return };
        let mut generics = Vec::new();
        let Some(signature) = self.signature(file, form, &head, "`defn`", &mut generics) else {
            self.unreadable(name, &head);
            return;
        };
        let Signature { params, patterns, has_rest, result, result_span, body } = signature;
        let contract = self.contract(file, &head.attributes, &generics);
        let is_program = params.is_empty() && (matches!(result, Ty::Nil | Ty::Var(_)) || result == wrong());
        if let Some(key) = head.attributes.key("in").or(head.attributes.key("out"))
            && !is_program
        {
            self.out.push(
                bad_syntax(key.span, "a contract belongs to a program")
                    .label(head.name_span, "a program takes nothing and gives nil: [] -> nil")
                    .help("what it is to know it captures: (spawn-process (fn {:in … :out …} [] …))"),
            );
        }
        let bounds = self.bounds(file, &head.attributes, &generics);
        let sig = Sig {
            name,
            bounds,
            params,
            has_rest,
            result,
            is_value: false,
            contract,
            variadic: self.variadic(&head.attributes),
            overload: self.overload(file, &head.attributes, name),
            on: on(&head.attributes),
            intrinsic: head.attributes.get("intrinsic").and_then(Form::as_str).map(Symbol::new),
            private: head.attributes.is_true("private"),
            stdio: Stdio::default(),
            span: head.name_span,
            generics,
        };
        if let Some(intrinsic) = sig.intrinsic {
            self.env.own.intrinsics.insert(intrinsic, name);
        }
        self.env.own.sigs.insert(name, sig);
        let doc = head.doc.map(Arc::from);
        self.decls.functions.push(FnDecl {
            file,
            name,
            name_span: head.name_span,
            patterns,
            result_span,
            body,
            form,
            doc,
            self_type: None,
        });
    }

    /// What is defined with the word of another language: that word is the mistake, not the uses of the name.
    fn foreign(&mut self, files: &'a [SourceFile]) {
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

    /// A function of which only the name is known: it may be called in any way.
    fn unreadable(&mut self, name: Symbol, head: &Head<'_>) {
        let sig = Sig {
            name,
            generics: Vec::new(),
            bounds: Vec::new(),
            params: vec![(Symbol::new("_"), wrong())],
            has_rest: true,
            result: wrong(),
            is_value: false,
            contract: None,
            variadic: None,
            overload: None,
            on: Vec::new(),
            intrinsic: None,
            private: head.attributes.is_true("private"),
            stdio: Stdio::default(),
            span: head.name_span,
        };
        self.env.own.sigs.insert(name, sig);
    }

    /// Help for a name without a type, where its neighbour is one: `x i64`, or `i64 x`.
    fn arrowless(&self, file: usize, items: &[Form], name: &Form, diagnostic: Diagnostic) -> Diagnostic {
        let next = items.iter().position(|form| form.span == name.span).and_then(|at| items.get(at + 1));
        let Some(next) = next else { return diagnostic };
        let (name, ty) = match (self.is_type(file, name), self.is_type(file, next)) {
            (false, true) => (name, next),
            (true, false) if next.as_symbol().is_some() => (next, name),
            _ => return diagnostic,
        };
        let (first, second) = if name.span.start < ty.span.start { (name, ty) } else { (ty, name) };
        let span = first.span.to(second.span);
        let written = format!("{name} <- {ty}");
        diagnostic.suggest(format!("name, arrow, type: {written}"), span, written)
    }

    fn is_type(&self, file: usize, form: &Form) -> bool {
        match form.as_list().and_then(<[Form]>::first).unwrap_or(form).as_symbol() {
            Some(name) => {
                matches!(self.env.ty(file, name), Lookup::Found(_))
                    || crate::foreign::name(name.as_str(), true).is_some()
            }
            None => form.is_nil(),
        }
    }

    /// Parameters and result with their types, whose variables are introduced, and what follows.
    fn signature(
        &mut self,
        file: usize,
        form: &'a Form,
        head: &Head<'a>,
        what: &str,
        generics: &mut Vec<Symbol>,
    ) -> Option<Signature<'a>> {
        let (params_form, rest) = match head.rest {
            [params, rest @ ..] if params.as_vector().is_some() => (params, rest),
            _ => {
                let title = format!("{what} needs its parameters in a vector: [x <- i64]");
                self.out.push(bad_syntax(form.span, title));
                return None;
            }
        };
        let items = params_form.as_vector().unwrap_or(&[]);
        let found = head::params(items, self.out);
        self.limit(found.len(), "parameters", items);
        let (mut params, mut patterns, mut has_rest) = (Vec::new(), Vec::new(), false);
        let untyped = found.iter().find(|param| param.ty.is_none()).map(|param| param.pattern);
        if let Some(pattern) = untyped {
            let title = format!("the parameter `{pattern}` needs a type: {pattern} <- T");
            let mut diagnostic = self.arrowless(file, items, pattern, bad_syntax(pattern.span, title));
            if diagnostic.help.is_empty()
                && pattern.as_symbol().is_some_and(|name| BUILTIN_TYPES.contains(&name.as_str()))
            {
                diagnostic = diagnostic.help("the name comes first, then the type: n <- i64");
            }
            self.out.push(diagnostic);
        }
        for param in found {
            let mut ty = match param.ty {
                Some(ty) => self.ty(file, ty, Variables::Introduce(generics)),
                None => wrong(),
            };
            if param.is_rest {
                has_rest = true;
                ty = Ty::Vector(Arc::new(ty));
            }
            let print = param.pattern.as_symbol().unwrap_or_else(|| Symbol::new("_"));
            params.push((print, ty));
            patterns.push(param.pattern);
        }
        let (result, result_span, body) = match rest {
            [arrow, ty, body @ ..] if arrow.is_symbol("->") => {
                (self.ty(file, ty, Variables::Introduce(generics)), ty.span, body)
            }
            _ => {
                let title = format!("{what} states its result after the parameters: -> T");
                let mut diagnostic = bad_syntax(params_form.span, title);
                let mut rest = rest;
                match rest {
                    [doc, arrow, ty, body @ ..] if doc.as_str().is_some() && arrow.is_symbol("->") => {
                        let title = format!("the docstring of {what} stands before the parameters");
                        self.out.push(bad_syntax(doc.span, title));
                        let result = self.ty(file, ty, Variables::Introduce(generics));
                        return Some(Signature {
                            params,
                            patterns,
                            has_rest,
                            result,
                            result_span: ty.span,
                            body,
                        });
                    }
                    // The type may stand there without its arrow.
                    [ty, _, ..] if self.is_type(file, ty) => {
                        let arrow = format!("-> {ty}");
                        diagnostic = diagnostic.suggest(format!("write `{arrow}`"), ty.span, arrow);
                    }
                    [colon, _, ..] if colon.is_symbol(":") => rest = &rest[1..],
                    _ => {}
                }
                if untyped.is_some() {
                    // Who leaves out all types makes one mistake.
                    if let Some(told) = self
                        .out
                        .iter_mut()
                        .rev()
                        .find(|told| told.span() == untyped.map_or(Span::NONE, |pattern| pattern.span))
                    {
                        told.notes.push(format!("{what} also states its result after the parameters: -> T"));
                    }
                } else {
                    self.out.push(diagnostic);
                }
                match rest {
                    [ty, body @ ..] if self.is_type(file, ty) => {
                        (self.ty(file, ty, Variables::Introduce(generics)), ty.span, body)
                    }
                    _ => (wrong(), params_form.span, rest),
                }
            }
        };
        if untyped.is_some() && params.len() > 1 {
            // What was meant for a type may stand among the names: any number of arguments fits.
            (params, has_rest) = (vec![(Symbol::new("_"), wrong())], true);
        }
        Some(Signature { params, patterns, has_rest, result, result_span, body })
    }

    fn contract(
        &mut self,
        file: usize,
        attributes: &Attributes<'_>,
        generics: &[Symbol],
    ) -> Option<Contract> {
        if !attributes.has("in") && !attributes.has("out") {
            return None;
        }
        let mut side = |key| match attributes.get(key) {
            Some(form) => {
                let ty = self.ty(file, form, Variables::Known(generics));
                self.decls.contracts.push((ty.clone(), form.span));
                ty
            }
            None => Ty::Edn,
        };
        Some(Contract { input: side("in"), output: side("out") })
    }

    fn bounds(
        &mut self,
        file: usize,
        attributes: &Attributes<'_>,
        generics: &[Symbol],
    ) -> Vec<(Symbol, Symbol)> {
        let mut bounds = Vec::new();
        let Some(form) = attributes.get("where") else { return bounds };
        let Some(items) = form.as_vector() else {
            self.out.push(bad_syntax(form.span, "`:where` takes a vector of bounds: [(Ord T)]"));
            return bounds;
        };
        for item in items {
            let pair = match item.as_list() {
                Some([protocol, variable]) => protocol.as_symbol().zip(variable.as_symbol()),
                _ => None,
            };
            let Some((protocol, variable)) = pair else {
                if !item.is_error() {
                    self.out
                        .push(bad_syntax(item.span, "a bound is a protocol and a type variable: (Ord T)"));
                }
                continue;
            };
            let Some(protocol) = self.protocol_name(file, protocol, item.span) else { continue };
            if !generics.contains(&variable) {
                self.out.push(
                    Diagnostic::new(
                        Code::UnknownTypeVariable,
                        format!("`{variable}` is no type variable here"),
                    )
                    .label(item.span, "the parameters and the result do not mention it"),
                );
            } else {
                bounds.push((protocol, variable));
            }
        }
        bounds
    }

    fn variadic(&mut self, attributes: &Attributes<'_>) -> Option<Variadic> {
        let form = attributes.get("variadic")?;
        match form.as_symbol().map(|name| name.as_str()) {
            Some("fold") => Some(Variadic::Fold),
            Some("chain") => Some(Variadic::Chain),
            _ => {
                self.out.push(bad_syntax(form.span, "`:variadic` is fold or chain"));
                None
            }
        }
    }

    fn overload(&mut self, file: usize, attributes: &Attributes<'_>, name: Symbol) -> Option<Symbol> {
        let written = attributes.get("overload")?.as_symbol()?;
        let ns = self.namespace(file);
        let overloaded = match written.split() {
            (None, short) => full(ns, short),
            _ => written,
        };
        self.env.own.overloads.entry(overloaded).or_default().push(name);
        self.list(ns, overloaded.name());
        Some(overloaded)
    }
}

/// `:on 1`, `:on [0 1]`; the first argument where it does not stand.
fn on(attributes: &Attributes<'_>) -> Vec<u32> {
    let index = |form: &Form| form.as_int().and_then(|n| u32::try_from(n).ok());
    match attributes.get("on") {
        Some(form) => match form.as_vector() {
            Some(items) => items.iter().filter_map(index).collect(),
            None => index(form).into_iter().collect(),
        },
        None => vec![0],
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
