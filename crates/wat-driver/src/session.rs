//! A session: definitions that grow, and expressions evaluated among them. Definitions have no effects, so each input
//! is compiled with all that are held, and a definition of the same name takes the place of the one before.
//!
//! Not here: terminals, processes, how a result is shown.

use crate::{Compiled, Program, Report, compiled, front_of, library, world};
use wat_check::Entry;
use wat_check::hir::{Body, Def, Expr, ExprKind};
use wat_check::ty::Ty;
use wat_check::{Linked, is_wire};
use wat_source::{Position, SourceMap, Span, Symbol};
use wat_syntax::{Form, TokenKind};

/// One top-level form of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub text: String,
    /// What it defines: a later piece with the same key takes its place. None for an expression.
    pub key: Option<String>,
    /// The name and the value's text of a `def`.
    pub value: Option<(String, String)>,
    /// Where somebody wrote it.
    pub place: Option<Place>,
}

/// The beginning of a form: the number of its input, from 1, and where in that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub input: u32,
    pub at: Position,
}

/// What an expression gives.
pub struct Judged {
    pub ty: String,
    /// Can it be written as EDN?
    pub is_wire: bool,
}

impl Piece {
    /// Where a part of it at its end was written.
    pub fn place_of(&self, part: &str) -> Option<Place> {
        let Place { input, at } = self.place?;
        let before = &self.text[..self.text.rfind(part)?];
        let lines = before.matches('\n').count() as u32;
        let chars = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32;
        let column = if lines > 0 { chars + 1 } else { at.column + chars };
        Some(Place { input, at: Position { line: at.line + lines, column } })
    }
}

#[derive(Default)]
pub struct Session {
    pieces: Vec<Piece>,
}

