//! Matches that some value falls through, arms that no value reaches, and patterns that may fail where nothing
//! else is tried. The diagnostics are here; `pattern` says what patterns are to the question, `matrix` answers
//! it. Not type checking: every pattern given here fits its type.

mod matrix;
mod pattern;
mod split;
#[cfg(test)]
mod tests;

use crate::hir::{Arm, Body, Def, Defs, Expr, ExprKind, Pattern, PatternKind};
use crate::ty::Ty;
use crate::walk::{Below, walk};
use matrix::{Matrix, Row, TooMuch};
use pattern::Pat;
use split::Split;
use wat_source::{Code, Diagnostic, Span};

/// How many missing cases a message names.
const NAMED: usize = 3;

/// Reports on every pattern in the definition, in its lambdas too: `missing-case`, `unreachable-arm` and
/// `refutable-pattern`.
pub fn check_matches(def: &Def, defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let (Body::Fn(body) | Body::Value(body)) = &def.body else { return };
    walk(body, |expr| {
        match &expr.kind {
            ExprKind::Match { scrutinee, arms } => {
                let pats: Vec<Pat> = arms.iter().map(|arm| Pat::of(&arm.pattern)).collect();
                fall_through(expr, scrutinee, arms, &pats, defs, out);
                unreached(def, arms, defs, out);
            }
            ExprKind::Let { binds, .. } => {
                for (pattern, _) in binds {
                    irrefutable(pattern, defs, out);
                }
            }
            ExprKind::Select(clauses) => {
                for clause in clauses {
                    irrefutable(&clause.pattern, defs, out);
                }
            }
            _ => {}
        }
        Below::Enter
    });
}

/// `missing-case`: no arm takes some value.
fn fall_through(
    expr: &Expr,
    scrutinee: &Expr,
    arms: &[Arm],
    pats: &[Pat],
    defs: &dyn Defs,
    out: &mut Vec<Diagnostic>,
) {
    let mut rows = Vec::new();
    for (arm, pat) in arms.iter().zip(pats) {
        if arm.guard.is_none() {
            rows.push(vec![pat]);
        }
    }
    let place = head_of_match(expr, scrutinee);
    let cases = match missing(rows, defs) {
        Ok(cases) if cases.is_empty() => return,
        Ok(cases) => cases,
        Err(TooMuch) => {
            out.push(
                Diagnostic::new(Code::MissingCase, "this match is too intricate to be proved complete")
                    .label(place, "some value may fall through")
                    .help("add a last arm `(_ …)`, or match one part after the other"),
            );
            return;
        }
    };
    let verb = if cases.len() == 1 { "is" } else { "are" };
    let listed = match &cases[..] {
        [case] if case == "_" => "other values".to_string(),
        cases => list(cases),
    };
    let verb = if listed == "other values" { "are" } else { verb };
    let mut diagnostic = Diagnostic::new(Code::MissingCase, format!("this match has no arm for {listed}"))
        .label(place, format!("{listed} {verb} not covered"));
    if arms.iter().any(|arm| arm.guard.is_some()) {
        let all = pats.iter().map(|pat| vec![pat]).collect();
        if missing(all, defs).is_ok_and(|left| left.is_empty()) {
            diagnostic = diagnostic.note("an arm with a guard covers nothing, for the guard may fail");
        }
    }
    let help = match &cases[0] {
        case if case == "_" => "add an arm `(_ …)` for all the rest".to_string(),
        case => format!("add an arm `({case} …)`, or `(_ …)` for all the rest"),
    };
    out.push(diagnostic.help(help));
}

/// `(match l`: what is drawn of a match that may be long.
fn head_of_match(expr: &Expr, scrutinee: &Expr) -> Span {
    if expr.span.contains(scrutinee.span) { Span { end: scrutinee.span.end, ..expr.span } } else { expr.span }
}

