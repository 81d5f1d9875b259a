//! Matches as decision trees: rows of tests, one per arm and alternative, specialised by what has been found
//! out (Maranget, *Compiling Pattern Matching to Good Decision Trees*, ML 2008; columns are taken from left to
//! right instead of by heuristics).
//!
//! A *place* is a part of the scrutinee. Places are loaded only when a test, a guard or a binding needs them; a
//! binding takes its whole object apart at once, so that ownership can move the fields out. Each arm has one
//! block with its bindings as parameters, so no body is written twice; guards may be. Where all tests fail
//! there is a trap: checking proved that it is not reached.

use super::FnLower;
use super::mention::mentions;
use crate::mir::{BlockId, Local, Prim, Rvalue, Term, Type, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};
use wat_abi::layout::Repr;
use wat_abi::rtfn::RtFn;
use wat_abi::trap::Trap;
use wat_check::hir::{Expr, ExprKind, Lit, LocalId, Pattern, PatternKind};

/// Index in `Matcher::places`.
type PlaceId = usize;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Root,
    Field { of: PlaceId, variant: u32, index: u32 },
    Item { of: PlaceId, index: u32 },
    Rest { of: PlaceId, from: u32 },
}

/// An arm's block; its parameters are the locals the pattern binds.
pub struct ArmEntry {
    block: BlockId,
    binders: Vec<LocalId>,
}

struct Matcher<'d> {
    places: Vec<(Place, TypeId)>,
    ids: FxHashMap<Place, PlaceId>,
    arms: Vec<ArmEntry>,
    guards: Vec<Option<&'d Expr>>,
}

#[derive(Clone)]
struct Row<'d> {
    tests: Vec<(PlaceId, &'d Pattern)>,
    binds: Vec<(LocalId, PlaceId)>,
    arm: usize,
}

/// What is known on the way to here.
#[derive(Clone, Default)]
struct Known {
    values: FxHashMap<PlaceId, Local>,
    tags: FxHashMap<PlaceId, Local>,
    counts: FxHashMap<PlaceId, Local>,
    /// Least lengths of vectors.
    at_least: FxHashMap<PlaceId, usize>,
}

impl Matcher<'_> {
    fn place(&mut self, place: Place, ty: TypeId) -> PlaceId {
        *self.ids.entry(place).or_insert_with(|| {
            self.places.push((place, ty));
            self.places.len() - 1
        })
    }
}

