//! Matches built by hand, and a comparison with plain enumeration of values.

use super::*;
use crate::hir::{Clause, Lambda, Lit, LocalId, LocalInfo, Source, TypeDef, VariantDef};
use std::sync::Arc;
use wat_source::{FileId, Symbol};

struct World(Vec<TypeDef>);

impl Defs for World {
    fn def(&self, _: Symbol) -> Option<&Def> {
        None
    }
    fn type_def(&self, name: Symbol) -> Option<&TypeDef> {
        self.0.iter().find(|def| def.name == name)
    }
}

fn enumeration(name: &str, variants: &[(&str, usize)]) -> TypeDef {
    let variant = |(name, fields): &(&str, usize)| VariantDef {
        name: Symbol::new(name),
        fields: (0..*fields).map(|i| (Symbol::new(&format!("f{i}")), Ty::Nil)).collect(),
        span: Span::NONE,
    };
    TypeDef {
        name: Symbol::new(name),
        params: Vec::new(),
        is_struct: variants.len() == 1,
        variants: variants.iter().map(variant).collect(),
        derives_ord: false,
        private: false,
        doc: None,
        span: Span::NONE,
    }
}

fn world() -> World {
    World(vec![
        enumeration("user/Light", &[("Red", 0), ("Amber", 0), ("Green", 0)]),
        enumeration("user/Tree", &[("Leaf", 0), ("Node", 3)]),
        enumeration("user/Point", &[("Point", 2)]),
        enumeration("wat.core/Option", &[("None", 0), ("Some", 1)]),
        enumeration("wat.core/Result", &[("Ok", 1), ("Err", 1)]),
    ])
}

fn span(at: u32) -> Span {
    Span::new(FileId(0), at, at + 1)
}

fn pattern(kind: PatternKind, ty: Ty) -> Pattern {
    Pattern { kind, ty, span: span(0) }
}
fn wild() -> Pattern {
    pattern(PatternKind::Wild, Ty::Nil)
}
fn name() -> Pattern {
    pattern(PatternKind::Bind(LocalId(0)), Ty::Nil)
}
fn variant(of: &str, variant: u32, fields: Vec<Pattern>) -> Pattern {
    pattern(PatternKind::Variant { variant, fields }, Ty::named(of, &[]))
}
fn red() -> Pattern {
    variant("user/Light", 0, vec![])
}
fn amber() -> Pattern {
    variant("user/Light", 1, vec![])
}
fn green() -> Pattern {
    variant("user/Light", 2, vec![])
}
fn none() -> Pattern {
    variant("wat.core/Option", 0, vec![])
}
fn some(p: Pattern) -> Pattern {
    variant("wat.core/Option", 1, vec![p])
}
fn ok(p: Pattern) -> Pattern {
    variant("wat.core/Result", 0, vec![p])
}
fn err(p: Pattern) -> Pattern {
    variant("wat.core/Result", 1, vec![p])
}
fn int(n: i64) -> Pattern {
    pattern(PatternKind::Lit(Lit::Int(n)), Ty::I64)
}
fn truth(b: bool) -> Pattern {
    pattern(PatternKind::Lit(Lit::Bool(b)), Ty::Bool)
}
fn lit(lit: Lit) -> Pattern {
    pattern(PatternKind::Lit(lit), Ty::Edn)
}
fn tuple(items: Vec<Pattern>) -> Pattern {
    pattern(PatternKind::Tuple(items), Ty::Tuple([].into()))
}
fn vector(items: Vec<Pattern>) -> Pattern {
    pattern(PatternKind::Vector { items, rest: None }, Ty::Vector(Arc::new(Ty::Nil)))
}
fn vector_and(items: Vec<Pattern>, rest: Pattern) -> Pattern {
    pattern(PatternKind::Vector { items, rest: Some(Box::new(rest)) }, Ty::Vector(Arc::new(Ty::Nil)))
}
fn or(parts: Vec<Pattern>) -> Pattern {
    pattern(PatternKind::Or(parts), Ty::Nil)
}
fn named(inner: Pattern) -> Pattern {
    pattern(PatternKind::As(Box::new(inner), LocalId(0)), Ty::Nil)
}

