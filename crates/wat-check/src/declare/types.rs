//! Structs, enums and aliases: first their names, then what their names are for, then fields and variants.

use super::names::{short_name, with_capital};
use super::{Declarer, MOST_PARAMS, MOST_TAGS, MOST_VARIANTS, PROTOCOLS, UNKNOWN, unknown_fields};
use crate::bounds;
use crate::head::{self, Attributes, Head, bad_syntax};
use crate::hir::{TypeDef, VariantDef};
use crate::scope::starts_upper;
use crate::special::Special;
use crate::table::{Alias, full};
use crate::ty::Ty;
use crate::typeform::{TypeReader, Variables, is_variable};
use crate::unify::{MOST_PARTS, wrong};
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::{Form, FormKind};

impl<'a> Declarer<'a, '_, '_> {
    pub(super) fn type_names(&mut self, items: &[(usize, Special, &'a Form)]) {
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
    pub(super) fn derived(&mut self) {
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
    pub(super) fn aliases(&mut self, items: &[(usize, Special, &'a Form)]) {
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

    pub(super) fn structure(&mut self, file: usize, form: &'a Form) {
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
                if !is_damaged(other) {
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

    pub(super) fn enumeration(&mut self, file: usize, form: &'a Form) {
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
                let mut diagnostic =
                    Diagnostic::new(Code::BadName, format!("`{short}` cannot name a variant"))
                        .label(variant.span, "variants begin with a capital");
                if !starts_upper(short.as_str()) {
                    let capital = with_capital(short.as_str(), true);
                    diagnostic = diagnostic.suggest(format!("write `{capital}`"), variant.span, capital);
                }
                self.out.push(diagnostic);
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
        if let Some(late) = variants.iter().skip(MOST_TAGS).find(|variant| !variant.fields.is_empty()) {
            self.out.push(
                Diagnostic::new(
                    Code::TooManyVariants,
                    format!("only the first {MOST_TAGS} variants of an enum may have fields"),
                )
                .label(late.span, "this one has fields, and comes later")
                .help("move those without fields to the end, or hold what differs in a field"),
            );
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

    pub(super) fn limit(&mut self, count: usize, what: &str, items: &[Form]) {
        if count > MOST_PARAMS {
            self.out.push(
                Diagnostic::new(Code::ArgumentLimit, format!("at most {MOST_PARAMS} {what}"))
                    .at(items[0].span.to(items[items.len() - 1].span)),
            );
        }
    }
}

/// Is there anything in it that could not be read?
fn is_damaged(form: &Form) -> bool {
    let entries = form.as_map().unwrap_or(&[]);
    form.is_error() || entries.iter().any(|(key, value)| key.is_error() || value.is_error())
}
