//! Where a person finds what is wrong in expanded code: at the call, in the caller's own text, and below it at the
//! template's place.

use super::Program;
use super::marks::{Marks, readable};
use rustc_hash::FxHashSet;
use wat_source::{Diagnostic, Label, SourceMap, Span};

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