fn nil() -> Expr {
    Expr { kind: ExprKind::Lit(Lit::Nil), ty: Ty::Nil, span: span(0) }
}
fn expr(kind: ExprKind) -> Expr {
    Expr { kind, ty: Ty::Nil, span: span(0) }
}
fn def(body: Expr) -> Def {
    Def {
        name: Symbol::new("user/f"),
        generics: Vec::new(),
        bounds: Vec::new(),
        params: Vec::new(),
        has_rest: false,
        result: Ty::Nil,
        body: Body::Fn(body),
        contract: None,
        locals: vec![LocalInfo { name: Symbol::new("x"), ty: Ty::Nil, span: span(0) }],
        private: false,
        doc: None,
        span: span(0),
    }
}
fn guarded(pattern: Pattern, guard: Option<Expr>, at: u32) -> Arm {
    Arm { pattern: Pattern { span: span(at), ..pattern }, guard, body: nil(), span: span(at) }
}
fn arms(patterns: Vec<Pattern>) -> Vec<Arm> {
    patterns.into_iter().zip(1..).map(|(p, at)| guarded(p, None, at)).collect()
}
fn match_of(arms: Vec<Arm>) -> Expr {
    expr(ExprKind::Match { scrutinee: Box::new(nil()), arms })
}

fn report(body: Expr) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    check_matches(&def(body), &world(), &mut out);
    out
}

/// Each finding as its title, a warning with the number of its arm (from 1) before it.
fn findings(arms: Vec<Arm>) -> Vec<String> {
    let line = |d: &Diagnostic| match d.code {
        Code::UnreachableArm => format!("{}: {}", d.span().start, d.title),
        _ => d.title.clone(),
    };
    report(match_of(arms)).iter().map(line).collect()
}

#[track_caller]
fn complete(patterns: Vec<Pattern>) {
    assert_eq!(findings(arms(patterns)), Vec::<String>::new());
}
#[track_caller]
fn lacks(patterns: Vec<Pattern>, cases: &str) {
    assert_eq!(findings(arms(patterns)), [format!("this match has no arm for {cases}")]);
}
#[track_caller]
fn dead(patterns: Vec<Pattern>, arm: u32) {
    assert_eq!(findings(arms(patterns)), [format!("{arm}: no value reaches this arm")]);
}

#[test]
fn an_enum_needs_each_variant() {
    complete(vec![red(), amber(), green()]);
    complete(vec![red(), name()]);
    complete(vec![or(vec![red(), green()]), amber()]);
    lacks(vec![green(), red()], "`Light/Amber`");
    lacks(vec![red()], "`Light/Amber` and `Light/Green`");
    lacks(vec![variant("user/Tree", 0, vec![])], "`(Tree/Node _ _ _)`");
}

#[test]
fn options_and_results_keep_their_short_names() {
    complete(vec![some(name()), none()]);
    complete(vec![ok(some(wild())), ok(none()), err(name())]);
    lacks(vec![some(name())], "`None`");
    lacks(vec![none()], "`(Some _)`");
    lacks(vec![ok(some(wild())), err(wild())], "`(Ok None)`");
    lacks(vec![ok(wild())], "`(Err _)`");
}

#[test]
fn several_cases_are_named_and_the_rest_counted_as_others() {
    lacks(vec![some(red())], "`None`, `(Some Light/Amber)` and `(Some Light/Green)`");
    lacks(
        vec![tuple(vec![red(), red()])],
        "`(tuple Light/Red Light/Amber)`, `(tuple Light/Red Light/Green)`, `(tuple Light/Amber _)` and others",
    );
}

#[test]
fn structs_tuples_bools_and_nil_are_taken_apart() {
    let point = |x, y| variant("user/Point", 0, vec![x, y]);
    complete(vec![point(name(), wild())]);
    complete(vec![point(truth(true), wild()), point(truth(false), wild())]);
    lacks(vec![point(wild(), truth(true))], "`(Point _ false)`");
    lacks(vec![tuple(vec![truth(true), wild()]), tuple(vec![wild(), truth(false)])], "`(tuple false true)`");
    complete(vec![truth(false), truth(true)]);
    complete(vec![pattern(PatternKind::Lit(Lit::Nil), Ty::Nil)]);
}

