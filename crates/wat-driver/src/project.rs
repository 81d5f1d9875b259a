//! The project file `wat.edn`: source roots, the main namespace and named settings. It is found in the working
//! directory or above, once, and read strictly: what it says and nobody understands is a mistake with a place.
//!
//! Not here: the command line, how a setting reaches a process.

use crate::{Report, library, world};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use wat_edn::Value;
use wat_source::{Code, Diagnostic, FileId, SourceMap, Span, suggest};
use wat_syntax::{Form, FormKind};

/// The file's name.
pub const FILE: &str = "wat.edn";
const KEYS: [&str; 3] = ["paths", "main", "settings"];

#[derive(Debug)]
pub struct Project {
    /// Its directory, as the working directory sees it.
    pub directory: PathBuf,
    /// Source roots, in that directory.
    pub paths: Vec<PathBuf>,
    /// The file of the namespace whose `main` is run.
    pub main: Option<PathBuf>,
    /// Names with their colons, and EDN.
    pub settings: Vec<(String, String)>,
}

/// The project of the working directory, or what is wrong with its file. None where there is no such file.
pub fn here() -> Result<Option<&'static Project>, &'static Report> {
    static HERE: OnceLock<Result<Option<Project>, Report>> = OnceLock::new();
    HERE.get_or_init(find).as_ref().map(Option::as_ref)
}

/// The source roots for the file, besides its own: those of the project that it lies in.
pub fn roots(file: &Path) -> &'static [PathBuf] {
    let Ok(Some(project)) = here() else { return &[] };
    let inside = || Some(real(file)?.starts_with(real(&project.directory)?));
    if inside() == Some(true) { &project.paths } else { &[] }
}

/// The path without links; the empty one is the working directory.
pub fn real(path: &Path) -> Option<PathBuf> {
    if path.as_os_str().is_empty() { std::env::current_dir().ok() } else { path.canonicalize().ok() }
}

fn find() -> Result<Option<Project>, Report> {
    let Ok(working) = std::env::current_dir() else { return Ok(None) };
    let mut directory = PathBuf::new();
    for place in working.ancestors() {
        if place.join(FILE).symlink_metadata().is_ok() {
            return open(&directory).map(Some);
        }
        directory.push("..");
    }
    Ok(None)
}

/// The project whose file is in the directory.
fn open(directory: &Path) -> Result<Project, Report> {
    let mut sources = library::sources();
    let path = directory.join(FILE);
    let bytes = match world::read(&path) {
        Ok(bytes) => bytes,
        Err(reason) => {
            let diagnostics = vec![Diagnostic::new(Code::CannotRead, reason)];
            return Err(Report { diagnostics, sources });
        }
    };
    let (file, reading) = wat_syntax::load(&mut sources, &path.display().to_string(), bytes);
    let mut reader = Reader { directory, sources: &sources, out: reading.diagnostics };
    let project = if reader.out.is_empty() { reader.project(file, &reading.forms) } else { None };
    let diagnostics = reader.out;
    match project.filter(|_| diagnostics.is_empty()) {
        Some(project) => Ok(project),
        None => Err(Report { diagnostics, sources }),
    }
}

