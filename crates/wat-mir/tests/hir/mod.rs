//! Typed HIR written by hand, as checking would make it: short names for expressions and patterns, and a world
//! with Option, Result and one definition `op/NAME` for each intrinsic.

use std::collections::HashMap;
use std::sync::Arc;
use wat_abi::rtfn::RtFn;
use wat_check::hir::*;
use wat_check::ty::Ty;
use wat_source::{Span, Symbol};

pub struct World {
    defs: HashMap<Symbol, Def>,
    types: HashMap<Symbol, TypeDef>,
}

impl Defs for World {
    fn def(&self, name: Symbol) -> Option<&Def> {
        self.defs.get(&name)
    }
    fn type_def(&self, name: Symbol) -> Option<&TypeDef> {
        self.types.get(&name)
    }
}

/// Local variables of one definition.
#[derive(Default)]
pub struct Vars(Vec<LocalInfo>);

#[derive(Clone)]
pub struct Var {
    pub id: LocalId,
    pub ty: Ty,
}

impl Vars {
    pub fn var(&mut self, name: &str, ty: &Ty) -> Var {
        self.0.push(LocalInfo { name: Symbol::new(name), ty: ty.clone(), span: Span::NONE });
        Var { id: LocalId(self.0.len() as u32 - 1), ty: ty.clone() }
    }
}

impl Var {
    pub fn get(&self) -> Expr {
        e(ExprKind::Local(self.id), &self.ty)
    }
    pub fn bind(&self) -> Pattern {
        p(PatternKind::Bind(self.id), &self.ty)
    }
}

const OPS: &[&str] = &[
    "add",
    "sub",
    "mul",
    "div",
    "rem",
    "mod",
    "not",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "compare",
    "min",
    "max",
    "to_f64",
    "char_of_i64",
    "same",
    "ignore",
];

impl World {
    pub fn new() -> World {
        let mut world = World { defs: HashMap::new(), types: HashMap::new() };
        let t = Ty::Var(Symbol::new("T"));
        let err = Ty::Var(Symbol::new("E"));
        world.sum("wat.core/Option", &["T"], false, &[("None", &[]), ("Some", &[("value", t.clone())])]);
        world.sum(
            "wat.core/Result",
            &["T", "E"],
            false,
            &[("Ok", &[("value", t)]), ("Err", &[("error", err)])],
        );
        let rows = RtFn::ALL.iter().map(|f| f.row().name);
        for name in OPS.iter().copied().chain(rows) {
            let body = Body::Intrinsic(Symbol::new(name));
            world.add(&format!("op/{name}"), &[], &[], &Ty::Nil, body, Vars::default());
        }
        world
    }

    pub fn sum(&mut self, name: &str, params: &[&str], is_struct: bool, variants: &[(&str, &[(&str, Ty)])]) {
        let variant = |(name, fields): &(&str, &[(&str, Ty)])| VariantDef {
            name: Symbol::new(name),
            fields: fields.iter().map(|(n, t)| (Symbol::new(n), t.clone())).collect(),
            span: Span::NONE,
        };
        let def = TypeDef {
            name: Symbol::new(name),
            params: params.iter().map(|p| Symbol::new(p)).collect(),
            is_struct,
            variants: variants.iter().map(variant).collect(),
            derives_ord: false,
            private: false,
            doc: None,
            span: Span::NONE,
        };
        self.types.insert(def.name, def);
    }

    fn add(&mut self, name: &str, generics: &[&str], params: &[&Var], result: &Ty, body: Body, vars: Vars) {
        let def = Def {
            name: Symbol::new(name),
            generics: generics.iter().map(|g| Symbol::new(g)).collect(),
            bounds: Vec::new(),
            params: params.iter().map(|v| (v.id, v.ty.clone())).collect(),
            has_rest: false,
            result: result.clone(),
            body,
            contract: None,
            locals: vars.0,
            private: false,
            doc: None,
            span: Span::NONE,
        };
        self.defs.insert(def.name, def);
    }

    pub fn defn(
        &mut self,
        name: &str,
        generics: &[&str],
        params: &[&Var],
        result: &Ty,
        vars: Vars,
        body: Expr,
    ) {
        self.add(name, generics, params, result, Body::Fn(body), vars);
    }

    pub fn intrinsic(&mut self, name: &str, params: &[&Var], result: &Ty, vars: Vars, op: &str) {
        self.add(name, &[], params, result, Body::Intrinsic(Symbol::new(op)), vars);
    }

    pub fn def_value(&mut self, name: &str, value: Expr) {
        let ty = value.ty.clone();
        self.add(name, &[], &[], &ty, Body::Value(value), Vars::default());
    }

    /// `user/main` with these statements.
    pub fn main(&mut self, vars: Vars, body: Vec<Expr>) {
        self.defn("user/main", &[], &[], &Ty::Nil, vars, do_(body));
    }
}

pub fn e(kind: ExprKind, ty: &Ty) -> Expr {
    Expr { kind, ty: ty.clone(), span: Span::NONE }
}
pub fn p(kind: PatternKind, ty: &Ty) -> Pattern {
    Pattern { kind, ty: ty.clone(), span: Span::NONE }
}