#[test]
fn literals_never_end() {
    complete(vec![int(0), int(1), name()]);
    lacks(vec![int(0), int(1)], "other values");
    lacks(vec![some(int(0)), none()], "`(Some _)`");
    lacks(vec![lit(Lit::Bool(true)), lit(Lit::Bool(false)), lit(Lit::Nil)], "other values");
    lacks(vec![lit(Lit::Str("a".into()))], "other values");
    dead(vec![int(0), int(0), wild()], 2);
}

#[test]
fn literals_that_are_equal_are_one() {
    let float = |x| lit(Lit::Float(x));
    let decimal = |text: &str| lit(Lit::Decimal(text.into()));
    let big = |text: &str| lit(Lit::BigInt(text.into()));
    dead(vec![float(0.0), float(-0.0), wild()], 2);
    dead(vec![float(f64::NAN), wild()], 1);
    dead(vec![decimal("1.50"), decimal("01.5"), wild()], 2);
    dead(vec![decimal("0.00"), decimal("-0"), wild()], 2);
    complete(vec![decimal("100"), decimal("1"), decimal("-100"), wild()]);
    dead(vec![big("+7"), big("7"), wild()], 2);
    complete(vec![big("7"), big("-7"), big("70"), wild()]);
}

#[test]
fn vectors_are_told_apart_by_length() {
    complete(vec![vector(vec![]), vector_and(vec![name()], name())]);
    complete(vec![vector_and(vec![], name())]);
    lacks(vec![vector(vec![])], "`[_ & _]`");
    lacks(vec![vector_and(vec![wild()], wild())], "`[]`");
    lacks(vec![vector(vec![wild()])], "`[]` and `[_ _ & _]`");
    lacks(vec![vector(vec![]), vector_and(vec![wild(), wild()], wild())], "`[_]`");
    lacks(
        vec![vector(vec![]), vector(vec![truth(true)]), vector_and(vec![wild(), truth(true)], wild())],
        "`[false]` and `[_ false & _]`",
    );
    dead(vec![vector_and(vec![wild()], wild()), vector(vec![]), vector(vec![wild(), wild()])], 3);
    dead(vec![vector(vec![]), vector_and(vec![wild()], wild()), vector_and(vec![], wild())], 3);
    dead(vec![vector_and(vec![], wild()), vector_and(vec![wild(), wild()], wild())], 2);
}

#[test]
fn the_pattern_of_the_rest_counts() {
    complete(vec![vector_and(vec![wild()], named(name())), vector(vec![])]);
    lacks(vec![vector_and(vec![wild()], vector(vec![wild()])), vector(vec![])], "`[_]` and `[_ _ _ & _]`");
    complete(vec![
        vector_and(vec![wild()], or(vec![vector(vec![]), vector_and(vec![wild()], wild())])),
        vector(vec![]),
    ]);
}

#[test]
fn a_guard_covers_nothing_and_the_message_says_so() {
    let guard = || Some(expr(ExprKind::Lit(Lit::Bool(true))));
    let body = match_of(vec![guarded(some(wild()), guard(), 1), guarded(none(), None, 2)]);
    let out = report(body);
    assert_eq!(out[0].title, "this match has no arm for `(Some _)`");
    assert_eq!(out[0].notes, ["an arm with a guard covers nothing, for the guard may fail"]);
    assert_eq!(
        findings(vec![guarded(wild(), guard(), 1), guarded(wild(), None, 2)]),
        Vec::<String>::new(),
        "the arm below a guard is reached"
    );
    assert_eq!(
        findings(vec![guarded(wild(), None, 1), guarded(wild(), guard(), 2)]),
        ["2: no value reaches this arm"],
    );
}

#[test]
fn arms_below_a_name_are_dead_and_the_name_is_shown() {
    let out = report(match_of(arms(vec![name(), red(), green()])));
    let places: Vec<u32> = out.iter().map(|d| d.span().start).collect();
    assert_eq!(places, [2, 3]);
    assert_eq!(out[0].labels[1].span, span(1));
    assert_eq!(out[0].labels[1].text, "`x` is a name here, and a name takes every value");
    assert!(!out[0].is_error());
}

