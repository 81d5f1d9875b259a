//! What the proof found, as diagnostics: one for each program and place, and one for programs that come to the
//! same place with the same types.

use super::{Program, Side};
use crate::ty::Ty;
use wat_source::{Code, Diagnostic, Span, Symbol};

/// Of a long chain, how much is told at either end.
const FIRST: usize = 3;
const LAST: usize = 3;

/// The mentions from a program to stdio, the program's own first.
pub(super) type Chain = Vec<Link>;

pub(super) struct Link {
    /// None for a `fn` literal that is a program.
    pub from: Option<Symbol>,
    pub to: Symbol,
    pub called: bool,
    pub span: Span,
    /// Does the mention stand in the user's files?
    pub users: bool,
}

#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    /// Of programs that reach too much.
    unproved: Vec<Diagnostic>,
}

/// A place, and what is wrong there for one program.
struct Finding {
    program: Option<Symbol>,
    declared_at: Span,
    place: Span,
    chain: Chain,
    /// The first is what the chain leads to.
    wrong: Vec<Wrong>,
}

#[derive(PartialEq)]
struct Wrong {
    side: Side,
    found: Ty,
    declared: Ty,
}

impl Findings {
    pub(super) fn add(&mut self, program: &Program, place: Span, side: Side, found: &Ty, chain: Chain) {
        let declared = program.contract.side(side).clone();
        let wrong = Wrong { side, found: found.clone(), declared };
        let known = self.found.iter_mut().rev().find(|finding| {
            finding.place == place && finding.declared_at == program.span && finding.program == program.name
        });
        match known {
            Some(finding) if finding.wrong.contains(&wrong) => {}
            Some(finding) => finding.wrong.push(wrong),
            None => self.found.push(Finding {
                program: program.name,
                declared_at: program.span,
                place,
                chain,
                wrong: vec![wrong],
            }),
        }
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut said: Vec<&Finding> = Vec::new();
        for finding in &self.found {
            if !said.iter().any(|other| other.place == finding.place && other.wrong == finding.wrong) {
                said.push(finding);
            }
        }
        said.into_iter().map(diagnostic).chain(self.unproved.iter().cloned()).collect()
    }

    pub(super) fn too_many(&mut self, program: &Program) {
        self.unproved.push(
            Diagnostic::new(Code::ContractViolation, "this contract cannot be proved")
                .label(program.span, "too many definitions are reached from here, at too many types")
                .help("let generic functions call each other at fewer types"),
        );
    }
}

fn diagnostic(finding: &Finding) -> Diagnostic {
    let program = match finding.program {
        Some(name) => format!("`{}`", name.name()),
        None => "this program".to_string(),
    };
    let wrong = &finding.wrong[0];
    let Wrong { side, found, declared } = wrong;
    let title = format!("{program} {side} {found}, but its contract says {declared}");
    let users: Vec<&Link> = finding.chain.iter().filter(|link| link.users).collect();
    // The program itself may be the library's: then nothing but the place that names it is the user's.
    let primary = match users.last().map(|link| link.to) {
        Some(to) if super::stdio(to).is_none() => format!("`{}` {side} {found}", to.name()),
        Some(_) => format!("{side} {found}"),
        None => format!("{program} {side} {found}"),
    };
    let mut out = Diagnostic::new(Code::ContractViolation, title).label(finding.place, primary);
    let before = &users[..users.len().saturating_sub(1)];
    for link in
        before.iter().take(FIRST).chain(before.iter().skip(FIRST.max(before.len().saturating_sub(LAST))))
    {
        out = out.label(link.span, steps_to(link));
    }
    if !users.is_empty() {
        out = out.label(head(finding), format!("`{}` is {declared}", side.attribute()));
    }
    let (end, way) = finding.chain.split_last().expect("a chain ends at stdio");
    for (index, link) in way.iter().enumerate() {
        if index < FIRST || index + LAST >= way.len() {
            out = out.note(steps_to(link));
        } else if index == FIRST {
            out = out.note(format!("and so on through {} more", way.len() - FIRST - LAST));
        }
    }
    if !way.is_empty() {
        let speaker = speaker(end.from);
        out = out.note(format!("{speaker} {side} {found}, but the contract of {program} says {declared}"));
    }
    for Wrong { side, found, declared } in &finding.wrong[1..] {
        out = out.note(format!("it also {side} {found}, where the contract of {program} says {declared}"));
    }
    if way.is_empty() && wrong.side == Side::Out && wrong.found == Ty::Str {
        out = out.help("what is meant for a person goes to stderr: `eprintln`");
    }
    out
}

/// The name of a definition; `(fn` of a literal, which may be long.
fn head(finding: &Finding) -> Span {
    let span = finding.declared_at;
    match finding.program {
        Some(_) => span,
        None => Span { end: span.end.min(span.start + 3), ..span },
    }
}

fn speaker(name: Option<Symbol>) -> String {
    name.map_or("the program".to_string(), |name| format!("`{}`", name.name()))
}

/// `` `worker` calls `report` ``
fn steps_to(link: &Link) -> String {
    let verb = if link.called { "calls" } else { "mentions" };
    format!("{} {verb} `{}`", speaker(link.from), link.to.name())
}

impl Side {
    fn attribute(self) -> &'static str {
        match self {
            Side::In => ":in",
            Side::Out => ":out",
        }
    }
}

/// As a verb.
impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Side::In => "reads",
            Side::Out => "writes",
        })
    }
}
