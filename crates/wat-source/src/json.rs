//! A diagnostic as one line of JSON, for editors and other programs. The same data that is drawn.

use std::fmt::Write;

use crate::{Diagnostic, SourceMap, Span};

/// One JSON object without a line break: `file line column end_line end_column` of the primary place, then
/// `code severity title labels notes help`. Lines and columns count from 1, columns in Unicode scalar values.
pub fn to_json(diagnostic: &Diagnostic, map: &SourceMap) -> String {
    let mut out = String::from("{");
    place(&mut out, map, diagnostic.span());
    out.push_str(",\"code\":");
    text(&mut out, diagnostic.code.name());
    out.push_str(",\"severity\":");
    text(&mut out, diagnostic.severity.name());
    out.push_str(",\"title\":");
    text(&mut out, &diagnostic.title);
    out.push_str(",\"labels\":");
    list(&mut out, &diagnostic.labels, |out, label| {
        out.push('{');
        place(out, map, label.span);
        out.push_str(",\"text\":");
        text(out, &label.text);
        out.push('}');
    });
    out.push_str(",\"notes\":");
    list(&mut out, &diagnostic.notes, |out, note| text(out, note));
    out.push_str(",\"help\":");
    list(&mut out, &diagnostic.help, |out, help| {
        out.push_str("{\"text\":");
        text(out, &help.text);
        if let Some(edit) = &help.edit {
            out.push_str(",\"edit\":{");
            place(out, map, edit.span);
            out.push_str(",\"replacement\":");
            text(out, &edit.replacement);
            out.push('}');
        }
        out.push('}');
    });
    out.push('}');
    out
}

fn place(out: &mut String, map: &SourceMap, span: Span) {
    if !map.contains(span.file) {
        out.push_str("\"file\":null");
        return;
    }
    let (start, end) = (map.position(span), map.position(span.end_point()));
    out.push_str("\"file\":");
    text(out, map.path(span.file));
    write!(
        out,
        ",\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}",
        start.line, start.column, end.line, end.column
    )
    .expect("a String takes every write");
}

fn list<T>(out: &mut String, items: &[T], mut item: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (index, it) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item(out, it);
    }
    out.push(']');
}

fn text(out: &mut String, value: &str) {
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c == '\u{2028}' || c == '\u{2029}' => {
                write!(out, "\\u{:04x}", c as u32).expect("a String takes every write")
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use expect_test::expect;

    #[test]
    fn one_object_on_one_line() {
        let mut map = SourceMap::new();
        let file = map.add("dir/\"q\".wat", "(println\n  é (pritn 1))");
        let d = Diagnostic::new(Code::UnboundName, "no name `pritn`")
            .label(Span::new(file, 15, 20), "not\nfound")
            .note("n\u{1}")
            .suggest("did you mean `print`", Span::new(file, 15, 20), "print")
            .help("or define it");
        expect![[r#"{"file":"dir/\"q\".wat","line":2,"column":6,"end_line":2,"end_column":11,"code":"unbound-name","severity":"error","title":"no name `pritn`","labels":[{"file":"dir/\"q\".wat","line":2,"column":6,"end_line":2,"end_column":11,"text":"not\nfound"}],"notes":["n\u0001"],"help":[{"text":"did you mean `print`","edit":{"file":"dir/\"q\".wat","line":2,"column":6,"end_line":2,"end_column":11,"replacement":"print"}},{"text":"or define it"}]}"#]]
        .assert_eq(&to_json(&d, &map));
        expect![[r#"{"file":null,"code":"missing-main","severity":"error","title":"no main","labels":[],"notes":[],"help":[]}"#]]
            .assert_eq(&to_json(&Diagnostic::new(Code::MissingMain, "no main"), &map));
    }
}
