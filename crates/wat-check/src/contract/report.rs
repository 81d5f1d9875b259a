//! What the proof found, as diagnostics: one for each program and place, and one for programs that come to the
//! same place with the same types.

use super::{Program, Side};
use crate::infer::a;
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
    let what = format!("{side} {}", a(&found.to_string()));
    let title = format!("{program} {what}, but its contract says {declared}");
    let users: Vec<&Link> = finding.chain.iter().filter(|link| link.users).collect();
    // The program itself may be the library's: then nothing but the place that names it is the user's.
    let primary = match users.last().map(|link| link.to) {
        Some(to) if is_server(to) && wrong.side == Side::Out => {
            format!("`{}` writes what its function gives: {}", to.name(), a(&found.to_string()))
        }
        Some(to) if super::stdio(to).is_none() => format!("`{}` {what}", to.name()),
        Some(_) => format!("this {what}"),
        None => format!("{program} {what}"),
    };
    let mut out = Diagnostic::new(Code::ContractViolation, title).label(finding.place, primary);
    let before = &users[..users.len().saturating_sub(1)];
    for link in
        before.iter().take(FIRST).chain(before.iter().skip(FIRST.max(before.len().saturating_sub(LAST))))
    {
        let text = steps_to(link);
        if !out.labels.iter().any(|label| label.span == link.span && label.text == text) {
            out = out.label(link.span, text);
        }
    }
    if !users.is_empty() {
        out = out.label(head(finding), format!("`{}` is {declared}", side.attribute()));
    }
    if finding.chain.len() > 1 {
        out = out.note(format!("the way there: {}", way(&finding.chain)));
    }
    for Wrong { side, found, declared } in &finding.wrong[1..] {
        let found = a(&found.to_string());
        out = out.note(format!("it also {side} {found}, where its contract says {declared}"));
    }
    let prints = users.last().is_some_and(|link| super::stdio(link.to).is_some());
    if prints && wrong.side == Side::Out && wrong.found == Ty::Str {
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

/// From the program to stdio: `worker` → `report` → `println`.
fn way(chain: &[Link]) -> String {
    let mut steps = vec![speaker(chain[0].from)];
    for (index, link) in chain.iter().enumerate() {
        if index < FIRST || index + LAST >= chain.len() {
            steps.push(format!("`{}`", link.to.name()));
        } else if index == FIRST {
            steps.push(format!("{} more", chain.len() - FIRST - LAST));
        }
    }
    steps.join(" → ")
}

/// Those that write what a function gives.
fn is_server(name: Symbol) -> bool {
    matches!(name.as_str(), "wat.kernel/serve" | "wat.kernel/serve-state")
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
