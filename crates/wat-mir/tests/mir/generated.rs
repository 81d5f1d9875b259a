//! Generated programs: whatever well-typed expression comes out, its MIR is proved, runs without a fault, leaves
//! nothing on the heap, prints what the expression means, and needs every one of its dups and drops.

use crate::eval::run;
use crate::hir::*;
use std::sync::Arc;
use wat_check::hir::{Expr, ExprKind, Lit, PatternKind};
use wat_check::ty::Ty;
use wat_mir::mir::{FuncId, StmtKind};
use wat_mir::{lower, verify_func};
use wat_source::Symbol;

/// xorshift64*: the same programs on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }
}

/// What an expression means, computed while it is made.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    Int(i64),
    Text(String),
    Pair(String, i64),
    Maybe(Option<String>),
    Words(Vec<String>),
    Card(String, Vec<String>),
}

fn card() -> Ty {
    Ty::named("user/Card", &[])
}

impl Value {
    fn shown(&self) -> String {
        match self {
            Value::Int(n) => n.to_string(),
            Value::Text(s) => s.clone(),
            Value::Pair(s, n) => format!("[{s} {n}]"),
            Value::Maybe(None) => "None".into(),
            Value::Maybe(Some(s)) => format!("(Some {s})"),
            Value::Words(ws) => format!("[{}]", ws.join(" ")),
            Value::Card(s, ws) => format!("(Card {s} [{}])", ws.join(" ")),
        }
    }
    fn ty(&self) -> Ty {
        match self {
            Value::Int(_) => Ty::I64,
            Value::Text(_) => Ty::Str,
            Value::Pair(..) => Ty::Tuple([Ty::Str, Ty::I64].into()),
            Value::Maybe(_) => Ty::option(Ty::Str),
            Value::Words(_) => vec_of(&Ty::Str),
            Value::Card(..) => card(),
        }
    }
}

struct Maker {
    random: Random,
    vars: Vars,
    /// In scope, with their values.
    scope: Vec<(Var, Value)>,
}

type Made = (Expr, Value);

impl Maker {
    fn variable(&mut self, kind: usize) -> Option<Made> {
        let of_kind = |v: &Value| {
            kind == match v {
                Value::Int(_) => 0,
                Value::Text(_) => 1,
                Value::Pair(..) => 2,
                Value::Maybe(_) => 3,
                Value::Words(_) => 4,
                Value::Card(..) => 5,
            }
        };
        let found: Vec<usize> = (0..self.scope.len()).filter(|i| of_kind(&self.scope[*i].1)).collect();
        if found.is_empty() {
            return None;
        }
        let (var, value) = &self.scope[found[self.random.below(found.len())]];
        Some((var.get(), value.clone()))
    }

    fn bound(&mut self, value: &Value) -> Var {
        let var = self.vars.var("x", &value.ty());
        self.scope.push((var.clone(), value.clone()));
        var
    }

    fn text(&mut self, depth: usize) -> (Expr, String) {
        match self.make(1, depth) {
            (e, Value::Text(s)) => (e, s),
            _ => unreachable!("kind 1 is text"),
        }
    }

    fn int(&mut self, depth: usize) -> (Expr, i64) {
        match self.make(0, depth) {
            (e, Value::Int(n)) => (e, n),
            _ => unreachable!("kind 0 is a number"),
        }
    }

    /// An expression of a kind (0 number, 1 text, 2 pair, 3 option, 4 vector, 5 struct) and what it means.
    fn make(&mut self, kind: usize, depth: usize) -> Made {
        if depth == 0 || self.random.below(8) == 0 {
            if let Some(made) = self.variable(kind) {
                return made;
            }
            return self.leaf(kind);
        }
        let depth = depth - 1;
        match self.random.below(9) {
            0 => self.let_in(kind, depth),
            1 => self.branch(kind, depth),
            2 => self.match_maybe(kind, depth),
            3 => self.match_pair(kind, depth),
            4 => self.match_words(kind, depth),
            5 => self.apply(kind, depth),
            6 => self.count_down(kind, depth),
            _ => self.own(kind, depth),
        }
    }

