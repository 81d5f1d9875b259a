//! What definitions say of themselves: names, signatures, docstrings and examples, of the library and of any files,
//! read from their text, so that a program with a mistake in it has its documentation all the same.
//!
//! Not here: how it is shown, what a name means in a program.

use crate::{forms, library, world};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wat_source::SourceMap;
use wat_syntax::Form;

static MACROS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lib/macros/control.wat"));
/// Where the language's own forms and the prelude's macros live.
const PRELUDE: &str = "wat.core";

/// A namespace and its public definitions, by name.
pub struct Space {
    pub name: String,
    /// The comment above its `ns`.
    pub text: String,
    pub entries: Vec<Entry>,
}

/// A definition, or one row of an overloaded one.
pub struct Entry {
    /// As it is called.
    pub name: String,
    /// `function`, `value`, `struct`, `enum`, `alias`, `protocol`, `macro` or `form`.
    pub kind: &'static str,
    pub signature: String,
    pub text: String,
    pub example: Option<Example>,
    /// Other names that lead here: variants, methods.
    pub also: Vec<String>,
}

pub struct Example {
    pub code: String,
    pub gives: Option<String>,
}

/// The library's namespaces, by name.
pub fn library() -> Vec<Space> {
    let mut spaces = BTreeMap::new();
    for (path, text) in library::texts() {
        add(text, &mut spaces);
        // A namespace of several files is told of in the one of its name.
        let name = format!("wat.{}", path.trim_start_matches("wat/").trim_end_matches(".wat"));
        if let Some(space) = spaces.get_mut(&name) {
            space.text = comment(text);
        }
    }
    let mut macros = BTreeMap::new();
    add(MACROS, &mut macros);
    let prelude: &mut Space = spaces.get_mut(PRELUDE).expect("the library has its prelude");
    prelude.entries.extend(macros.into_values().flat_map(|space| space.entries));
    prelude.entries.extend(forms::entries());
    sorted(spaces)
}

/// The namespaces of all files below the directories; what cannot be read is left out.
pub fn below(directories: &[PathBuf]) -> Vec<Space> {
    let mut spaces = BTreeMap::new();
    for file in directories.iter().flat_map(|directory| files_below(directory)) {
        if let Ok(text) = world::read(&file) {
            add(&String::from_utf8_lossy(&text), &mut spaces);
        }
    }
    sorted(spaces)
}

/// All wat files below a directory, by their paths.
pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let mut files = Vec::new();
    find(directory, &mut files);
    files.sort();
    files
}

fn find(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let hidden = name.as_encoded_bytes().starts_with(b".") || name == "target";
        // A link to a directory may lead back up.
        if path.is_dir() && !hidden && !path.is_symlink() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "wat") {
            files.push(path);
        }
    }
}

fn sorted(spaces: BTreeMap<String, Space>) -> Vec<Space> {
    let mut spaces: Vec<Space> = spaces.into_values().collect();
    for space in &mut spaces {
        space.entries.sort_by(|a, b| a.name.cmp(&b.name));
    }
    spaces.retain(|space| !space.entries.is_empty());
    spaces
}

fn add(text: &str, spaces: &mut BTreeMap<String, Space>) {
    let mut sources = SourceMap::new();
    let file = sources.add(String::new(), text.to_string());
    let forms = wat_syntax::read(file, text).forms;
    let ns = forms.iter().find_map(|form| form.call("ns")?.first().map(Form::to_string));
    let name = ns.unwrap_or_else(|| "user".to_string());
    let space = spaces.entry(name.clone()).or_insert_with(|| Space {
        name,
        text: String::new(),
        entries: Vec::new(),
    });
    if space.text.is_empty() {
        space.text = comment(text);
    }
    space.entries.extend(forms.iter().filter_map(|form| entry(form, &sources)));
}

/// The one at the head of a file.
fn comment(text: &str) -> String {
    text.lines().map_while(|line| line.strip_prefix(";; ")).collect::<Vec<_>>().join(" ")
}

/// A public definition: a row of an overload stands under the name that is called.
fn entry(form: &Form, sources: &SourceMap) -> Option<Entry> {
    let [word, name, rest @ ..] = form.as_list()? else { return None };
    let word = word.as_symbol()?;
    let word = word.as_str().strip_prefix("wat.core/").unwrap_or(word.as_str());
    let written = |form: &Form| one_line(sources.excerpt(form.span));
    let attribute = |key: &str| {
        let attributes = rest.iter().take(2).find_map(Form::as_map)?;
        attributes.iter().find(|(k, _)| k.is_keyword(key)).map(|(_, value)| written(value))
    };
    let bare = |form: &Form| written(form.as_list().and_then(<[Form]>::first).unwrap_or(form));
    // Rows of the runtime are spelled with `_`; programs reach them through others.
    if attribute("private").is_some() || bare(name).contains('_') || word == "deftest" {
        return None;
    }
    let doc = match rest {
        [first, _, ..] => first.as_str().unwrap_or_default(),
        _ => "",
    };
    let called = attribute("overload").unwrap_or_else(|| bare(name));
    let vector = rest.iter().position(|form| form.as_vector().is_some());
    let body: Vec<&Form> =
        rest.iter().filter(|form| form.as_str().is_none() && form.as_map().is_none()).collect();
    let list = |forms: &[&Form]| forms.iter().map(|form| written(form)).collect::<Vec<_>>().join("  ");
    let (kind, signature) = match word {
        "defn" => {
            let [params, _, result, ..] = &rest[vector?..] else { return None };
            let bounds = attribute("where").map_or(String::new(), |bounds| format!("  where {bounds}"));
            ("function", format!("({called} {} -> {}){bounds}", written(params), written(result)))
        }
        "defmacro" => ("macro", format!("({called} {})", written(&rest[vector?]))),
        "def" => ("value", called.clone()),
        "defstruct" => ("struct", format!("(defstruct {} {})", written(name), written(&rest[vector?]))),
        "defenum" => ("enum", format!("(defenum {} {})", written(name), list(&body))),
        "defalias" => ("alias", format!("(defalias {} {})", written(name), list(&body))),
        "defprotocol" => ("protocol", format!("(defprotocol {} {})", written(name), list(&body))),
        _ => return None,
    };
    let also = match word {
        "defenum" => body.iter().map(|form| format!("{called}/{}", bare(form))).collect(),
        "defprotocol" => body.iter().map(|form| bare(form)).collect(),
        _ if bare(name) != called => vec![bare(name)],
        _ => Vec::new(),
    };
    let (text, example) = told(doc);
    Some(Entry { name: called, kind, signature, text, example, also })
}

/// A docstring as its text and its example.
pub fn told(doc: &str) -> (String, Option<Example>) {
    let (text, example) = match doc.split_once("Example: ") {
        Some((text, example)) => (text, example.lines().next()),
        None => (doc, None),
    };
    let example = example.map(|example| match example.rsplit_once(" => ") {
        Some((code, gives)) => Example { code: code.to_string(), gives: Some(gives.trim_end().to_string()) },
        None => Example { code: example.to_string(), gives: None },
    });
    (text.split_whitespace().collect::<Vec<_>>().join(" "), example)
}

fn one_line(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().map(|line| line.split(" ;").next().unwrap_or_default().trim()).collect();
    lines.join("  ")
}