#[test]
fn an_arm_may_be_dead_by_several_above() {
    dead(vec![red(), or(vec![amber(), green()]), wild()], 3);
    dead(vec![some(truth(true)), some(truth(false)), some(wild()), none()], 3);
}

#[test]
fn a_dead_alternative_is_told_from_a_dead_arm() {
    let part = |p: Pattern, at| Pattern { span: span(at), ..p };
    let out = findings(arms(vec![red(), or(vec![part(red(), 90), part(amber(), 91)]), green()]));
    assert_eq!(out, ["90: no value reaches this alternative"]);
    let out = findings(arms(vec![or(vec![red(), amber()]), or(vec![red(), amber()]), green()]));
    assert_eq!(out, ["2: no value reaches this arm"]);
}

#[test]
fn bindings_must_not_fail() {
    let bind = |p: Pattern| report(expr(ExprKind::Let { binds: vec![(p, nil())], body: Box::new(nil()) }));
    assert!(bind(tuple(vec![name(), variant("user/Point", 0, vec![name(), wild()])])).is_empty());
    let out = bind(some(name()));
    assert_eq!((out[0].code, &*out[0].title), (Code::RefutablePattern, "this pattern does not match `None`"));
    assert_eq!(bind(tuple(vec![wild(), int(3)])).len(), 1);
    assert_eq!(bind(vector(vec![name()]))[0].title, "this pattern does not match `[]` and `[_ _ & _]`");
    assert!(bind(vector_and(vec![], name())).is_empty());
}

#[test]
fn select_and_lambdas_are_looked_into() {
    let clause =
        Clause { source: Source::After(match_of(vec![])), pattern: some(name()), body: nil(), span: span(0) };
    let select = expr(ExprKind::Select(vec![clause]));
    let lambda = Lambda { own: None, params: vec![], body: select, captures: vec![], contract: None };
    let codes: Vec<Code> = report(expr(ExprKind::Lambda(Box::new(lambda)))).iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::RefutablePattern, Code::MissingCase]);
}

