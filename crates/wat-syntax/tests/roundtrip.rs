//! Laws of reading and printing: a printed form reads back as itself, and no text makes the reader fail.

use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use proptest::prelude::*;
use wat_source::{FileId, Span, Symbol};
use wat_syntax::{Form, FormKind, print, read};

fn form(kind: FormKind) -> Form {
    Form::new(kind, Span::NONE)
}

fn name() -> impl Strategy<Value = Symbol> {
    prop_oneof![
        "[a-zA-Z*!_?<>=+&%|é][a-z0-9*!_?<>=.#'-]{0,8}",
        "[a-z][a-z.]{0,5}/[a-zA-Z<>=*-][a-z0-9-]{0,5}",
        Just("/".to_string()),
        Just("->".to_string()),
        Just("wat.core//".to_string()),
    ]
    .prop_filter("a name, not a literal", |text| !matches!(text.as_str(), "nil" | "true" | "false"))
    .prop_filter("a name, not a number", |text| {
        !(text.starts_with('+') && text[1..].starts_with(|c: char| c.is_ascii_digit()))
    })
    .prop_map(|text| Symbol::new(&text))
}

fn scalar() -> impl Strategy<Value = FormKind> {
    prop_oneof![
        Just(FormKind::Nil),
        any::<bool>().prop_map(FormKind::Bool),
        any::<i64>().prop_map(FormKind::Int),
        any::<[i64; 3]>().prop_map(|[a, b, c]| FormKind::BigInt(BigInt::from(a) * b * c)),
        any::<u64>().prop_map(|bits| FormKind::Float(f64::from_bits(bits))),
        any::<f64>().prop_map(FormKind::Float),
        (any::<i32>(), -8i32..20).prop_map(|(m, e)| FormKind::Float(f64::from(m) * 10f64.powi(e - 10))),
        (any::<i64>(), -40i64..60)
            .prop_map(|(digits, scale)| FormKind::Decimal(BigDecimal::new(digits.into(), scale))),
        any::<String>().prop_map(FormKind::Str),
        any::<char>().prop_map(FormKind::Char),
        name().prop_filter("no keyword `:/`", |name| *name != "/").prop_map(FormKind::Keyword),
        name().prop_map(FormKind::Symbol),
        any::<u128>().prop_map(FormKind::Uuid),
        Just(FormKind::Inst("2024-02-29T23:59:59.123456789-11:30".to_string())),
    ]
}

fn distinct(items: Vec<Form>) -> Vec<Form> {
    let mut seen = std::collections::HashSet::new();
    items.into_iter().filter(|item| seen.insert(item.clone())).collect()
}

fn any_form() -> impl Strategy<Value = Form> {
    scalar().prop_map(form).prop_recursive(5, 60, 6, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..6);
        prop_oneof![
            items.clone().prop_map(|items| form(FormKind::List(items))),
            items.clone().prop_map(|items| form(FormKind::Vector(items))),
            items.clone().prop_map(|items| form(FormKind::Set(distinct(items)))),
            (items, inner.clone()).prop_map(|(keys, value)| {
                let entries = distinct(keys).into_iter().map(|key| (key, value.clone()));
                form(FormKind::Map(entries.collect()))
            }),
            ("[a-z]{1,3}/[A-Z][a-z]{0,3}", inner)
                .prop_map(|(tag, value)| form(FormKind::Tagged(Symbol::new(&tag), Box::new(value)))),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_form_reads_back(form in any_form()) {
        let text = print(&form);
        let reading = read(FileId(0), &text);
        prop_assert!(reading.diagnostics.is_empty(), "{text}: {:?}", reading.diagnostics);
        prop_assert_eq!(&reading.forms, &[form], "{}", text);
        prop_assert!(!text.contains('\n'));
    }

    #[test]
    fn any_text_can_be_read(text in "([()\\[\\]{}#'`~@^:;\"\\\\ \n,%&/.+0-9a-cMNeExu-]|#\\(|#_|#\\{|\n\\()*") {
        let reading = read(FileId(0), &text);
        for form in &reading.forms {
            prop_assert!(form.span.end as usize <= text.len());
        }
        for diagnostic in &reading.diagnostics {
            let mut map = wat_source::SourceMap::new();
            map.add("a.wat", text.as_str());
            let drawn = wat_source::draw(diagnostic, &map, false);
            prop_assert!(drawn.contains(diagnostic.code.name()));
        }
        if reading.forms.iter().any(Form::has_error) {
            prop_assert!(!reading.diagnostics.is_empty(), "an error that nothing reports");
        }
    }

    #[test]
    fn a_form_is_read_the_same_whatever_surrounds_it(form in any_form()) {
        let text = format!(" ,{form};c\n#_{form}\n{form}");
        let reading = read(FileId(0), &text);
        prop_assert_eq!(&reading.forms, &[form.clone(), form]);
    }
}
