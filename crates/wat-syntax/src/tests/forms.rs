//! Forms in the hands of whoever asked for them.

use expect_test::expect;
use wat_source::FileId;

use crate::{Form, FormKind, read};

#[test]
fn forms_know_their_place() {
    let text = "(a 'b #(c %) [1 2])";
    let forms = read(FileId(0), text).forms;
    let excerpt = |form: &Form| text[form.span.start as usize..form.span.end as usize].to_string();
    let places: Vec<String> = forms[0].children().into_iter().map(excerpt).collect();
    expect![[r##"["a", "'b", "#(c %)", "[1 2]"]"##]].assert_eq(&format!("{places:?}"));
    let quoted: Vec<String> = forms[0].children()[1].children().into_iter().map(excerpt).collect();
    expect![[r#"["'", "b"]"#]].assert_eq(&format!("{quoted:?}"));
    let short: Vec<String> = forms[0].children()[2].children().into_iter().map(excerpt).collect();
    expect![[r##"["#", "#", "(c %)"]"##]].assert_eq(&format!("{short:?}"));
}

#[test]
fn helpers_look_inside() {
    let form = &read(FileId(0), "(fn {:in i64} [x] x)").forms[0];
    assert!(form.is_call("fn"));
    let rest = form.call("fn").expect("it is a call of fn");
    assert!(rest[0].get("in").is_some_and(|value| value.is_symbol("i64")));
    assert_eq!(rest[1].as_vector().map(<[Form]>::len), Some(1));
    assert!(!form.has_error());
    assert!(matches!(rest[2].kind, FormKind::Symbol(_)));
}