impl<'d> FnLower<'_, 'd> {
    /// Binds an irrefutable pattern; none where control does not come back.
    pub fn bind(&mut self, value: Local, pattern: &'d Pattern) -> Option<()> {
        match &pattern.kind {
            PatternKind::Wild => Some(()),
            PatternKind::Bind(id) => {
                self.env.insert(*id, value);
                Some(())
            }
            _ => {
                let ty = self.id(&pattern.ty);
                let known = Known { values: [(0, value)].into_iter().collect(), ..Known::default() };
                let entries = self.dispatch(ty, vec![(pattern, None)], known);
                entries.into_iter().all(|entry| self.enter_arm(entry)).then_some(())
            }
        }
    }

    /// The same for the value of an expression, without building a tuple that is taken apart at once.
    pub fn bind_match(&mut self, e: &'d Expr, pattern: &'d Pattern) -> Option<()> {
        let entries = self.dispatch_expr(e, vec![(pattern, None)])?;
        entries.into_iter().all(|entry| self.enter_arm(entry)).then_some(())
    }

    /// Tests an expression's value against patterns with guards, in order; gives the entry of each. None when
    /// the expression does not come back.
    pub fn dispatch_expr(
        &mut self,
        e: &'d Expr,
        cases: Vec<(&'d Pattern, Option<&'d Expr>)>,
    ) -> Option<Vec<ArmEntry>> {
        let ty = self.id(&e.ty);
        let is_product = |p: &Pattern| matches!(p.kind, PatternKind::Tuple(_) | PatternKind::Wild);
        let mut known = Known::default();
        match &e.kind {
            ExprKind::Tuple(items) if !items.is_empty() && cases.iter().all(|c| is_product(c.0)) => {
                let values = self.values(items)?;
                // The places of the elements follow the root's.
                known.values = values.into_iter().enumerate().map(|(at, v)| (at + 1, v)).collect();
            }
            _ => {
                known.values.insert(0, self.value(e)?);
            }
        }
        self.span = e.span;
        Some(self.dispatch(ty, cases, known))
    }

    fn dispatch(
        &mut self,
        ty: TypeId,
        cases: Vec<(&'d Pattern, Option<&'d Expr>)>,
        known: Known,
    ) -> Vec<ArmEntry> {
        let mut m =
            Matcher { places: Vec::new(), ids: FxHashMap::default(), arms: Vec::new(), guards: Vec::new() };
        let root = m.place(Place::Root, ty);
        if !known.values.contains_key(&root) {
            for (index, ty) in self.special.types.fields(ty, 0).into_iter().enumerate() {
                m.place(Place::Field { of: root, variant: 0, index: index as u32 }, ty);
            }
        }
        let mut rows = Vec::new();
        for (arm, (pattern, guard)) in cases.into_iter().enumerate() {
            let mut binders = Vec::new();
            collect(pattern, &mut binders);
            let block = self.block();
            for id in &binders {
                let ty = self.local_type(*id);
                self.block_param(block, ty);
            }
            m.arms.push(ArmEntry { block, binders });
            m.guards.push(guard);
            let row = Row { tests: vec![(root, pattern)], binds: Vec::new(), arm };
            self.normalise(&mut m, row, 0, &mut rows);
        }
        self.tree(&mut m, rows, known);
        m.arms
    }

    fn local_type(&mut self, id: LocalId) -> TypeId {
        let def = self.def;
        self.id(&def.locals[id.0 as usize].ty)
    }

    /// Writes on in an arm, with its bindings; false when no value reaches it.
    pub fn enter_arm(&mut self, entry: ArmEntry) -> bool {
        for (at, id) in entry.binders.iter().enumerate() {
            let param = self.blocks[entry.block.index()].params[at];
            self.env.insert(*id, param);
        }
        self.enter(entry.block)
    }

    /// Removes what needs no test from the row's tests, the first `done` of which are tests already; an
    /// alternative makes several rows.
    fn normalise(&mut self, m: &mut Matcher<'d>, mut row: Row<'d>, done: usize, out: &mut Vec<Row<'d>>) {
        let mut at = done;
        while let Some(&(place, pattern)) = row.tests.get(at) {
            let ty = m.places[place].1;
            match &pattern.kind {
                PatternKind::Wild => {
                    row.tests.remove(at);
                }
                PatternKind::Bind(id) => {
                    row.binds.push((*id, place));
                    row.tests.remove(at);
                }
                PatternKind::As(inner, id) => {
                    row.binds.push((*id, place));
                    row.tests[at].1 = inner;
                }
                PatternKind::Lit(Lit::Nil) if *self.special.types.get(ty) == Type::Nil => {
                    row.tests.remove(at);
                }
                PatternKind::Tuple(fields) => self.expand(m, &mut row, at, 0, fields),
                PatternKind::Variant { variant, fields } if self.variants(ty) == 1 => {
                    self.expand(m, &mut row, at, *variant, fields);
                }
                PatternKind::Vector { items, rest: Some(rest) } if items.is_empty() => {
                    row.tests[at].1 = rest;
                }
                PatternKind::Or(alternatives) => {
                    for alternative in alternatives {
                        let mut row = row.clone();
                        row.tests[at].1 = alternative;
                        self.normalise(m, row, at, out);
                    }
                    return;
                }
                PatternKind::Lit(_) | PatternKind::Variant { .. } | PatternKind::Vector { .. } => at += 1,
            }
        }
        out.push(row);
    }

    fn variants(&self, ty: TypeId) -> usize {
        match self.special.types.get(ty) {
            Type::Sum(sum) => sum.variants.len(),
            _ => 1,
        }
    }

    /// Replaces a test by tests of the fields.
    fn expand(
        &mut self,
        m: &mut Matcher<'d>,
        row: &mut Row<'d>,
        at: usize,
        variant: u32,
        patterns: &'d [Pattern],
    ) {
        let of = row.tests[at].0;
        let types = self.special.types.fields(m.places[of].1, variant);
        let fields: Vec<_> = patterns
            .iter()
            .zip(types)
            .enumerate()
            .map(|(index, (p, ty))| (m.place(Place::Field { of, variant, index: index as u32 }, ty), p))
            .collect();
        row.tests.splice(at..=at, fields);
    }

    fn tree(&mut self, m: &mut Matcher<'d>, rows: Vec<Row<'d>>, known: Known) {
        let Some(first) = rows.first() else { return self.trap(Trap::Unreachable) };
        let Some(&(place, pattern)) = first.tests.first() else { return self.leaf(m, rows, known) };
        match &pattern.kind {
            PatternKind::Variant { .. } => self.test_variant(m, place, rows, known),
            PatternKind::Vector { items, rest } => {
                self.test_length(m, place, items.len(), rest.is_some(), rows, known);
            }
            PatternKind::Lit(lit) => {
                if self.special.types.repr(m.places[place].1) == Repr::I {
                    self.test_number(m, place, rows, known);
                } else {
                    self.test_equal(m, place, lit, rows, known);
                }
            }
            _ => unreachable!("normalised rows test only variants, lengths and literals"),
        }
    }

    /// The first row matches; its guard decides.
    fn leaf(&mut self, m: &mut Matcher<'d>, mut rows: Vec<Row<'d>>, mut known: Known) {
        let row = rows.remove(0);
        let Some(guard) = m.guards[row.arm] else { return self.arrive(m, &row, known) };
        let mut mentioned = FxHashSet::default();
        mentions(guard, &mut mentioned);
        for &(id, place) in &row.binds {
            if mentioned.contains(&id) {
                let Some(value) = self.load(m, place, &mut known) else { return };
                self.env.insert(id, value);
            }
        }
        let (yes, no) = (self.block(), self.block());
        self.condition(guard, yes, no);
        if self.enter(yes) {
            self.arrive(m, &row, known.clone());
        }
        if self.enter(no) {
            self.tree(m, rows, known);
        }
    }

    fn arrive(&mut self, m: &mut Matcher<'d>, row: &Row<'d>, mut known: Known) {
        let mut args = Vec::new();
        for at in 0..m.arms[row.arm].binders.len() {
            let id = m.arms[row.arm].binders[at];
            let bound = row.binds.iter().find(|b| b.0 == id);
            let place = bound.expect("checking makes alternatives bind the same locals").1;
            let Some(value) = self.open(m, place, &mut known) else { return };
            args.push(value);
        }
        let block = m.arms[row.arm].block;
        self.jump(block, args);
    }

    /// A place's value for a test: one load.
    fn load(&mut self, m: &mut Matcher<'d>, place: PlaceId, known: &mut Known) -> Option<Local> {
        if let Some(&value) = known.values.get(&place) {
            return Some(value);
        }
        let (kind, ty) = m.places[place];
        let value = match kind {
            Place::Root => unreachable!("the root is known, or a tuple whose elements are"),
            Place::Field { of, index, .. } => {
                let obj = self.load(m, of, known)?;
                self.let_(ty, Rvalue::Slot { obj, index })
            }
            Place::Item { of, index } => {
                let vector = self.load(m, of, known)?;
                let index = self.int(i64::from(index));
                self.rt(RtFn::vec_nth, vec![vector, index], &[m.places[of].1], ty)?
            }
            Place::Rest { of, from } => {
                let vector = self.load(m, of, known)?;
                let count = self.count(m, of, known)?;
                let from = self.int(i64::from(from));
                self.rt(RtFn::vec_slice, vec![vector, from, count], &[m.places[of].1], ty)?
            }
        };
        known.values.insert(place, value);
        Some(value)
    }

    /// A place's value for a binding: the whole object around it is taken apart.
    fn open(&mut self, m: &mut Matcher<'d>, place: PlaceId, known: &mut Known) -> Option<Local> {
        if let (Place::Field { of, variant, index }, None) = (m.places[place].0, known.values.get(&place)) {
            let obj = self.open(m, of, known)?;
            let fields = self.unpack(obj, m.places[of].1, variant);
            let value = fields[index as usize];
            for (at, field) in fields.into_iter().enumerate() {
                let sibling = Place::Field { of, variant, index: at as u32 };
                if let Some(&sibling) = m.ids.get(&sibling) {
                    known.values.entry(sibling).or_insert(field);
                }
            }
            return Some(value);
        }
        self.load(m, place, known)
    }

    fn count(&mut self, m: &mut Matcher<'d>, place: PlaceId, known: &mut Known) -> Option<Local> {
        if let Some(&count) = known.counts.get(&place) {
            return Some(count);
        }
        let vector = self.load(m, place, known)?;
        let int = self.special.types.plain(Type::I64);
        let count = self.rt(RtFn::vec_count, vec![vector], &[m.places[place].1], int)?;
        known.counts.insert(place, count);
        Some(count)
    }

    fn test_variant(&mut self, m: &mut Matcher<'d>, place: PlaceId, rows: Vec<Row<'d>>, mut known: Known) {
        let Some(value) = self.load(m, place, &mut known) else { return };
        let tag = match known.tags.get(&place) {
            Some(&tag) => tag,
            None => self.tag(value),
        };
        known.tags.insert(place, tag);
        let mut found: Vec<u32> = Vec::new();
        for row in &rows {
            if let Some(PatternKind::Variant { variant, .. }) = test_of(row, place)
                && !found.contains(variant)
            {
                found.push(*variant);
            }
        }
        let total = self.variants(m.places[place].1);
        let mut cases: Vec<(i64, BlockId)> = found.iter().map(|v| (i64::from(*v), self.block())).collect();
        let blocks = cases.clone();
        let rest = (found.len() < total).then(|| self.block());
        let default = match rest {
            Some(block) => block,
            None => cases.pop().expect("a variant is tested").1,
        };
        match cases.as_slice() {
            [] => self.jump(default, Vec::new()),
            // Of two variants the tag itself is the test.
            [(0, block)] if total == 2 => self.branch(tag, default, *block),
            [(1, block)] if total == 2 => self.branch(tag, *block, default),
            _ => self.end(Term::Switch { on: tag, cases, default }),
        }
        for (variant, block) in blocks {
            if !self.enter(block) {
                continue;
            }
            let mut next = Vec::new();
            for row in &rows {
                let mut row = row.clone();
                match row.tests.iter().position(|t| t.0 == place) {
                    None => next.push(row),
                    Some(at) => {
                        if let PatternKind::Variant { variant: v, fields } = &row.tests[at].1.kind
                            && i64::from(*v) == variant
                        {
                            self.expand(m, &mut row, at, *v, fields);
                            self.normalise(m, row, at, &mut next);
                        }
                    }
                }
            }
            self.tree(m, next, known.clone());
        }
        if let Some(block) = rest
            && self.enter(block)
        {
            let next = rows.into_iter().filter(|row| test_of(row, place).is_none()).collect();
            self.tree(m, next, known);
        }
    }

    /// Literals in `I` slots.
    fn test_number(&mut self, m: &mut Matcher<'d>, place: PlaceId, rows: Vec<Row<'d>>, mut known: Known) {
        let Some(value) = self.load(m, place, &mut known) else { return };
        let mut found: Vec<i64> = Vec::new();
        for number in rows.iter().filter_map(|row| test_of(row, place)).filter_map(number_of) {
            if !found.contains(&number) {
                found.push(number);
            }
        }
        let is_bool = *self.special.types.get(m.places[place].1) == Type::Bool;
        let blocks: Vec<(i64, BlockId)> = found.iter().map(|n| (*n, self.block())).collect();
        let default = self.block();
        let of = |n: i64| blocks.iter().find(|b| b.0 == n).map_or(default, |b| b.1);
        if is_bool {
            self.branch(value, of(1), of(0));
        } else {
            self.end(Term::Switch { on: value, cases: blocks.clone(), default });
        }
        for (number, block) in blocks {
            if self.enter(block) {
                let next =
                    rows.iter().filter_map(|row| without(row, place, |k| number_of(k) == Some(number)));
                let next = next.collect();
                self.tree(m, next, known.clone());
            }
        }
        if self.enter(default) {
            let next = rows.into_iter().filter(|row| test_of(row, place).is_none()).collect();
            self.tree(m, next, known);
        }
    }

    /// Other literals: by equality, one after the other.
    fn test_equal(
        &mut self,
        m: &mut Matcher<'d>,
        place: PlaceId,
        lit: &Lit,
        rows: Vec<Row<'d>>,
        mut known: Known,
    ) {
        let ty = m.places[place].1;
        let Some(value) = self.load(m, place, &mut known) else { return };
        let Some(wanted) = self.literal(lit, ty) else { return };
        let test = if self.special.types.repr(ty) == Repr::F {
            self.prim(Type::Bool, Prim::FEq, vec![value, wanted])
        } else {
            let bool_ = self.special.types.plain(Type::Bool);
            let Some(test) = self.rt(RtFn::eq, vec![value, wanted], &[ty, ty], bool_) else { return };
            test
        };
        let (yes, no) = (self.block(), self.block());
        self.branch(test, yes, no);
        // NaN is the same literal as NaN, though no value is equal to it.
        let same = |k: &PatternKind| match (k, lit) {
            (PatternKind::Lit(Lit::Float(x)), Lit::Float(y)) => x.to_bits() == y.to_bits(),
            (PatternKind::Lit(l), lit) => l == lit,
            _ => false,
        };
        if self.enter(yes) {
            // Another literal may equal this one (1.0M and 1.00M): its row stays, behind its own test.
            let next = rows.iter().map(|row| without(row, place, same).unwrap_or_else(|| row.clone()));
            let next = next.collect();
            self.tree(m, next, known.clone());
        }
        if self.enter(no) {
            let next = rows.into_iter().filter(|row| !test_of(row, place).is_some_and(same)).collect();
            self.tree(m, next, known);
        }
    }

    fn test_length(
        &mut self,
        m: &mut Matcher<'d>,
        place: PlaceId,
        length: usize,
        or_more: bool,
        rows: Vec<Row<'d>>,
        mut known: Known,
    ) {
        let least = known.at_least.get(&place).copied().unwrap_or(0);
        let (yes, no) = (self.block(), self.block());
        if or_more && length <= least {
            self.jump(yes, Vec::new());
        } else {
            let Some(count) = self.count(m, place, &mut known) else { return };
            let wanted = self.int(length as i64);
            let prim = if or_more { Prim::Ge } else { Prim::Eq };
            let test = self.prim(Type::Bool, prim, vec![count, wanted]);
            self.branch(test, yes, no);
        }
        let same = |k: &PatternKind| {
            matches!(k, PatternKind::Vector { items, rest }
                if items.len() == length && rest.is_some() == or_more)
        };
        if self.enter(yes) {
            let mut next = Vec::new();
            for row in &rows {
                let mut row = row.clone();
                match row.tests.iter().position(|t| t.0 == place) {
                    Some(at) if same(&row.tests[at].1.kind) => {
                        self.expand_vector(m, &mut row, at);
                        self.normalise(m, row, at, &mut next);
                    }
                    _ => next.push(row),
                }
            }
            let mut known = known.clone();
            known.at_least.insert(place, least.max(length));
            self.tree(m, next, known);
        }
        if self.enter(no) {
            if !or_more && length == least {
                known.at_least.insert(place, least + 1);
            }
            let next = rows.into_iter().filter(|row| !test_of(row, place).is_some_and(same)).collect();
            self.tree(m, next, known);
        }
    }

    /// Replaces a vector pattern whose length holds by tests of its items and rest.
    fn expand_vector(&mut self, m: &mut Matcher<'d>, row: &mut Row<'d>, at: usize) {
        let (of, pattern) = row.tests[at];
        let PatternKind::Vector { items, rest } = &pattern.kind else { return };
        let mut parts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let ty = self.id(&item.ty);
            parts.push((m.place(Place::Item { of, index: index as u32 }, ty), item));
        }
        if let Some(rest) = rest {
            let ty = self.id(&rest.ty);
            parts.push((m.place(Place::Rest { of, from: items.len() as u32 }, ty), &**rest));
        }
        row.tests.splice(at..=at, parts);
    }
}