    fn leaf(&mut self, kind: usize) -> Made {
        let n = self.random.below(4) as i64;
        let word = ["a", "b", "cd", ""][self.random.below(4)];
        let fresh = if self.random.below(2) == 0 { text(word) } else { cat(text(word), text("")) };
        match kind {
            0 => (int(n), Value::Int(n)),
            1 => (fresh, Value::Text(word.into())),
            2 => (tuple(vec![fresh, int(n)]), Value::Pair(word.into(), n)),
            3 if n < 2 => (new(&Ty::option(Ty::Str), 0, vec![]), Value::Maybe(None)),
            3 => (new(&Ty::option(Ty::Str), 1, vec![fresh]), Value::Maybe(Some(word.into()))),
            4 => (vector(&Ty::Str, vec![fresh]), Value::Words(vec![word.into()])),
            _ => {
                let words = vector(&Ty::Str, vec![text("w")]);
                (new(&card(), 0, vec![fresh, words]), Value::Card(word.into(), vec!["w".into()]))
            }
        }
    }

    /// A way of making just this kind.
    fn own(&mut self, kind: usize, depth: usize) -> Made {
        match kind {
            0 => {
                let (s, v) = self.text(depth);
                let (n, w) = self.int(depth);
                let count = op("str_count", &Ty::I64, vec![s]);
                (op("rem", &Ty::I64, vec![add(count, n), int(7)]), Value::Int((v.len() as i64 + w) % 7))
            }
            1 | 4 if self.random.below(4) == 0 => {
                let (whole, Value::Card(s, ws)) = self.make(5, depth) else { unreachable!("5 is a struct") };
                let (index, value) = if kind == 1 { (0, Value::Text(s)) } else { (1, Value::Words(ws)) };
                (e(ExprKind::Field { value: Box::new(whole), index }, &value.ty()), value)
            }
            1 => {
                let ((a, v), (b, w)) = (self.text(depth), self.text(depth));
                let name = if self.random.below(3) == 0 { "max" } else { "str_concat" };
                if name == "max" {
                    let greater = if w > v { w } else { v };
                    return (op("max", &Ty::Str, vec![a, b]), Value::Text(greater));
                }
                // Kept short, or nested doubling makes it huge.
                let joined = v.clone() + &w;
                if joined.len() > 40 { (a, Value::Text(v)) } else { (cat(a, b), Value::Text(joined)) }
            }
            2 => {
                let ((a, v), (n, w)) = (self.text(depth), self.int(depth));
                (tuple(vec![a, n]), Value::Pair(v, w))
            }
            3 if self.random.below(3) == 0 => self.try_in(depth),
            3 => {
                let (a, v) = self.text(depth);
                (new(&Ty::option(Ty::Str), 1, vec![a]), Value::Maybe(Some(v)))
            }
            5 => {
                let (whole, Value::Card(_, words)) = self.make(5, depth) else {
                    unreachable!("5 is a struct")
                };
                let (a, v) = self.text(depth);
                let with = ExprKind::With { value: Box::new(whole), fields: vec![(0, a)] };
                (e(with, &card()), Value::Card(v, words))
            }
            _ => {
                let (whole, Value::Words(mut words)) = self.make(4, depth) else {
                    unreachable!("kind 4 is a vector")
                };
                let (a, v) = self.text(depth);
                words.push(v);
                (op("vec_conj", &vec_of(&Ty::Str), vec![whole, a]), Value::Words(words))
            }
        }
    }

    /// `((fn [x] (Some (str-concat text (try x)))) option)`: the function is left with what it holds dropped.
    fn try_in(&mut self, depth: usize) -> Made {
        let ty = Ty::option(Ty::Str);
        let captured: Vec<Var> = self.scope.iter().map(|s| s.0.clone()).collect();
        let (arg, Value::Maybe(meaning)) = self.make(3, depth) else { unreachable!("kind 3 is an option") };
        let outer = self.scope.len();
        let x = self.bound(&Value::Maybe(meaning.clone()));
        let (before, v) = self.text(depth);
        self.scope.truncate(outer);
        let body = new(&ty, 1, vec![cat(before, try_(x.get(), false, &Ty::Str))]);
        let closure = lambda(None, &[&x], &captured.iter().collect::<Vec<_>>(), body);
        (apply(closure, &ty, vec![arg]), Value::Maybe(meaning.map(|s| v + &s)))
    }