#[test]
fn wide_enums_and_long_matches_are_cheap() {
    let names: Vec<String> = (0..600).map(|i| format!("V{i}")).collect();
    let variants: Vec<(&str, usize)> = names.iter().map(|n| (n.as_str(), 1)).collect();
    let world = World(vec![enumeration("user/Wide", &variants)]);
    let wide = |i: u32, p: Pattern| variant("user/Wide", i, vec![p]);
    let check = |patterns: Vec<Pattern>| {
        let mut out = Vec::new();
        check_matches(&def(match_of(arms(patterns))), &world, &mut out);
        out
    };
    let start = std::time::Instant::now();
    assert!(check((0..600).map(|i| wide(i, wild())).collect()).is_empty());
    assert_eq!(
        check((1..600).map(|i| wide(i, wild())).collect())[0].title,
        "this match has no arm for `(Wide/V0 _)`"
    );
    let pair = |i: u32| tuple(vec![wide(i, wild()), wide(i, truth(true))]);
    assert!(check((0..600).map(pair).chain([wild()]).collect()).is_empty());
    assert_eq!(check((0..1500).map(int).collect()).len(), 1);
    let long = vector((0..3000).map(int).collect());
    assert!(check(vec![long, wild()]).is_empty());
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn a_match_four_times_as_wide_takes_about_four_times_as_long() {
    // The shortest of several runs, for other work on the machine only adds; and to runs that last about as long it adds
    // as much. Each arm compared with each other would take four times as long as four of the narrow.
    let shortest = |wide: u32, times: u32| {
        let names: Vec<String> = (0..wide).map(|i| format!("V{i}")).collect();
        let variants: Vec<(&str, usize)> = names.iter().map(|n| (n.as_str(), 1)).collect();
        let world = World(vec![enumeration("user/Wide", &variants)]);
        let arm = |i: u32| variant("user/Wide", i, vec![wild()]);
        // A guard, a literal part and a last `_`: no arm is so plain that it needs no comparing.
        let first = guarded(arm(0), Some(expr(ExprKind::Lit(Lit::Bool(true)))), 1);
        let part = variant("user/Wide", 1, vec![truth(true)]);
        // The last arm is there twice, which is seen at any width.
        let all = arms([part].into_iter().chain((0..wide).map(arm)).chain([arm(wide - 1)]).collect());
        let full = def(match_of([first].into_iter().chain(all).collect()));
        let most = def(match_of(arms((1..wide).map(arm).collect())));
        let rest = def(match_of(arms((1..wide).map(arm).chain([wild()]).collect())));
        let run = |_| {
            let start = std::time::Instant::now();
            for _ in 0..times {
                let said = [&full, &most, &rest].map(|def| {
                    let mut out = Vec::new();
                    check_matches(def, &world, &mut out);
                    out.into_iter().map(|found| found.title).collect::<Vec<_>>()
                });
                let dead = vec!["no value reaches this arm".to_string()];
                assert_eq!(said, [dead, vec!["this match has no arm for `(Wide/V0 _)`".to_string()], vec![]]);
            }
            start.elapsed()
        };
        (0..5).map(run).min().expect("five runs")
    };
    let (narrow, wide) = (shortest(2_500, 4), shortest(10_000, 1));
    assert!(wide < narrow * 5 / 2, "2,500 variants take {narrow:?} four times, 10,000 take {wide:?}");
}

#[test]
fn what_is_too_intricate_is_refused_not_waited_for() {
    // Pigeons in one hole less, every placement written as tuples of bools: complete, and hard to see.
    let (pigeons, holes) = (9, 8);
    let row = |fixed: &[(usize, usize)], b: bool| {
        let cell = |c: usize| if fixed.contains(&(c / holes, c % holes)) { truth(b) } else { wild() };
        tuple((0..pigeons * holes).map(cell).collect())
    };
    let mut rows = Vec::new();
    for p in 0..pigeons {
        rows.push(row(&(0..holes).map(|h| (p, h)).collect::<Vec<_>>(), false));
        for q in 0..p {
            rows.extend((0..holes).map(|h| row(&[(p, h), (q, h)], true)));
        }
    }
    let out = report(match_of(arms(rows.clone())));
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].title, "this match is too intricate to be proved complete");
    rows.push(wild());
    assert!(report(match_of(arms(rows))).iter().all(|d| d.code != Code::MissingCase), "`_` settles it");
}

// ---- against enumeration

/// A value of the types that the drawn patterns are of.
#[derive(Clone, Debug)]
enum Value {
    Bool(bool),
    Light(u32),
    Option(Option<Box<Value>>),
    Tuple(Vec<Value>),
    Vector(Vec<Value>),
}

/// What drawn patterns are for.
#[derive(Clone)]
enum Shape {
    Bool,
    Light,
    Option(Box<Shape>),
    Tuple(Vec<Shape>),
    Vector(Box<Shape>),
}

/// Longer than any drawn pattern tells lengths apart.
const LONGEST: usize = 3;

fn values(shape: &Shape) -> Vec<Value> {
    let product = |shapes: &[Shape]| {
        shapes.iter().fold(vec![vec![]], |rows: Vec<Vec<Value>>, shape| {
            let with = |row: &Vec<Value>| {
                values(shape).into_iter().map(|v| [row.clone(), vec![v]].concat()).collect::<Vec<_>>()
            };
            rows.iter().flat_map(with).collect()
        })
    };
    match shape {
        Shape::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Shape::Light => (0..3).map(Value::Light).collect(),
        Shape::Option(inner) => {
            let some = values(inner).into_iter().map(|v| Value::Option(Some(Box::new(v))));
            [Value::Option(None)].into_iter().chain(some).collect()
        }
        Shape::Tuple(shapes) => product(shapes).into_iter().map(Value::Tuple).collect(),
        Shape::Vector(inner) => {
            (0..=LONGEST).flat_map(|n| product(&vec![(**inner).clone(); n])).map(Value::Vector).collect()
        }
    }
}