/// `unreachable-arm`: those above take all that this one could.
fn unreached(def: &Def, arms: &[Arm], defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let parts: Vec<Vec<(&Pattern, Pat)>> = arms
        .iter()
        .map(|arm| match alternatives(&arm.pattern) {
            parts if arm.guard.is_none() => parts.into_iter().map(|p| (p, Pat::of(p))).collect(),
            _ => vec![(&arm.pattern, Pat::of(&arm.pattern))],
        })
        .collect();
    let mut matrix = Matrix::new(defs);
    let mut above: Vec<Row> = Vec::new();
    let mut split = Split::default();
    let mut owners: Vec<&Pattern> = Vec::new();
    for (index, arm) in arms.iter().enumerate() {
        let mut dead = Vec::new();
        for (pattern, pat) in &parts[index] {
            // Out of budget, the arm is taken to be of use: a warning that may be wrong is worse than none.
            if matrix.is_spent() {
                break;
            }
            // A long match is decided without comparing each arm with all above.
            let near = split.near(pat).unwrap_or_else(|| (0..above.len()).collect());
            let rows = near.iter().map(|row| above[*row].clone()).collect();
            if matrix.is_useful(rows, vec![pat]) == Ok(false) {
                dead.push((*pattern, pat, near));
            }
            if arm.guard.is_none() {
                split.add(above.len(), pat);
                above.push(vec![pat]);
                owners.push(pattern);
            }
        }
        let whole = dead.len() == parts[index].len();
        for (pattern, pat, near) in dead {
            let (title, place) = if whole {
                ("no value reaches this arm", arm.pattern.span)
            } else {
                ("no value reaches this alternative", pattern.span)
            };
            let mut diagnostic =
                Diagnostic::new(Code::UnreachableArm, title).label(place, "all it matches is taken above");
            let taker = near
                .into_iter()
                .find(|&row| Matrix::new(defs).is_useful(vec![above[row].clone()], vec![pat]) == Ok(false));
            if let Some(row) = taker {
                diagnostic = diagnostic.label(owners[row].span, taken(def, owners[row]));
            }
            if !place.is_none() {
                out.push(diagnostic);
            }
            if whole {
                break;
            }
        }
    }
}

/// How the pattern above takes what the arm would.
fn taken(def: &Def, pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Bind(local) => match def.locals.get(local.0 as usize) {
            Some(info) => format!("`{}` is a name here, and a name takes every value", info.name),
            None => "a name takes every value".to_string(),
        },
        PatternKind::Wild => "`_` takes every value".to_string(),
        _ => "this takes it".to_string(),
    }
}

/// The alternatives at the top of a pattern; itself where it is no `or`.
fn alternatives(pattern: &Pattern) -> Vec<&Pattern> {
    match &pattern.kind {
        PatternKind::Or(parts) => parts.iter().flat_map(alternatives).collect(),
        _ => vec![pattern],
    }
}

/// `refutable-pattern`: nothing else is tried where this fails.
fn irrefutable(pattern: &Pattern, defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let pat = Pat::of(pattern);
    let case = match missing(vec![vec![&pat]], defs) {
        Ok(cases) if cases.is_empty() => return,
        Ok(cases) => list(&cases),
        Err(TooMuch) => "some value".to_string(),
    };
    let failure =
        matches!(&pattern.ty, Ty::Named(name, _) if *name == "wat.core/Option" || *name == "wat.core/Result");
    out.push(
        Diagnostic::new(Code::RefutablePattern, format!("this pattern does not match {case}"))
            .label(pattern.span, "must match every value, for nothing else is tried")
            .help(if failure {
                "say what happens otherwise with `match` or `if-let`, or crash with `unwrap`"
            } else {
                "say what happens otherwise with `match`"
            }),
    );
}

/// The cases no row takes, as a pattern is written; one more than a message names.
fn missing(rows: Vec<Row>, defs: &dyn Defs) -> Result<Vec<String>, TooMuch> {
    let found = Matrix::new(defs).missing(rows, 1, NAMED + 1)?;
    Ok(found.iter().map(|case| case[0].show(defs)).collect())
}

/// `` `A`, `B` and `C` ``
fn list(cases: &[String]) -> String {
    let mut named: Vec<String> = cases.iter().take(NAMED).map(|case| format!("`{case}`")).collect();
    if cases.len() > NAMED {
        named.push("others".to_string());
    }
    let last = named.pop().expect("a match that falls through has a missing case");
    if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) }
}
