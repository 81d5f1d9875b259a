//! How a diagnostic looks on a terminal. The drawing itself is `annotate-snippets`; this file chooses the lines
//! to show, and cuts long ones so that a file of one 10 MB line costs no more than a short one.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Edit, Label, Severity};
use crate::map::{SourceMap, floor_boundary};
use crate::span::FileId;

/// A line longer than this is shown in part.
const LONG_LINE: usize = 120;
/// How much of a long line is shown before and after the start of what is marked in it.
const BEFORE: usize = 40;
const AFTER: usize = 80;
/// A folded stretch of more lines than this keeps its line numbers but not its text.
const FAR: u32 = 64;

/// The diagnostic as text that ends with a line break. `color` uses the sixteen terminal colours.
pub fn draw(diagnostic: &Diagnostic, map: &SourceMap, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.title.as_str()).id(diagnostic.code.name());
    let mut group = Group::with_title(title);
    let parts = parts(diagnostic, map);
    for (nth, part) in parts.iter().enumerate() {
        group = group.element(part.snippet(map, nth == 0));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    let mut groups = Vec::new();
    for help in &diagnostic.help {
        match help.edit.as_ref().and_then(|edit| edited(edit, map)) {
            Some(element) => {
                groups.push(Level::HELP.secondary_title(help.text.as_str()).element(element));
            }
            None => group = group.element(Level::HELP.message(help.text.as_str())),
        }
    }
    groups.insert(0, group);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut drawn = renderer.render(&groups);
    for part in &parts {
        drawn = part.with_true_column(map, drawn);
    }
    drawn.push('\n');
    drawn
}

/// The labels of one file, with the lines they stand on.
struct Part<'a> {
    file: FileId,
    labels: Vec<&'a Label>,
    excerpt: Excerpt,
}

/// One part per file, the primary label's first.
fn parts<'a>(diagnostic: &'a Diagnostic, map: &SourceMap) -> Vec<Part<'a>> {
    let mut files: Vec<(FileId, Vec<&Label>)> = Vec::new();
    for label in diagnostic.labels.iter().filter(|label| map.contains(label.span.file)) {
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push(label),
            None => files.push((label.span.file, vec![label])),
        }
    }
    files
        .into_iter()
        .map(|(file, labels)| Part { file, excerpt: Excerpt::of(map, file, &labels), labels })
        .collect()
}

impl<'a> Part<'a> {
    fn snippet(&self, map: &'a SourceMap, primary: bool) -> Element<'a> {
        let excerpt = &self.excerpt;
        let annotations = self.labels.iter().enumerate().map(|(nth, label)| {
            let kind = if primary && nth == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let start = floor_boundary(&excerpt.text, excerpt.place(label.span.start));
            let end = excerpt.place(label.span.end).max(start);
            let end = excerpt.text.ceil_char_boundary(end);
            let text = Some(label.text.as_str()).filter(|text| !text.is_empty());
            kind.span(start..end).label(text)
        });
        Snippet::source(excerpt.text.clone())
            .line_start(excerpt.first_line as usize)
            .path(map.path(self.file))
            .annotations(annotations)
            .into()
    }

    /// The renderer counts the column in the excerpt; where its line is cut, that is not the file's.
    fn with_true_column(&self, map: &SourceMap, drawn: String) -> String {
        let at = map.position(self.labels[0].span);
        let text = &self.excerpt.text;
        let place = floor_boundary(text, self.excerpt.place(self.labels[0].span.start));
        let line_start = text[..place].rfind('\n').map_or(0, |at| at + 1);
        let column = text[line_start..place].chars().count() as u32 + 1;
        if column == at.column {
            return drawn;
        }
        let place = |column: u32| format!("{}:{}:{column}", map.path(self.file), at.line);
        drawn.replacen(&place(column), &place(at.column), 1)
    }
}

/// The lines from the first to the last marked one, long ones cut.
struct Excerpt {
    first_line: u32,
    text: String,
    lines: Vec<Shown>,
}

/// The part of a line that is shown, and where it stands in the excerpt.
struct Shown {
    /// Of the file.
    bytes: Range<usize>,
    /// In the excerpt.
    at: usize,
}

impl Excerpt {
    fn of(map: &SourceMap, file: FileId, labels: &[&Label]) -> Excerpt {
        let mut marks: Vec<(u32, u32)> = Vec::new();
        for label in labels {
            for offset in [label.span.start, label.span.end] {
                marks.push((map.position_at(file, offset).line, offset));
            }
        }
        marks.sort_by_key(|mark| mark.0);
        let (first_line, last_line) = match (marks.first(), marks.last()) {
            (Some(first), Some(last)) => (first.0, last.0),
            _ => (1, 1),
        };
        let mut excerpt = Excerpt { first_line, text: String::new(), lines: Vec::new() };
        let mut marks = marks.as_slice();
        let mut last_mark = first_line;
        for line in first_line..=last_line {
            let here = marks.partition_point(|mark| mark.0 <= line);
            let (marked, rest) = marks.split_at(here);
            marks = rest;
            if !marked.is_empty() {
                last_mark = line;
            }
            let next_mark = rest.first().map_or(line, |mark| mark.0);
            let far = marked.is_empty() && line - last_mark > FAR && next_mark - line > FAR;
            excerpt.push(map.text(file), map.line_range(file, line), marked, far);
        }
        excerpt
    }