    fn let_in(&mut self, kind: usize, depth: usize) -> Made {
        let of = self.random.below(6);
        let (value, meaning) = self.make(of, depth);
        let outer = self.scope.len();
        let var = self.bound(&meaning);
        let (body, result) = self.make(kind, depth);
        self.scope.truncate(outer);
        (let_(vec![(var.bind(), value)], body), result)
    }

    fn branch(&mut self, kind: usize, depth: usize) -> Made {
        let ((a, v), (b, w)) = (self.text(depth), self.text(depth));
        let (then, yes) = self.make(kind, depth);
        let (other, no) = self.make(kind, depth);
        (if_(less(a, b), then, other), if v < w { yes } else { no })
    }

    fn match_maybe(&mut self, kind: usize, depth: usize) -> Made {
        let (whole, Value::Maybe(meaning)) = self.make(3, depth) else { unreachable!("kind 3 is an option") };
        let ty = Ty::option(Ty::Str);
        let outer = self.scope.len();
        let inner = meaning.clone().unwrap_or_default();
        let x = self.bound(&Value::Text(inner.clone()));
        let guard = self.int(1);
        let guarded = self.make(kind, depth);
        let some = self.make(kind, depth);
        self.scope.truncate(outer);
        let whole_again = self.bound(&Value::Maybe(meaning.clone()));
        let none = self.make(kind, depth);
        self.scope.truncate(outer);
        let is_word = lit(Lit::Str("a".into()), &Ty::Str);
        let word = self.make(kind, depth);
        let arms = vec![
            (
                variant(&ty, 1, vec![x.bind()]),
                Some(equal(guard.0, op("str_count", &Ty::I64, vec![x.get()]))),
                guarded.0,
            ),
            (variant(&ty, 1, vec![is_word]), None, word.0),
            (variant(&ty, 1, vec![x.bind()]), None, some.0),
            (whole_again.bind(), None, none.0),
        ];
        let result = match meaning {
            None => none.1,
            Some(s) if guard.1 == s.len() as i64 => guarded.1,
            Some(s) if s == "a" => word.1,
            Some(_) => some.1,
        };
        let of = result.ty();
        (match_(whole, &of, arms), result)
    }

    fn match_pair(&mut self, kind: usize, depth: usize) -> Made {
        let (whole, Value::Pair(s, n)) = self.make(2, depth) else { unreachable!("kind 2 is a pair") };
        let ty = whole.ty.clone();
        let outer = self.scope.len();
        let (x, y) = (self.bound(&Value::Text(s.clone())), self.bound(&Value::Int(n)));
        let all = self.vars.var("all", &ty);
        let keep = self.random.below(2) == 0;
        if keep {
            self.scope.push((all.clone(), Value::Pair(s, n)));
        }
        let (body, result) = self.make(kind, depth);
        self.scope.truncate(outer);
        let fields = p(PatternKind::Tuple(vec![x.bind(), y.bind()]), &ty);
        let pattern = if keep { p(PatternKind::As(Box::new(fields), all.id), &ty) } else { fields };
        (let_(vec![(pattern, whole)], body), result)
    }

    fn match_words(&mut self, kind: usize, depth: usize) -> Made {
        let (whole, Value::Words(words)) = self.make(4, depth) else { unreachable!("kind 4 is a vector") };
        let ty = whole.ty.clone();
        let outer = self.scope.len();
        let first = self.bound(&Value::Text(words.first().cloned().unwrap_or_default()));
        let rest = self.bound(&Value::Words(words.get(1..).unwrap_or_default().to_vec()));
        let some = self.make(kind, depth);
        self.scope.truncate(outer);
        let none = self.make(kind, depth);
        let pattern = |items, rest| p(PatternKind::Vector { items, rest }, &ty);
        let arms = vec![
            (pattern(vec![], None), None, none.0),
            (pattern(vec![first.bind()], Some(Box::new(rest.bind()))), None, some.0),
        ];
        let result = if words.is_empty() { none.1 } else { some.1 };
        let of = result.ty();
        (match_(whole, &of, arms), result)
    }

