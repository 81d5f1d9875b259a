//! The book's reference, made from the rows of the library: each public definition of each namespace with its
//! types, what it does and an example. Not here: what the examples give, which the documents' test proves.

use std::collections::BTreeMap;
use std::fmt::Write;
use wat_source::SourceMap;
use wat_syntax::Form;

/// Opens the page; the rest is made.
const PREFACE: &str = "# Reference

Each namespace with what it defines. This page is made from the library; `UPDATE_EXPECT=1 cargo test -p wat --test
documents reference` makes it again. `wat.core` and `wat.kernel` are the prelude: their names stand bare.
";

/// The page for the texts of the library's files, in the order given.
pub fn page(files: &[String]) -> String {
    let mut spaces: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for text in files {
        let mut sources = SourceMap::new();
        let id = sources.add("library".to_string(), text.clone());
        let forms = wat_syntax::read(id, text).forms;
        let Some(ns) = forms.first().and_then(|form| form.as_list()?.get(1)).map(Form::to_string) else {
            continue;
        };
        spaces.entry(ns).or_default().extend(forms.iter().filter_map(entry));
    }
    let mut page = PREFACE.to_string();
    for (ns, entries) in spaces {
        let _ = write!(page, "\n## {ns}\n\n");
        let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let rows: Vec<&Entry> = entries.iter().filter(|entry| entry.name == name).collect();
            let _ = writeln!(page, "- `{name}`");
            for row in rows {
                let _ = writeln!(page, "  - {}", row.text);
            }
        }
    }
    page
}

struct Entry {
    name: String,
    text: String,
}

/// A public definition: a row of an overload stands under the name that is called.
fn entry(form: &Form) -> Option<Entry> {
    let [word, name, rest @ ..] = form.as_list()? else { return None };
    let word = word.as_symbol()?;
    let attribute = |key: &str| {
        let attributes = rest.iter().take(2).find_map(Form::as_map)?;
        attributes.iter().find(|(k, _)| k.is_keyword(key)).map(|(_, value)| value.to_string())
    };
    // Rows of the runtime are spelled with `_`; programs reach them through others.
    if attribute("private").is_some() || name.to_string().contains('_') {
        return None;
    }
    let doc = rest.iter().take(1).find_map(Form::as_str).unwrap_or_default();
    let types = match word.as_str() {
        "defn" => {
            let at = rest.iter().position(|form| form.as_vector().is_some())?;
            let [params, _, result, ..] = &rest[at..] else { return None };
            format!("`{params} -> {result}` ")
        }
        "defstruct" => format!("`{}` ", rest.iter().find(|form| form.as_vector().is_some())?),
        "defenum" => {
            let variants = rest.iter().filter(|form| form.as_str().is_none() && form.as_map().is_none());
            let variants: Vec<String> = variants.map(|variant| format!("`{variant}`")).collect();
            format!("{} ", variants.join(" "))
        }
        "def" | "defmacro" | "defprotocol" | "defalias" => String::new(),
        _ => return None,
    };
    let (what, example) = match doc.split_once("Example: ") {
        Some((what, example)) => (what, example.lines().next()),
        None => (doc, None),
    };
    let what: Vec<&str> = what.split_whitespace().collect();
    let example = match example.map(|example| example.rsplit_once(" => ").ok_or(example)) {
        Some(Ok((code, gives))) => format!(" `{code}` gives `{gives}`."),
        Some(Err(code)) => format!(" `{code}`"),
        None => String::new(),
    };
    let called = attribute("overload").unwrap_or_else(|| name.to_string());
    Some(Entry { name: called, text: format!("{types}{}{example}", what.join(" ")) })
}
