//! From a macro to something that runs: what its body reaches among the definitions so far is checked as a program
//! of its own, whose main reads the arguments of a call and writes the code it stands for.

use super::{Expander, Program, State};
use crate::check::{self, Input};
use crate::library::Linked;
use crate::namespace::SourceFile;
use crate::special::Special;
use crate::table::full;
use rustc_hash::FxHashSet;
use wat_source::{Code, Diagnostic, FileId, Span, Symbol};
use wat_syntax::{Form, FormKind};

/// The namespace of such a program's main. No file can have it.
const STAGE: &str = " macro";

impl Expander<'_> {
    /// The runner's number for a macro; `Err(None)` where its mistakes have been reported.
    pub(super) fn compile(&mut self, name: Symbol) -> Result<usize, Option<String>> {
        let outcome = self.try_compile(name);
        let found = self.macros.get_mut(&name).expect("a macro that is being called");
        found.state = match &outcome {
            Ok(program) => State::Ready(*program),
            Err(_) => State::Broken,
        };
        outcome
    }

    fn try_compile(&mut self, name: Symbol) -> Result<usize, Option<String>> {
        let wanted = self.reached(name);
        let mut files: Vec<SourceFile> = Vec::new();
        for (number, file) in self.program.files.iter().enumerate() {
            let keep = |(index, form): &(usize, &Form)| match definition(form) {
                Some(Special::Def | Special::Defn | Special::Extend) => wanted.contains(&(number, *index)),
                Some(special) => special != Special::Deftest,
                None => false,
            };
            files.push(SourceFile {
                ns: file.ns,
                file: file.file,
                forms: file.forms.iter().enumerate().filter(keep).map(|(_, form)| form.clone()).collect(),
                uses: file.uses.clone(),
                is_entry: false,
            });
        }
        let file = self.macros[&name].file;
        files.push(main_file(name));
        // What does not read has been reported, and checking is silent about it.
        if files.iter().flat_map(|file| &file.forms).any(Form::has_error) {
            return Err(None);
        }
        // The main sees the macro as its own file does.
        let mut marks = std::mem::take(&mut self.program.marks);
        marks.open(FileId::NONE, super::marks::Scope { file, name });
        let macros = FxHashSet::from_iter([name]);
        let input = Input {
            files: &files,
            lib: self.lib,
            in_library: false,
            marks: &marks,
            macros: &macros,
            is_macro: true,
        };
        let output = check::on_deep_stack(input, Vec::new());
        let mistakes: Vec<Diagnostic> = output.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        self.program.marks = marks;
        if !mistakes.is_empty() {
            for mut mistake in mistakes {
                let unknown = mistake.title.split('`').nth(1).map(Symbol::new);
                if mistake.code == Code::UnboundName
                    && self.names.iter().any(|names| unknown.is_some_and(|name| names.all.contains(&name)))
                {
                    mistake = mistake.note("a macro's body sees what is defined above its first call");
                }
                self.out.push(mistake);
            }
            return Err(None);
        }
        let Some(main) = output.main else { return Err(Some("it has no main".to_string())) };
        self.runner.compile(&Linked::new(&output.unit, self.lib), main, self.sources).map_err(Some)
    }

    /// The definitions that a macro's body mentions, itself or through others, as files and indices.
    fn reached(&self, name: Symbol) -> FxHashSet<(usize, usize)> {
        let mut seen = FxHashSet::default();
        let mut open: Vec<(usize, usize)> = self.defs.get(&name).copied().into_iter().collect();
        let mut names = Vec::new();
        while let Some((file, index)) = open.pop() {
            if !seen.insert((file, index)) {
                continue;
            }
            mentions(&self.program.files[file].forms[index], 0, &mut names);
            for name in names.drain(..) {
                let method = super::marks::base(Symbol::new(name.name()));
                open.extend(self.methods.get(&method).into_iter().flatten());
                open.extend(self.candidates(&self.program, file, name));
            }
        }
        seen
    }

    /// The definitions that a name may stand for in a file; locals that hide one do no harm.
    fn candidates(&self, program: &Program, file: usize, name: Symbol) -> Vec<(usize, usize)> {
        let (file, name) = program.marks.meaning(file, name);
        let module = &program.files[file];
        let (path, short) = name.split();
        let mut found = Vec::new();
        let mut add = |ns: Symbol| found.extend(self.defs.get(&full(ns, short)));
        match path {
            None => {
                add(module.ns);
                let brings = |used: &&crate::namespace::Use| used.only.iter().any(|(only, _)| *only == short);
                module.uses.iter().filter(brings).for_each(|used| add(used.ns));
            }
            Some(path) => {
                add(Symbol::new(path));
                let named = module.uses.iter().filter(|used| used.alias.is_some_and(|alias| alias == path));
                named.for_each(|used| add(used.ns));
            }
        }
        found
    }
}

fn definition(form: &Form) -> Option<Special> {
    form.head().and_then(|head| Special::definition(head.as_str()))
}

/// The names in a form that are code and not quoted.
fn mentions(form: &Form, depth: usize, out: &mut Vec<Symbol>) {
    match &form.kind {
        FormKind::Symbol(name) if depth == 0 => out.push(*name),
        FormKind::List(items) => {
            let depth = match form.head().map(|head| head.as_str()) {
                Some("quote" | "wat.core/quote") if depth == 0 => return,
                Some("quasiquote" | "wat.core/quasiquote") => depth + 1,
                Some("unquote" | "unquote-splicing") => depth.saturating_sub(1),
                _ => depth,
            };
            items.iter().for_each(|item| mentions(item, depth, out));
        }
        FormKind::Vector(items) | FormKind::Set(items) => {
            items.iter().for_each(|item| mentions(item, depth, out));
        }
        FormKind::Map(entries) => {
            for (key, value) in entries {
                mentions(key, depth, out);
                mentions(value, depth, out);
            }
        }
        _ => {}
    }
}

/// `(defn main {:in (Vector Form) :out Form} [] -> nil …)`, which answers one call.
fn main_file(name: Symbol) -> SourceFile {
    let span = Span::NONE;
    let symbol = |text: &str| Form::symbol(text, span);
    let list = |items: Vec<Form>| Form::list(items, span);
    let form = || symbol("wat.core/Form");
    let call = list(vec![symbol(&format!("{} @{}", name.name(), FileId::NONE.0)), symbol("args")]);
    let answer = list(vec![symbol("wat.kernel/println"), call]);
    let body = list(vec![
        symbol("wat.core/match"),
        list(vec![symbol("wat.kernel/readln")]),
        list(vec![list(vec![symbol("wat.core/Some"), symbol("args")]), answer]),
        list(vec![symbol("wat.core/None"), Form::nil(span)]),
    ]);
    let contract = vec![
        (Form::keyword("in", span), list(vec![symbol("wat.core/Vector"), form()])),
        (Form::keyword("out", span), form()),
    ];
    let main = list(vec![
        symbol("wat.core/defn"),
        symbol("main"),
        Form::new(FormKind::Map(contract), span),
        Form::vector(Vec::new(), span),
        symbol("->"),
        symbol("wat.core/nil"),
        body,
    ]);
    SourceFile {
        ns: Symbol::new(STAGE),
        file: FileId::NONE,
        forms: vec![main],
        uses: Vec::new(),
        is_entry: true,
    }
}