    /// A closure over everything in scope, called twice: `((fn [x] …) text)`.
    fn apply(&mut self, kind: usize, depth: usize) -> Made {
        let captured: Vec<Var> = self.scope.iter().map(|s| s.0.clone()).collect();
        let (arg, v) = self.text(depth);
        let outer = self.scope.len();
        let x = self.bound(&Value::Text(v));
        let (body, result) = self.make(kind, depth);
        self.scope.truncate(outer);
        let ty = result.ty();
        let closure = lambda(None, &[&x], &captured.iter().collect::<Vec<_>>(), body);
        let f = self.vars.var("f", &closure.ty);
        let first = apply(f.get(), &ty, vec![text("q")]);
        let second = apply(f.get(), &ty, vec![arg]);
        let again = if self.random.below(2) == 0 { do_(vec![first, second]) } else { second };
        (let_(vec![(f.bind(), closure)], again), result)
    }

    /// `(loop [i n acc value] (if (< i 1) body (recur (- i 1) acc)))`
    fn count_down(&mut self, kind: usize, depth: usize) -> Made {
        let of = 1 + self.random.below(5);
        let (start, meaning) = self.make(of, depth);
        let (times, _) = self.int(depth);
        let i = self.vars.var("i", &Ty::I64);
        let outer = self.scope.len();
        let acc = self.bound(&meaning);
        let (body, result) = self.make(kind, depth);
        let step = if self.random.below(2) == 0 {
            acc.get()
        } else {
            let (ignored, _) = self.text(1);
            do_(vec![ignored, acc.get()])
        };
        self.scope.truncate(outer);
        let ty = result.ty();
        let more = recur(&ty, vec![sub(i.get(), int(1)), step]);
        (loop_(vec![(&i, times), (&acc, start)], &ty, if_(less(i.get(), int(1)), body, more)), result)
    }
}

#[test]
fn generated_programs_keep_count() {
    let mut statements = 0;
    for seed in 1..=200u64 {
        let mut maker =
            Maker { random: Random(seed * 0x9E37_79B9), vars: Vars::default(), scope: Vec::new() };
        let kind = maker.random.below(6);
        let (body, value) = maker.make(kind, 5);
        let mut w = World::new();
        w.sum("user/Card", &[], true, &[("Card", &[("name", Ty::Str), ("words", vec_of(&Ty::Str))])]);
        let shown =
            e(ExprKind::Vector(vec![op("show", &Ty::Str, vec![body])]), &Ty::Vector(Arc::new(Ty::Str)));
        w.main(maker.vars, vec![println(shown)]);
        let module = lower(&w, Symbol::new("user/main"));
        let (out, end) = run(&module, &[]);
        assert_eq!((out, end), (vec![format!("[{}]", value.shown())], Ok(())), "seed {seed}\n{module}");
        let mut broken = module.clone();
        for f in 0..module.funcs.len() {
            for b in 0..module.funcs[f].blocks.len() {
                let stmts = &module.funcs[f].blocks[b].stmts;
                statements += stmts.len();
                let counts: Vec<usize> = (0..stmts.len())
                    .filter(|s| matches!(stmts[*s].kind, StmtKind::Dup(_) | StmtKind::Drop(_)))
                    .collect();
                // One of each block: proving the function anew takes long.
                if !counts.is_empty() && maker.random.below(3) == 0 {
                    let s = counts[maker.random.below(counts.len())];
                    let stmt = broken.funcs[f].blocks[b].stmts.remove(s);
                    assert!(
                        verify_func(&broken, FuncId(f as u32)).is_err(),
                        "seed {seed} b{b} {s}\n{module}"
                    );
                    broken.funcs[f].blocks[b].stmts.insert(s, stmt);
                }
            }
        }
    }
    assert!(statements > 10_000, "the programs are too small: {statements} statements");
}