pub fn int(n: i64) -> Expr {
    e(ExprKind::Lit(Lit::Int(n)), &Ty::I64)
}
pub fn bool_(b: bool) -> Expr {
    e(ExprKind::Lit(Lit::Bool(b)), &Ty::Bool)
}
pub fn nil() -> Expr {
    e(ExprKind::Lit(Lit::Nil), &Ty::Nil)
}
pub fn text(s: &str) -> Expr {
    e(ExprKind::Lit(Lit::Str(s.into())), &Ty::Str)
}
/// An intrinsic.
pub fn op(name: &str, ty: &Ty, args: Vec<Expr>) -> Expr {
    call(&format!("op/{name}"), &[], ty, args)
}
pub fn call(name: &str, targs: &[Ty], ty: &Ty, args: Vec<Expr>) -> Expr {
    e(ExprKind::Call { name: Symbol::new(name), targs: targs.to_vec(), args }, ty)
}
pub fn def(name: &str, targs: &[Ty], ty: &Ty) -> Expr {
    e(ExprKind::Def { name: Symbol::new(name), targs: targs.to_vec() }, ty)
}
pub fn apply(callee: Expr, ty: &Ty, args: Vec<Expr>) -> Expr {
    e(ExprKind::Apply { callee: Box::new(callee), args }, ty)
}
pub fn println(value: Expr) -> Expr {
    op("println", &Ty::Nil, vec![value])
}
pub fn add(a: Expr, b: Expr) -> Expr {
    let ty = a.ty.clone();
    op("add", &ty, vec![a, b])
}
pub fn sub(a: Expr, b: Expr) -> Expr {
    let ty = a.ty.clone();
    op("sub", &ty, vec![a, b])
}
pub fn less(a: Expr, b: Expr) -> Expr {
    op("lt", &Ty::Bool, vec![a, b])
}
pub fn equal(a: Expr, b: Expr) -> Expr {
    op("eq", &Ty::Bool, vec![a, b])
}
pub fn cat(a: Expr, b: Expr) -> Expr {
    op("str_concat", &Ty::Str, vec![a, b])
}
pub fn if_(test: Expr, then: Expr, other: Expr) -> Expr {
    let ty = then.ty.clone();
    e(ExprKind::If { test: Box::new(test), then: Box::new(then), other: Box::new(other) }, &ty)
}
pub fn do_(items: Vec<Expr>) -> Expr {
    let ty = items.last().expect("a `do` has a last expression").ty.clone();
    e(ExprKind::Do(items), &ty)
}
pub fn let_(binds: Vec<(Pattern, Expr)>, body: Expr) -> Expr {
    let ty = body.ty.clone();
    e(ExprKind::Let { binds, body: Box::new(body) }, &ty)
}
pub fn new(ty: &Ty, variant: u32, args: Vec<Expr>) -> Expr {
    e(ExprKind::Construct { variant, args }, ty)
}
pub fn tuple(items: Vec<Expr>) -> Expr {
    let ty = Ty::Tuple(items.iter().map(|i| i.ty.clone()).collect());
    e(ExprKind::Tuple(items), &ty)
}
pub fn vector(item: &Ty, items: Vec<Expr>) -> Expr {
    e(ExprKind::Vector(items), &Ty::Vector(Arc::new(item.clone())))
}
pub fn match_(scrutinee: Expr, ty: &Ty, arms: Vec<(Pattern, Option<Expr>, Expr)>) -> Expr {
    let arms = arms
        .into_iter()
        .map(|(pattern, guard, body)| Arm { pattern, guard, body, span: Span::NONE })
        .collect();
    e(ExprKind::Match { scrutinee: Box::new(scrutinee), arms }, ty)
}
pub fn try_(value: Expr, is_result: bool, ty: &Ty) -> Expr {
    e(ExprKind::Try { value: Box::new(value), is_result }, ty)
}
pub fn lambda(own: Option<&Var>, params: &[&Var], captures: &[&Var], body: Expr) -> Expr {
    let ty = Ty::Fn(params.iter().map(|v| v.ty.clone()).collect(), Arc::new(body.ty.clone()));
    let lambda = Lambda {
        own: own.map(|v| v.id),
        params: params.iter().map(|v| v.id).collect(),
        body,
        captures: captures.iter().map(|v| v.id).collect(),
        contract: None,
    };
    e(ExprKind::Lambda(Box::new(lambda)), &ty)
}
pub fn loop_(params: Vec<(&Var, Expr)>, ty: &Ty, body: Expr) -> Expr {
    let params = params.into_iter().map(|(v, init)| (v.id, init)).collect();
    e(ExprKind::Loop { params, body: Box::new(body) }, ty)
}
pub fn recur(ty: &Ty, args: Vec<Expr>) -> Expr {
    e(ExprKind::Recur(args), ty)
}

pub fn wild(ty: &Ty) -> Pattern {
    p(PatternKind::Wild, ty)
}
pub fn variant(ty: &Ty, variant: u32, fields: Vec<Pattern>) -> Pattern {
    p(PatternKind::Variant { variant, fields }, ty)
}
pub fn or(alternatives: Vec<Pattern>) -> Pattern {
    let ty = alternatives[0].ty.clone();
    p(PatternKind::Or(alternatives), &ty)
}
pub fn lit(lit: Lit, ty: &Ty) -> Pattern {
    p(PatternKind::Lit(lit), ty)
}
pub fn vec_of(ty: &Ty) -> Ty {
    Ty::Vector(Arc::new(ty.clone()))
}
