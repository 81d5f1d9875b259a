//! The end of inference: expressions with types being found become HIR. Here calls get exactly the parameters
//! of what they call: rest vectors are made, folds and chains written out, omitted options filled in.

use super::Infer;
use super::tree::{A, Callee, E, K, L, P, Pk, Source};
use crate::hir::{
    Arm, Clause, Contract, Expr, ExprKind, Lambda, Lit, LocalId, LocalInfo, Pattern, PatternKind,
    Source as HirSource,
};
use crate::table::{Sig, Variadic};
use crate::ty::Ty;
use crate::unify::T;
use std::sync::Arc;
use wat_source::{Span, Symbol};

impl<'e> Infer<'_, 'e> {
    pub fn locals_out(&self) -> Vec<LocalInfo> {
        let info = |local: &super::Local| LocalInfo {
            name: local.name,
            ty: self.types.write(local.ty),
            span: local.span,
        };
        self.locals.iter().map(info).collect()
    }

    pub fn expr_out(&mut self, e: E) -> Expr {
        let ty = self.types.write(e.ty);
        let span = e.span;
        let kind = self.kind_out(e.kind, &ty, span);
        Expr { kind, ty, span }
    }

    fn boxed(&mut self, e: E) -> Box<Expr> {
        Box::new(self.expr_out(e))
    }

    fn all(&mut self, es: Vec<E>) -> Vec<Expr> {
        es.into_iter().map(|e| self.expr_out(e)).collect()
    }

    fn types_out(&self, ts: &[T]) -> Vec<Ty> {
        ts.iter().map(|t| self.types.write(*t)).collect()
    }

    fn contract_out(&self, contract: (T, T)) -> Contract {
        Contract { input: self.types.write(contract.0), output: self.types.write(contract.1) }
    }

    fn kind_out(&mut self, kind: K, ty: &Ty, span: Span) -> ExprKind {
        match kind {
            K::Lit(lit) => ExprKind::Lit(number(lit, ty)),
            K::Local(id) => ExprKind::Local(id),
            K::Def(callee) => match self.callee_out(&callee) {
                Some((sig, targs)) if !targs.iter().any(|t| self.is_wrong(*t)) => {
                    ExprKind::Def { name: sig.name, targs: self.types_out(&targs) }
                }
                _ => ExprKind::Lit(Lit::Nil),
            },
            K::Call { callee, args } => match self.callee_out(&callee) {
                Some((sig, targs)) if !targs.iter().any(|t| self.is_wrong(*t)) => {
                    self.call_out(sig, &targs, args, span)
                }
                _ => self.leftovers(args, span),
            },
            K::Apply { callee, args } => {
                ExprKind::Apply { callee: self.boxed(*callee), args: self.all(args) }
            }
            K::Construct { variant, args } => ExprKind::Construct { variant, args: self.all(args) },
            K::Field { value, field } => match self.fields[field].index {
                Some(index) => ExprKind::Field { value: self.boxed(*value), index },
                None => self.leftovers(vec![*value], span),
            },
            K::With { value, fields } => {
                let value = self.boxed(*value);
                let fields = fields
                    .into_iter()
                    .filter_map(|(field, e)| {
                        let e = self.expr_out(e);
                        self.fields[field].index.map(|index| (index, e))
                    })
                    .collect();
                ExprKind::With { value, fields }
            }
            K::Tuple(items) => ExprKind::Tuple(self.all(items)),
            K::Vector(items) => ExprKind::Vector(self.all(items)),
            K::Set(items) => ExprKind::Set(self.all(items)),
            K::Map(entries) => ExprKind::Map(
                entries.into_iter().map(|(k, v)| (self.expr_out(k), self.expr_out(v))).collect(),
            ),
            K::Let { binds, body } => {
                let binds = binds
                    .into_iter()
                    .map(|(pattern, value)| {
                        let pattern = self.pattern_out(pattern);
                        (pattern, self.expr_out(value))
                    })
                    .collect();
                ExprKind::Let { binds, body: self.boxed(*body) }
            }
            K::If { test, then, other } => {
                ExprKind::If { test: self.boxed(*test), then: self.boxed(*then), other: self.boxed(*other) }
            }
            K::Do(items) => ExprKind::Do(self.all(items)),
            K::Match { scrutinee, arms } => self.match_out(*scrutinee, arms, span),
            K::Lambda(lambda) => ExprKind::Lambda(Box::new(self.lambda_out(*lambda))),
            K::ProgramOf { name, targs, contract } => ExprKind::ProgramOf {
                name,
                targs: self.types_out(&targs),
                contract: self.contract_out(contract),
            },
            K::Loop { params, body } => {
                let params = params.into_iter().map(|(id, e)| (id, self.expr_out(e))).collect();
                ExprKind::Loop { params, body: self.boxed(*body) }
            }
            K::Recur(args) => ExprKind::Recur(self.all(args)),
            K::Try { value, is_result } => ExprKind::Try { value: self.boxed(*value), is_result },
            K::Select(clauses) => ExprKind::Select(
                clauses
                    .into_iter()
                    .map(|clause| Clause {
                        source: self.source_out(clause.source),
                        pattern: self.pattern_out(clause.pattern),
                        body: self.expr_out(clause.body),
                        span: clause.span,
                    })
                    .collect(),
            ),
            K::WithPeers { binds, body } => {
                let binds = binds.into_iter().map(|(id, e)| (id, self.expr_out(e))).collect();
                ExprKind::WithPeers { binds, body: self.boxed(*body) }
            }
            K::ToEdn(e) => {
                let e = self.expr_out(*e);
                if e.ty == Ty::Edn { e.kind } else { self.one_arg("edn_of", e, span) }
            }
            K::Show(e) => {
                let e = self.expr_out(*e);
                if e.ty == Ty::Str { e.kind } else { self.one_arg("show", e, span) }
            }
            K::Error => ExprKind::Lit(Lit::Nil),
        }
    }

    /// What is left of an expression that was wrong: the parts that were not.
    fn leftovers(&mut self, parts: Vec<E>, span: Span) -> ExprKind {
        let mut items = self.all(parts);
        items.push(Expr { kind: ExprKind::Lit(Lit::Nil), ty: Ty::Nil, span });
        ExprKind::Do(items)
    }

    /// A call of a library function of one type variable, which is its argument's type.
    fn one_arg(&mut self, name: &str, e: Expr, span: Span) -> ExprKind {
        let Some(name) = self.env.intrinsic(name) else {
            let title = format!("the library does not define `{name}`");
            self.report(wat_source::Diagnostic::new(wat_source::Code::UnsupportedForm, title).at(span));
            return ExprKind::Lit(Lit::Nil);
        };
        ExprKind::Call { name, targs: vec![e.ty.clone()], args: vec![e] }
    }

    /// A method of a known type is the definition that implements it there.
    fn callee_out(&mut self, callee: &Callee) -> Option<(&'e Sig, Vec<T>)> {
        let (name, targs) = match callee {
            Callee::Known { name, targs } => (*name, targs.clone()),
            Callee::Pending(number) => self.overloads[*number].chosen.clone()?,
        };
        let env = self.env;
        if env.protocol_of(name).is_some()
            && !targs.iter().any(|t| self.is_wrong(*t))
            && let Some((chosen, found)) = env.resolve(name, &self.types_out(&targs))
        {
            return Some((env.sig(chosen)?, found.iter().map(|ty| self.rigid(ty)).collect()));
        }
        Some((env.sig(name)?, targs))
    }

    fn call_out(&mut self, sig: &Sig, targs: &[T], args: Vec<E>, span: Span) -> ExprKind {
        let targs = self.types_out(targs);
        let at = |ty: &Ty| {
            ty.subst(&|name| match sig.generics.iter().position(|g| *g == name) {
                Some(at) => targs[at].clone(),
                None => Ty::Var(name),
            })
        };
        let params: Vec<Ty> = sig.params.iter().map(|(_, ty)| at(ty)).collect();
        let result = at(&sig.result);
        let mut args = self.all(args);
        let name = sig.name;
        let call = |args: Vec<Expr>| ExprKind::Call { name, targs: targs.clone(), args };
        if let Some(variadic) = sig.variadic {
            return match variadic {
                _ if args.len() == 2 => call(args),
                Variadic::Fold => {
                    let mut rest = args.into_iter();
                    let first = rest.next().expect("a variadic call has an argument");
                    let fold = |left: Expr, right: Expr| {
                        let span = left.span.to(right.span);
                        Expr { kind: call(vec![left, right]), ty: result.clone(), span }
                    };
                    rest.fold(first, fold).kind
                }
                Variadic::Chain => self.chain_out(args, &call, span),
            };
        }
        if sig.has_rest {
            let rest = args.split_off(params.len() - 1);
            let ty = params[params.len() - 1].clone();
            args.push(Expr { kind: ExprKind::Vector(rest), ty, span });
        } else if args.len() + 1 == params.len() {
            let ty = params[params.len() - 1].clone();
            args.push(self.no_options(ty, span));
        }
        call(args)
    }

    /// A struct of nothing but absent Options.
    fn no_options(&self, ty: Ty, span: Span) -> Expr {
        let mut args = Vec::new();
        if let Ty::Named(name, targs) = &ty
            && let Some(def) = self.env.type_def(*name)
        {
            for (_, field) in &def.variants[0].fields {
                let field = crate::wire::field_at(field, def, targs);
                args.push(Expr {
                    kind: ExprKind::Construct { variant: 0, args: Vec::new() },
                    ty: field,
                    span,
                });
            }
        }
        Expr { kind: ExprKind::Construct { variant: 0, args }, ty, span }
    }

    /// `(< a b c)`: each argument once, in order, then all pairs.
    fn chain_out(&mut self, args: Vec<Expr>, call: &dyn Fn(Vec<Expr>) -> ExprKind, span: Span) -> ExprKind {
        let boolean = |kind| Expr { kind, ty: Ty::Bool, span };
        if args.len() < 2 {
            let mut items = args;
            items.push(boolean(ExprKind::Lit(Lit::Bool(true))));
            return ExprKind::Do(items);
        }
        let mut binds = Vec::new();
        let mut locals = Vec::new();
        for arg in args {
            let (ty, span) = (arg.ty.clone(), arg.span);
            let id = self.finished_local(&ty, span);
            locals.push(Expr { kind: ExprKind::Local(id), ty: ty.clone(), span });
            binds.push((Pattern { kind: PatternKind::Bind(id), ty, span }, arg));
        }
        let pairs: Vec<Expr> =
            locals.windows(2).map(|pair| boolean(call(vec![pair[0].clone(), pair[1].clone()]))).collect();
        let mut pairs = pairs.into_iter().rev();
        let mut body = pairs.next().expect("at least two arguments");
        for test in pairs {
            let other = Box::new(boolean(ExprKind::Lit(Lit::Bool(false))));
            body = boolean(ExprKind::If { test: Box::new(test), then: Box::new(body), other });
        }
        ExprKind::Let { binds, body: Box::new(body) }
    }

    /// A local whose type is known already.
    fn finished_local(&mut self, ty: &Ty, span: Span) -> LocalId {
        let ty = self.rigid(ty);
        self.locals.push(super::Local { name: Symbol::new("_"), ty, span, frame: 0 });
        LocalId(self.locals.len() as u32 - 1)
    }

    fn lambda_out(&mut self, lambda: L) -> Lambda {
        Lambda {
            own: lambda.own,
            params: lambda.params,
            body: self.expr_out(lambda.body),
            captures: lambda.captures,
            contract: lambda.contract.map(|contract| self.contract_out(contract)),
        }
    }

    fn source_out(&mut self, source: Source) -> HirSource {
        match source {
            Source::Peer(e) => HirSource::Peer(self.expr_out(e)),
            Source::Receiver(e) => HirSource::Receiver(self.expr_out(e)),
            Source::Exit(e) => HirSource::Exit(self.expr_out(e)),
            Source::After(e) => HirSource::After(self.expr_out(e)),
            Source::Stopped => HirSource::Stopped,
            Source::Cancelled => HirSource::Cancelled,
            Source::Signal(second) => HirSource::Signal(second),
        }
    }

    /// A match with something wrong in it says nothing about the cases it covers: only its parts stay.
    fn match_out(&mut self, scrutinee: E, arms: Vec<A>, span: Span) -> ExprKind {
        if self.is_wrong(scrutinee.ty) || arms.iter().any(|arm| self.is_broken(&arm.pattern)) {
            let mut parts = vec![scrutinee];
            for arm in arms {
                parts.extend(arm.guard);
                parts.push(arm.body);
            }
            return self.leftovers(parts, span);
        }
        let scrutinee = Box::new(self.expr_out(scrutinee));
        let arms = arms
            .into_iter()
            .map(|arm| Arm {
                pattern: self.pattern_out(arm.pattern),
                guard: arm.guard.map(|guard| self.expr_out(guard)),
                body: self.expr_out(arm.body),
                span: arm.span,
            })
            .collect();
        ExprKind::Match { scrutinee, arms }
    }

    fn pattern_out(&mut self, pattern: P) -> Pattern {
        let ty = self.types.write(pattern.ty);
        if let Pk::Fields(fields) = pattern.kind {
            return self.fields_out(fields, ty, pattern.span);
        }
        let mut all =
            |patterns: Vec<P>| patterns.into_iter().map(|p| self.pattern_out(p)).collect::<Vec<_>>();
        let kind = match pattern.kind {
            Pk::Wild | Pk::Error | Pk::Fields(_) => PatternKind::Wild,
            Pk::Bind(id) => PatternKind::Bind(id),
            Pk::Lit(lit) => PatternKind::Lit(number(lit, &ty)),
            Pk::Variant { variant, fields } => PatternKind::Variant { variant, fields: all(fields) },
            Pk::Tuple(parts) => PatternKind::Tuple(all(parts)),
            Pk::Or(parts) => PatternKind::Or(all(parts)),
            Pk::Vector { items, rest } => {
                let items = all(items);
                PatternKind::Vector { items, rest: rest.map(|rest| Box::new(self.pattern_out(*rest))) }
            }
            Pk::As(inner, id) => PatternKind::As(Box::new(self.pattern_out(*inner)), id),
        };
        Pattern { kind, ty, span: pattern.span }
    }

    /// The fields of a struct that was found after the pattern.
    fn fields_out(&mut self, parts: Vec<(usize, P)>, ty: Ty, span: Span) -> Pattern {
        let env = self.env;
        let def = match &ty {
            Ty::Named(name, _) => env.type_def(*name).filter(|def| def.is_struct),
            _ => None,
        };
        let (Some(def), Ty::Named(_, targs)) = (def, &ty) else {
            return Pattern { kind: PatternKind::Wild, ty, span };
        };
        let wild = |(_, field): &(Symbol, Ty)| Pattern {
            kind: PatternKind::Wild,
            ty: crate::wire::field_at(field, def, targs),
            span,
        };
        let mut fields: Vec<Pattern> = def.variants[0].fields.iter().map(wild).collect();
        for (field, part) in parts {
            if let Some(index) = self.fields[field].index {
                fields[index as usize] = self.pattern_out(part);
            }
        }
        Pattern { kind: PatternKind::Variant { variant: 0, fields }, ty, span }
    }

    fn is_broken(&self, pattern: &P) -> bool {
        match &pattern.kind {
            Pk::Error => true,
            Pk::Wild | Pk::Bind(_) | Pk::Lit(_) => false,
            Pk::As(inner, _) => self.is_broken(inner),
            Pk::Variant { fields: parts, .. } | Pk::Tuple(parts) | Pk::Or(parts) => {
                parts.iter().any(|part| self.is_broken(part))
            }
            Pk::Fields(parts) => {
                parts.iter().any(|(field, part)| self.fields[*field].index.is_none() || self.is_broken(part))
            }
            Pk::Vector { items, rest } => {
                items.iter().any(|item| self.is_broken(item))
                    || rest.as_ref().is_some_and(|rest| self.is_broken(rest))
            }
        }
    }
}

/// A number literal at the type its place gave it. At a type variable it stays as written.
fn number(lit: Lit, ty: &Ty) -> Lit {
    match (lit, ty) {
        (Lit::Int(value), Ty::F64) => Lit::Float(value as f64),
        (Lit::Int(value), Ty::BigInt) => Lit::BigInt(Arc::from(value.to_string())),
        (Lit::Int(value), Ty::Decimal) => Lit::Decimal(Arc::from(value.to_string())),
        (lit, _) => lit,
    }
}