    fn push(&mut self, text: &str, line: Range<usize>, marked: &[(u32, u32)], far: bool) {
        if !self.lines.is_empty() {
            self.text.push('\n');
        }
        let shown = if far {
            line.start..line.start
        } else if line.len() <= LONG_LINE {
            line.clone()
        } else {
            let first = marked.iter().map(|mark| mark.1 as usize).min().unwrap_or(line.start);
            let start = floor_boundary(text, first.saturating_sub(BEFORE).max(line.start));
            let end = floor_boundary(text, (first + AFTER).min(line.end));
            start..end.max(start)
        };
        if shown.start > line.start {
            self.text.push('…');
        }
        self.lines.push(Shown { bytes: shown.clone(), at: self.text.len() });
        self.text.push_str(&text[shown.clone()]);
        if shown.end < line.end && !far {
            self.text.push('…');
        }
    }

    /// Where a byte of the file stands in the excerpt; one that is not shown counts as the nearest shown one.
    fn place(&self, offset: u32) -> usize {
        let offset = offset as usize;
        let index = self.lines.partition_point(|line| line.bytes.start <= offset).saturating_sub(1);
        let Some(line) = self.lines.get(index) else { return 0 };
        line.at + offset.clamp(line.bytes.start, line.bytes.end) - line.bytes.start
    }
}

/// The line an edit changes, with the change; none where it would not be readable.
fn edited<'a>(edit: &'a Edit, map: &'a SourceMap) -> Option<Element<'a>> {
    let file = edit.span.file;
    if !map.contains(file) {
        return None;
    }
    let first = map.position(edit.span).line;
    let last = map.position(edit.span.end_point()).line;
    if last - first > 8 {
        return None;
    }
    let lines = map.line_range(file, first).start..map.line_range(file, last).end;
    if lines.len() > 4 * LONG_LINE {
        return None;
    }
    let local = |offset: u32| (offset as usize).clamp(lines.start, lines.end) - lines.start;
    let patch = Patch::new(local(edit.span.start)..local(edit.span.end), edit.replacement.as_str());
    let source = &map.text(file)[lines.clone()];
    Some(Snippet::source(source).line_start(first as usize).patch(patch).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Span};
    use expect_test::{Expect, expect};

    /// Marks are the parts of the text between `«` and `»`, in that order, with these labels.
    fn check(
        marked: &str,
        labels: &[&str],
        finish: impl Fn(Diagnostic, &[Span]) -> Diagnostic,
        expected: Expect,
    ) {
        let mut text = String::new();
        let mut starts = Vec::new();
        let mut spans = Vec::new();
        let mut map = SourceMap::new();
        let file = FileId(0);
        for c in marked.chars() {
            match c {
                '«' => {
                    starts.push((spans.len(), text.len()));
                    spans.push(Span::new(file, 0, 0));
                }
                '»' => {
                    let (nth, start) = starts.pop().expect("marks are paired");
                    spans[nth] = Span::new(file, start as u32, text.len() as u32);
                }
                c => text.push(c),
            }
        }
        map.add("src/a.wat", text);
        let mut diagnostic = Diagnostic::new(Code::TypeMismatch, "expected f64, found i64");
        for (span, label) in spans.iter().zip(labels) {
            diagnostic = diagnostic.label(*span, *label);
        }
        expected.assert_eq(&draw(&finish(diagnostic, &spans), &map, false));
    }

    #[test]
    fn one_place() {
        check(
            "(ns a)\n  (half «n»)\n",
            &["an i64"],
            |d, _| d,
            expect![[r#"
            error[type-mismatch]: expected f64, found i64
             --> src/a.wat:2:9
              |
            2 |   (half n)
              |         ^ an i64
        "#]],
        );
    }

    #[test]
    fn two_places_notes_and_help() {
        check(
            "(defn half [«x <- f64»] -> f64\n  (/ x 2))\n(half «n»)",
            &["the parameter is an f64", "this is an i64"],
            |d, spans| {
                d.note("numbers are not converted").help("think again").suggest(
                    "convert it with `(f64 n)`",
                    spans[1],
                    "(f64 n)",
                )
            },
            expect![[r#"
                error[type-mismatch]: expected f64, found i64
                 --> src/a.wat:1:13
                  |
                1 | (defn half [x <- f64] -> f64
                  |             ^^^^^^^^ the parameter is an f64
                2 |   (/ x 2))
                3 | (half n)
                  |       - this is an i64
                  |
                  = note: numbers are not converted
                  = help: think again
                help: convert it with `(f64 n)`
                  |
                3 - (half n)
                3 + (half (f64 n))
                  |
            "#]],
        );
    }

    #[test]
    fn several_lines_and_a_wide_gap() {
        let gap = "x\n".repeat(500);
        check(
            &format!("«(let [a 1]\n  (b)\n  (c))»\n{gap}(«d»)"),
            &["all of this", "and that"],
            |d, _| d,
            expect![[r#"
                error[type-mismatch]: expected f64, found i64
                   --> src/a.wat:1:1
                    |
                  1 | / (let [a 1]
                  2 | |   (b)
                  3 | |   (c))
                    | |______^ all of this
                ...
                504 |   (d)
                    |    - and that
            "#]],
        );
    }

    #[test]
    fn characters_wider_than_bytes() {
        check(
            "(é→😀 «日本» x)",
            &["here"],
            |d, _| d,
            expect![[r#"
            error[type-mismatch]: expected f64, found i64
             --> src/a.wat:1:6
              |
            1 | (é→😀 日本 x)
              |       ^^^^ here
        "#]],
        );
    }

    #[test]
    fn the_end_of_the_text() {
        check(
            "(a\n«»",
            &["expected `)`"],
            |d, _| d,
            expect![[r#"
            error[type-mismatch]: expected f64, found i64
             --> src/a.wat:2:1
              |
            2 |
              | ^ expected `)`
        "#]],
        );
        check(
            "«»",
            &["empty"],
            |d, _| d,
            expect![[r#"
            error[type-mismatch]: expected f64, found i64
             --> src/a.wat:1:1
              |
            1 |
              | ^ empty
        "#]],
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let filler = "word ".repeat(2_000_000);
        check(
            &format!("«(»{filler}«é»{filler}"),
            &["first", "far away"],
            |d, spans| d.suggest("replace it", spans[0], "["),
            expect![[r#"
                error[type-mismatch]: expected f64, found i64
                 --> src/a.wat:1:1
                  |
                1 | (word word word word word word word word word word word word word word word word…
                  | ^ first                                                                         - far away
                  |
                  = help: replace it
            "#]],
        );
        check(
            &format!("{filler}«here» {filler}"),
            &["found"],
            |d, _| d,
            expect![[r#"
                error[type-mismatch]: expected f64, found i64
                 --> src/a.wat:1:10000001
                  |
                1 | …word word word word word word word word here word word word word word word word word word word word word word word word …
                  |                                          ^^^^ found
            "#]],
        );
    }

    #[test]
    fn several_files() {
        let mut map = SourceMap::new();
        let a = map.add("a.wat", "(def x 1)");
        let b = map.add("b.wat", "\n(def x 2)");
        let d = Diagnostic::new(Code::ShadowedPrelude, "`x` is hidden")
            .label(Span::new(b, 6, 7), "again")
            .label(Span::new(a, 5, 6), "first");
        expect![[r#"
            warning[shadowed-prelude]: `x` is hidden
             --> b.wat:2:6
              |
            2 | (def x 2)
              |      ^ again
              |
             ::: a.wat:1:6
              |
            1 | (def x 1)
              |      - first
        "#]]
        .assert_eq(&draw(&d, &map, false));
    }

    #[test]
    fn no_place_at_all() {
        let d = Diagnostic::new(Code::MissingMain, "no `main` here")
            .label(Span::NONE, "nowhere")
            .help("write one");
        expect![[r#"
            error[missing-main]: no `main` here
             |
             = help: write one
        "#]]
        .assert_eq(&draw(&d, &SourceMap::new(), false));
    }

    #[test]
    fn colour_changes_no_text() {
        let mut map = SourceMap::new();
        let file = map.add("a.wat", format!("{} here", "word ".repeat(100)));
        let d = Diagnostic::new(Code::UnboundName, "no name `here`")
            .label(Span::new(file, 501, 505), "not found");
        let coloured = draw(&d, &map, true);
        assert!(coloured.contains("\u{1b}["));
        assert!(coloured.contains("a.wat:1:502"), "{coloured}");
    }
}