/// Does the text end inside a form?
pub fn is_unfinished(text: &str) -> bool {
    let mut depth = 0i64;
    for token in wat_syntax::tokens(text) {
        match token.kind {
            TokenKind::Open(_) | TokenKind::OpenSet | TokenKind::OpenFn => depth += 1,
            TokenKind::Close(_) => depth -= 1,
            // A string that goes on in the next line.
            TokenKind::OpenStr if depth >= 0 => return true,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth > 0
}

/// The forms of the input with a number, in order.
pub fn pieces(input: u32, text: &str) -> Vec<Piece> {
    let mut sources = SourceMap::new();
    let file = sources.add("input", text);
    let forms = wat_syntax::read(file, text).forms;
    let place = |form: &Form| Some(Place { input, at: sources.position(form.span) });
    let of = |form: &Form| text[form.span.start as usize..form.span.end as usize].to_string();
    let one = |form: &Form| {
        let head = form.head().map(|head| head.as_str()).unwrap_or_default();
        let head = head.strip_prefix("wat.core/").unwrap_or(head);
        let items = form.as_list().unwrap_or(&[]);
        let name = items.get(1).map(|name| of(name.as_list().and_then(<[Form]>::first).unwrap_or(name)));
        let key = match head {
            "ns" => Some("ns".to_string()),
            "extend" => Some(format!("extend {} {}", name.clone()?, items.get(2).map(of)?)),
            "deftest" => Some(format!("deftest {}", name.clone()?)),
            "def" | "defn" | "defstruct" | "defenum" | "defalias" | "defprotocol" | "defmacro" => {
                name.clone()
            }
            _ => None,
        };
        let value = items.last().filter(|_| head == "def" && items.len() > 2).map(of);
        Some(Piece { text: of(form), key, value: name.zip(value), place: place(form) })
    };
    let whole = |form: &Form| Piece { text: of(form), key: None, value: None, place: place(form) };
    forms.iter().map(|form| one(form).unwrap_or_else(|| whole(form))).collect()
}

impl Session {
    /// The session with one more definition.
    pub fn with(&self, piece: Piece) -> Session {
        let mut pieces = self.pieces.clone();
        match pieces.iter_mut().find(|held| held.key == piece.key) {
            Some(held) => *held = piece,
            None if piece.key.as_deref() == Some("ns") => pieces.insert(0, piece),
            None => pieces.push(piece),
        }
        Session { pieces }
    }

    /// The program that holds all definitions and this statement.
    pub fn program(&self, statement: &str) -> String {
        let mut text: String = self.pieces.iter().map(|piece| format!("{}\n", piece.text)).collect();
        text.push_str(statement);
        text.push('\n');
        text
    }

    /// Where the parts of [`Session::program`] were written, the statement's own part with it: for [`compile_inputs`].
    pub fn inputs(&self, statement: &str, part: &str, place: Option<Place>) -> String {
        let mut from = 0;
        let mut all = Vec::new();
        let mut note = |from: usize, text: &str, place: Option<Place>| {
            if let Some(Place { input, at }) = place {
                all.push(format!("{from}:{}:{input}:{}:{}", from + text.len(), at.line, at.column));
            }
        };
        for piece in &self.pieces {
            note(from, &piece.text, piece.place);
            from += piece.text.len() + 1;
        }
        if let Some(before) = statement.find(part) {
            note(from + before, part, place);
        }
        all.join(",")
    }

    /// Checks the definitions; what is wrong is told of the last one's text, where it stands there.
    pub fn check(&self, piece: &Piece) -> Report {
        let before =
            self.pieces.iter().take_while(|held| *held != piece).map(|held| held.text.len() + 1).sum();
        of_input(front_text(&self.program("(ignore nil)")).1, before, &piece.text)
    }

    /// The type of an expression among the definitions, or what is wrong with it.
    pub fn judge(&self, expression: &str) -> Result<Judged, Report> {
        let text = self.program(&format!("{OPEN}{expression}\n)"));
        let before = text.len() - expression.len() - "\n)\n".len();
        let (program, report) = front_text(&text);
        let report = of_input(report, before, expression);
        if report.has_errors() {
            return Err(report);
        }
        let found = program.as_ref().and_then(|program| {
            let main = program.unit.defs.iter().find(|def| Some(def.name) == program.main)?;
            let Body::Fn(Expr { kind: ExprKind::Do(items), .. }) = &main.body else { return None };
            let statement = items.iter().rev().nth(1)?;
            let ExprKind::Call { args, .. } = &statement.kind else { return None };
            let ty = args.first()?.ty.clone();
            let wire = is_wire(&ty, &Linked::new(&program.unit, program.library)).is_ok();
            Some(Judged { ty: shown(&ty), is_wire: wire })
        });
        found.ok_or(report)
    }

    /// All names in sight, sorted.
    pub fn names(&self) -> Vec<String> {
        let library = library::shared();
        let mut names: Vec<String> = library.prelude().iter().map(|name| name.to_string()).collect();
        names.extend(library.defs().filter(|def| !def.private).map(|def| def.name.to_string()));
        names.extend(
            self.pieces.iter().filter_map(|piece| piece.key.clone()).filter(|key| !key.contains(' ')),
        );
        names.sort();
        names.dedup();
        names
    }

    /// Signature and docstring of each definition that the name means.
    pub fn documentation(&self, name: &str) -> Vec<String> {
        let (program, _) = front_text(&self.program("(ignore nil)"));
        let full = |ns: &str| Symbol::new(&format!("{ns}/{name}"));
        let own = program.as_ref().map_or_else(|| Symbol::new("user"), |program| program.namespace);
        let candidates = [full(own.as_str()), full("wat.core"), full("wat.kernel"), Symbol::new(name)];
        let defs = program.iter().flat_map(|program| &program.unit.defs);
        let mine: Vec<String> = defs.filter(|def| candidates.contains(&def.name)).map(described).collect();
        if !mine.is_empty() {
            return mine;
        }
        let library = library::shared();
        let overloads = candidates.iter().flat_map(|name| library.overloads(*name)).copied();
        let wanted: Vec<Symbol> = candidates.iter().copied().chain(overloads).collect();
        let mut found: Vec<&Def> = library.defs().filter(|def| wanted.contains(&def.name)).collect();
        found.sort_by_key(|def| def.span);
        found.into_iter().map(described).collect()
    }
}

fn described(def: &Def) -> String {
    let param = |(id, ty): &(wat_check::hir::LocalId, Ty)| {
        let name = def.locals.get(id.0 as usize).map_or("_", |local| local.name.as_str());
        format!("{name} <- {}", shown(ty))
    };
    let mut out = match def.body {
        Body::Value(_) => format!("{} <- {}", def.name, shown(&def.result)),
        _ => {
            let params: Vec<String> = def.params.iter().map(param).collect();
            format!("({} [{}]) -> {}", def.name, params.join("  "), shown(&def.result))
        }
    };
    if let Some(doc) = &def.doc {
        out.push_str(&format!("\n  {doc}"));
    }
    out
}

fn shown(ty: &Ty) -> String {
    ty.to_string()
}

/// What stands before an expression that is judged.
const OPEN: &str = "(ignore\n";
/// The definitions that are held, as diagnostics call them.
const HELD: &str = "session";

/// What cannot be read in an input.
pub fn unreadable(text: &str) -> Option<Report> {
    let mut sources = SourceMap::new();
    let file = sources.add("input", text);
    let diagnostics = wat_syntax::read(file, text).diagnostics;
    (!diagnostics.is_empty()).then_some(Report { diagnostics, sources })
}

/// The same report, with the places in what was put in told as places in it, not in the program around it.
fn of_input(mut report: Report, before: usize, text: &str) -> Report {
    let (from, input) = (before as u32, report.sources.add("input", text));
    let end = from + text.len() as u32;
    let sources = &report.sources;
    let placed = |span: Span| match sources.path(span.file) == HELD && (from..=end).contains(&span.start) {
        true => Span::new(input, span.start - from, span.end.min(end) - from),
        false => span,
    };
    for diagnostic in &mut report.diagnostics {
        diagnostic.labels.iter_mut().for_each(|label| label.span = placed(label.span));
        let edits = diagnostic.help.iter_mut().filter_map(|help| help.edit.as_mut());
        edits.for_each(|edit| edit.span = placed(edit.span));
    }
    report
}

fn front_text(text: &str) -> (Option<Program>, Report) {
    let entry = Entry { path: HELD.to_string(), text: text.as_bytes().to_vec() };
    let mut world = world::Disk::beside(text.as_bytes());
    front_of(entry, &mut world)
}

/// Compile a program from its text; other namespaces are found from the working directory.
pub fn compile_text(path: &str, text: Vec<u8>) -> Result<Compiled, Report> {
    compile_inputs(path, text, "")
}

/// The same of a session's program; `inputs` are of [`Session::inputs`].
pub fn compile_inputs(path: &str, text: Vec<u8>, inputs: &str) -> Result<Compiled, Report> {
    let mut world = world::Disk::beside(&text);
    let (program, mut report) = front_of(Entry { path: path.to_string(), text }, &mut world);
    let sources = &mut report.sources;
    if let Some(file) = sources.files().find(|file| sources.path(*file) == path) {
        for part in inputs.split(',') {
            let numbers: Vec<u32> = part.split(':').map_while(|number| number.parse().ok()).collect();
            if let [from, to, input, line, column] = numbers[..] {
                sources.add_part(file, from, to, &format!("input {input}"), Position { line, column });
            }
        }
    }
    compiled(path, (program, report))
}