struct Reader<'a> {
    directory: &'a Path,
    sources: &'a SourceMap,
    out: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn project(&mut self, file: FileId, forms: &[Form]) -> Option<Project> {
        let entries = match forms {
            [form] => form.as_map(),
            _ => None,
        };
        let Some(entries) = entries else {
            let span = forms.first().map_or(Span::new(file, 0, 0), |form| form.span);
            let found = forms.first().map_or("there is nothing in it", |_| "this is not one map");
            let help = "write {:paths [\"src\"] :main shop.main :settings {}}";
            self.wrong(span, "a project file holds one map", found, help);
            return None;
        };
        let mut project = Project {
            directory: self.directory.to_path_buf(),
            paths: vec![self.directory.to_path_buf()],
            main: None,
            settings: Vec::new(),
        };
        for (key, value) in entries {
            match key.as_keyword() {
                Some(word) if word.as_str() == "paths" => project.paths = self.paths(value)?,
                Some(word) if word.as_str() == "settings" => project.settings = self.settings(value)?,
                Some(word) if word.as_str() == "main" => {}
                other => {
                    let near = other.and_then(|word| suggest(word.as_str(), KEYS));
                    let help = match near {
                        Some(near) => format!("did you mean `:{near}`?"),
                        None => "its keys are `:paths`, `:main` and `:settings`".to_string(),
                    };
                    self.wrong(key.span, "a project file has no such key", "unknown", &help);
                }
            }
        }
        // The namespace is looked for under the roots, wherever those stand in the file.
        let main = entries.iter().find(|(key, _)| key.is_keyword("main"));
        if let Some((_, value)) = main {
            project.main = self.main(value, &project.paths);
        }
        Some(project)
    }

    fn paths(&mut self, value: &Form) -> Option<Vec<PathBuf>> {
        let help = "write the directories as strings: [\"src\" \"test\"]";
        let Some(items) = value.as_vector().filter(|items| !items.is_empty()) else {
            self.wrong(value.span, "`:paths` lists source roots", "this is not a vector of them", help);
            return None;
        };
        let mut paths = Vec::new();
        for item in items {
            let Some(text) = item.as_str() else {
                self.wrong(item.span, "`:paths` lists source roots", "this is not a string", help);
                continue;
            };
            let path = self.directory.join(text);
            if Path::new(text).is_absolute() {
                let help = "name it from the project file's directory";
                self.wrong(item.span, "a source root belongs to its project", "this begins with `/`", help);
            } else if !path.join(".").is_dir() {
                let what = if path.exists() { "it is not a directory" } else { "there is no such directory" };
                let help = format!("make it, or take it out: mkdir -p {}", path.display());
                self.wrong(item.span, &format!("the source root {text:?} cannot be used"), what, &help);
            }
            // `.` is the directory itself.
            paths.push(if text == "." { self.directory.to_path_buf() } else { path });
        }
        Some(paths)
    }

    /// The file that defines the main namespace.
    fn main(&mut self, value: &Form, paths: &[PathBuf]) -> Option<PathBuf> {
        let Some(name) = value.as_symbol().map(|name| name.to_string()) else {
            let help = "write its name alone: shop.main";
            self.wrong(value.span, "`:main` is a namespace", "this is not a name", help);
            return None;
        };
        if let Some((namespace, _)) = name.split_once('/') {
            let help = format!("write {namespace}: its `main` is run");
            self.wrong(value.span, "`:main` is a namespace", "this names a definition in one", &help);
            return None;
        }
        let file = format!("{}.wat", name.replace('.', "/"));
        let found: Vec<PathBuf> = paths.iter().map(|root| root.join(&file)).filter(|p| p.exists()).collect();
        match found.as_slice() {
            [one] => return Some(one.clone()),
            [] => {
                let looked: Vec<String> =
                    paths.iter().map(|root| root.join(&file).display().to_string()).collect();
                let help = format!("it would be the file {}", looked.join(" or "));
                self.wrong(value.span, &format!("no file defines `{name}`"), "named here", &help);
            }
            [one, two, ..] => {
                let help = format!("keep {} or {}", one.display(), two.display());
                self.wrong(value.span, &format!("two files define `{name}`"), "named here", &help);
            }
        }
        None
    }

    fn settings(&mut self, value: &Form) -> Option<Vec<(String, String)>> {
        let Some(entries) = value.as_map() else {
            let help = "write {:port 8080}";
            self.wrong(value.span, "`:settings` is a map of names and values", "this is not a map", help);
            return None;
        };
        let mut settings = Vec::new();
        for (key, value) in entries {
            let Some(name) = key.as_keyword() else {
                let help = "a setting is asked for by its keyword: {:port 8080}";
                self.wrong(key.span, "a setting's name is a keyword", "this is not one", help);
                continue;
            };
            let text = self.sources.excerpt(value.span);
            match edn(text) {
                Ok(text) => settings.push((format!(":{name}"), text)),
                Err(reason) => {
                    let what = match value.kind {
                        FormKind::List(_) => "a project file computes nothing".to_string(),
                        _ => reason,
                    };
                    let title = format!("the setting `:{name}` is not EDN");
                    self.wrong(value.span, &title, &what, "a setting is data: a number, a string, a map");
                }
            }
        }
        Some(settings)
    }

    fn wrong(&mut self, span: Span, title: &str, what: &str, help: &str) {
        self.out.push(Diagnostic::new(Code::BadProject, title).label(span, what).help(help));
    }
}

/// A setting's value on one line, or why the text is none.
fn edn(text: &str) -> Result<String, String> {
    let value = Value::parse(text.as_bytes()).map_err(|error| error.message)?;
    if holds_code(&value) {
        return Err("it holds a list or a symbol".to_string());
    }
    let mut out = Vec::new();
    value.write(&mut out);
    String::from_utf8(out).map_err(|error| error.to_string())
}

/// A list is code; a symbol, most often, a String without its quotes.
fn holds_code(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Symbol(_) => true,
        Value::Vector(items) | Value::Set(items) => items.iter().any(holds_code),
        Value::Map(entries) => entries.iter().any(|(key, value)| holds_code(key) || holds_code(value)),
        Value::Tagged(inner) => holds_code(&inner.1),
        _ => false,
    }
}

/// The settings of the project with those of the command line in their place: `NAME=EDN` each.
pub fn settings(words: &[String]) -> Result<Vec<(String, String)>, String> {
    let project = here().ok().flatten();
    let mut settings = project.map_or_else(Vec::new, |project| project.settings.clone());
    for word in words {
        let Some((name, text)) = word.split_once('=') else {
            return Err(format!("--set wants NAME=EDN, not {word}"));
        };
        let key = format!(":{}", name.strip_prefix(':').unwrap_or(name));
        if !matches!(Value::parse(key.as_bytes()), Ok(Value::Keyword(_))) {
            return Err(format!("--set {word}: {name:?} cannot be the name of a setting"));
        }
        let value = edn(text).map_err(|reason| {
            format!("--set {word}: {reason}; a String is written with its quotes: --set '{name}=\"{text}\"'")
        })?;
        match settings.iter_mut().find(|(known, _)| *known == key) {
            Some(setting) => setting.1 = value,
            None if project.is_some_and(|project| !project.settings.is_empty()) => {
                let near = suggest(&key[1..], settings.iter().map(|(name, _)| &name[1..]));
                let help = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
                return Err(format!("--set {word}: {FILE} has no setting {key}{help}"));
            }
            None => settings.push((key, value)),
        }
    }
    Ok(settings)
}