fn test_of<'d>(row: &Row<'d>, place: PlaceId) -> Option<&'d PatternKind> {
    row.tests.iter().find(|t| t.0 == place).map(|t| &t.1.kind)
}

/// The row when its test of `place` is known to hold, or when it has none; else none.
fn without<'d>(row: &Row<'d>, place: PlaceId, holds: impl Fn(&PatternKind) -> bool) -> Option<Row<'d>> {
    let mut row = row.clone();
    if let Some(at) = row.tests.iter().position(|t| t.0 == place) {
        if !holds(&row.tests[at].1.kind) {
            return None;
        }
        row.tests.remove(at);
    }
    Some(row)
}

fn number_of(kind: &PatternKind) -> Option<i64> {
    match kind {
        PatternKind::Lit(Lit::Int(n) | Lit::Instant(n)) => Some(*n),
        PatternKind::Lit(Lit::Bool(b)) => Some(i64::from(*b)),
        PatternKind::Lit(Lit::Char(c)) => Some(i64::from(u32::from(*c))),
        PatternKind::Lit(Lit::Nil) => Some(0),
        _ => None,
    }
}

/// The locals a pattern binds, each once.
fn collect(pattern: &Pattern, binders: &mut Vec<LocalId>) {
    let note = |id: LocalId, binders: &mut Vec<LocalId>| {
        if !binders.contains(&id) {
            binders.push(id);
        }
    };
    match &pattern.kind {
        PatternKind::Wild | PatternKind::Lit(_) => {}
        PatternKind::Bind(id) => note(*id, binders),
        PatternKind::As(inner, id) => {
            note(*id, binders);
            collect(inner, binders);
        }
        PatternKind::Variant { fields, .. } | PatternKind::Tuple(fields) => {
            fields.iter().for_each(|p| collect(p, binders));
        }
        PatternKind::Vector { items, rest } => {
            items.iter().for_each(|p| collect(p, binders));
            if let Some(rest) = rest {
                collect(rest, binders);
            }
        }
        // Alternatives bind the same locals.
        PatternKind::Or(alternatives) => {
            if let Some(first) = alternatives.first() {
                collect(first, binders);
            }
        }
    }
}
