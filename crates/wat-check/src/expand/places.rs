//! Where a person finds what is wrong in expanded code: at the call, in the caller's own text, and below it at the
//! template's place.

use super::Program;
use super::marks::{Marks, readable};
use rustc_hash::FxHashSet;
use wat_source::{Code, Diagnostic, Help, Label, SourceMap, Span};

/// Diagnostics of expanded code as a reader of the unexpanded needs them, in the order of their places.
pub fn relocate(mut found: Vec<Diagnostic>, program: &Program, sources: &SourceMap) -> Vec<Diagnostic> {
    let marks = &program.marks;
    if marks.is_empty() {
        return found;
    }
    for diagnostic in &mut found {
        relocate_one(diagnostic, marks, sources);
        // What was given to a macro is judged where the macro puts it.
        let span = diagnostic.span();
        let around = program.calls.iter().filter(|(call, _)| call.contains(span) && *call != span);
        if let Some((_, name)) = around.min_by_key(|(call, _)| call.len())
            && diagnostic.code != wat_source::Code::MacroFailed
        {
            diagnostic.notes.push(format!("inside a call of the macro `{}`", name.name()));
        }
    }
    found.sort_by_key(Diagnostic::span);
    // The same mistake of one template, seen by more than one of its definitions.
    let mut seen: FxHashSet<(wat_source::Code, Span, String)> = FxHashSet::default();
    found.retain(|d| seen.insert((d.code, d.span(), d.title.clone())));
    found
}

/// A `case` is a match to the checker; its reader has written none.
pub fn name_cases(found: &mut [Diagnostic], sources: &SourceMap) {
    for diagnostic in found {
        let written = sources.excerpt(diagnostic.span());
        if diagnostic.code == Code::TypeMismatch && written == ":else" {
            let text = "`case` has no `:else`: it ends with one more result, for all the rest";
            diagnostic.help.push(Help { text: text.to_string(), edit: None });
        }
        if diagnostic.code != Code::MissingCase || !written.starts_with("(case") {
            continue;
        }
        if let Some(rest) = diagnostic.title.strip_prefix("this match has no arm for ") {
            diagnostic.title = format!("this case has no result for {rest}");
        }
        for help in &mut diagnostic.help {
            help.text = "end it with one more result, for all the rest: (case x 1 :one :other)".to_string();
        }
    }
}

/// The name is unknown in what a template makes: a parameter of its macro that lacks its `~`.
fn unquote_forgotten(diagnostic: &Diagnostic, template: Span, sources: &SourceMap) -> Option<String> {
    let name = diagnostic.title.strip_prefix("unknown name `")?.strip_suffix('`')?;
    let forms = wat_syntax::read(template.file, sources.text(template.file)).forms;
    let around = forms.iter().find(|form| form.is_call("defmacro") && form.span.contains(template))?;
    let params = around.as_list()?.iter().find(|form| form.as_vector().is_some())?;
    let is_param = params.as_vector()?.iter().any(|param| param.is_symbol(name));
    is_param.then(|| format!("`{name}` is a parameter of the macro: write `~{name}` for what it was given"))
}

fn relocate_one(diagnostic: &mut Diagnostic, marks: &Marks, sources: &SourceMap) {
    let texts = std::iter::once(&mut diagnostic.title)
        .chain(diagnostic.labels.iter_mut().map(|label| &mut label.text))
        .chain(&mut diagnostic.notes)
        .chain(diagnostic.help.iter_mut().map(|help| &mut help.text));
    for text in texts.filter(|text| text.contains(" @")) {
        *text = readable(text);
    }
    for help in &mut diagnostic.help {
        // Nobody can edit what was made for one call.
        help.edit.take_if(|edit| sources.made_from(edit.span).is_some());
        if let Some(edit) = &mut help.edit {
            edit.replacement = readable(&edit.replacement);
        }
    }
    let mut labels: Vec<Label> = Vec::new();
    for (number, label) in std::mem::take(&mut diagnostic.labels).into_iter().enumerate() {
        let Some((text, _)) = sources.made_from(label.span) else {
            labels.push(label);
            continue;
        };
        let in_template = template_place(text, sources);
        if number > 0 {
            labels.push(Label { span: in_template, text: label.text });
            continue;
        }
        let name = marks.scope(label.span.file).map_or("", |scope| scope.name.name());
        labels.push(Label { span: sources.written(label.span), text: label.text });
        if let Some(help) = unquote_forgotten(diagnostic, in_template, sources) {
            diagnostic.help.push(Help { text: help, edit: None });
        }
        let text = format!("in what `{name}` makes of it");
        labels.push(Label { span: in_template, text });
    }
    diagnostic.labels = labels;
}

/// The place in a template's own text, also where that template was made by another.
fn template_place(mut span: Span, sources: &SourceMap) -> Span {
    while let Some((text, _)) = sources.made_from(span) {
        span = text;
    }
    span
}