fn takes(pattern: &Pattern, value: &Value) -> bool {
    let each = |ps: &[Pattern], vs: &[Value]| ps.iter().zip(vs).all(|(p, v)| takes(p, v));
    match (&pattern.kind, value) {
        (PatternKind::Wild | PatternKind::Bind(_), _) => true,
        (PatternKind::As(inner, _), v) => takes(inner, v),
        (PatternKind::Or(parts), v) => parts.iter().any(|p| takes(p, v)),
        (PatternKind::Lit(Lit::Bool(a)), Value::Bool(b)) => a == b,
        (PatternKind::Variant { variant, .. }, Value::Light(n)) => variant == n,
        (PatternKind::Variant { variant, .. }, Value::Option(None)) => *variant == 0,
        (PatternKind::Variant { variant, fields }, Value::Option(Some(v))) => {
            *variant == 1 && takes(&fields[0], v)
        }
        (PatternKind::Tuple(ps), Value::Tuple(vs)) => each(ps, vs),
        (PatternKind::Vector { items, rest: None }, Value::Vector(vs)) => {
            items.len() == vs.len() && each(items, vs)
        }
        (PatternKind::Vector { items, rest: Some(rest) }, Value::Vector(vs)) => {
            items.len() <= vs.len()
                && each(items, vs)
                && takes(rest, &Value::Vector(vs[items.len()..].to_vec()))
        }
        _ => unreachable!("a drawn pattern fits its shape"),
    }
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % sides
    }

    fn pattern(&mut self, shape: &Shape, room: usize) -> Pattern {
        match self.roll(8) {
            0 | 1 => return wild(),
            2 => return name(),
            3 => return or(vec![self.pattern(shape, room), self.pattern(shape, room)]),
            _ => {}
        }
        match shape {
            Shape::Bool => truth(self.roll(2) == 0),
            Shape::Light => variant("user/Light", self.roll(3) as u32, vec![]),
            Shape::Option(inner) => match self.roll(3) {
                0 => none(),
                _ => some(self.pattern(inner, LONGEST)),
            },
            Shape::Tuple(shapes) => tuple(shapes.iter().map(|s| self.pattern(s, LONGEST)).collect()),
            Shape::Vector(inner) => {
                let len = self.roll(room.min(3) as u64) as usize;
                let items = (0..len).map(|_| self.pattern(inner, LONGEST)).collect();
                match self.roll(3) {
                    0 => vector(items),
                    1 => vector_and(items, wild()),
                    _ if len < 2 => vector_and(items, self.pattern(shape, room - len)),
                    _ => vector_and(items, named(wild())),
                }
            }
        }
    }
}

#[test]
fn drawn_matches_agree_with_enumeration() {
    let light = || Shape::Light;
    let shapes = [
        Shape::Tuple(vec![Shape::Bool, light(), Shape::Option(Box::new(Shape::Bool))]),
        Shape::Vector(Box::new(Shape::Bool)),
        Shape::Option(Box::new(Shape::Tuple(vec![light(), light()]))),
        Shape::Tuple(vec![Shape::Vector(Box::new(Shape::Bool)), Shape::Bool]),
    ];
    let mut dice = Dice(7);
    let world = world();
    let (mut complete, mut falling) = (0, 0);
    for round in 0..4000 {
        let shape = &shapes[round % shapes.len()];
        let all = values(shape);
        let count = 1 + dice.roll(6) as usize;
        let patterns: Vec<Pattern> = (0..count).map(|_| dice.pattern(shape, 3)).collect();
        let pats: Vec<Pat> = patterns.iter().map(Pat::of).collect();
        let rows: Vec<Row> = pats.iter().map(|p| vec![p]).collect();
        let taken = |upto: usize, v: &Value| patterns[..upto].iter().any(|p| takes(p, v));

        let falls = all.iter().any(|v| !taken(count, v));
        let found = Matrix::new(&world).missing(rows.clone(), 1, 4).expect("small");
        assert_eq!(!found.is_empty(), falls, "{patterns:?}");
        if falls {
            falling += 1
        } else {
            complete += 1
        }

        for at in 0..count {
            let useful = all.iter().any(|v| !taken(at, v) && takes(&patterns[at], v));
            let said = Matrix::new(&world).is_useful(rows[..at].to_vec(), rows[at].clone()).expect("small");
            assert_eq!(said, useful, "arm {at} of {patterns:?}");
        }
    }
    assert!(complete > 200 && falling > 200, "{complete} complete, {falling} falling");
}
