//! Where a session's input comes from: the terminal, with editing, completion and a history in a file that only its
//! owner reads; or stdin, form by form.

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Context, Editor, Helper};
use std::io::{BufRead, IsTerminal};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

pub enum Line {
    Text(String),
    /// Nothing was entered.
    Again,
    End,
}

pub enum Input {
    Terminal { editor: Box<Editor<Names, FileHistory>>, history: Option<PathBuf> },
    Stream,
}

impl Input {
    pub fn open() -> Result<Input, String> {
        if !std::io::stdin().is_terminal() {
            return Ok(Input::Stream);
        }
        let config = Config::builder().auto_add_history(true).build();
        let mut editor: Editor<Names, FileHistory> =
            Editor::with_config(config).map_err(|e| format!("open the terminal: {e}"))?;
        editor.set_helper(Some(Names::default()));
        let history = history_file();
        if let Some(file) = &history {
            // A history that cannot be read is an empty one.
            let _ = editor.load_history(file);
        }
        Ok(Input::Terminal { editor: Box::new(editor), history })
    }

    /// The next whole input; `names` are what completion knows.
    pub fn read(&mut self, names: Vec<String>) -> Line {
        match self {
            Input::Stream => read_stream(),
            Input::Terminal { editor, history } => {
                if let Some(helper) = editor.helper_mut() {
                    helper.names = names;
                }
                let line = match editor.readline("wat> ") {
                    Ok(text) => Line::Text(text),
                    Err(ReadlineError::Interrupted) => Line::Again,
                    Err(_) => Line::End,
                };
                if let (Line::Text(_), Some(file)) = (&line, history) {
                    // Losing the history is no reason to end the session.
                    let _ = editor.append_history(file);
                }
                line
            }
        }
    }
}

/// Lines of stdin up to the end of the form they begin.
fn read_stream() -> Line {
    let mut text = String::new();
    loop {
        let mut bytes = Vec::new();
        match std::io::stdin().lock().read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => {
                return if text.trim().is_empty() { Line::End } else { Line::Text(text) };
            }
            Ok(_) => text.push_str(&String::from_utf8_lossy(&bytes)),
        }
        if !wat_driver::is_unfinished(&text) {
            return Line::Text(text);
        }
    }
}

/// The file, made where it is not there, with mode 0600.
fn history_file() -> Option<PathBuf> {
    let state = match std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute())
    {
        Some(state) => state,
        None => PathBuf::from(std::env::var_os("HOME")?).join(".local/state"),
    };
    let directory = state.join("wat");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory).ok()?;
    let file = directory.join("history");
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&file).ok()?;
    Some(file)
}

/// What the editor knows of the language: names, and whether a form has ended.
#[derive(Default)]
pub struct Names {
    names: Vec<String>,
}

impl Helper for Names {}
impl Highlighter for Names {}

impl Hinter for Names {
    type Hint = String;
}

impl Validator for Names {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if wat_driver::is_unfinished(context.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Completer for Names {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let ends = |c: char| c.is_whitespace() || "()[]{}\"'`~@,;".contains(c);
        let start = line[..at]
            .rfind(ends)
            .map_or(0, |before| before + line[before..].chars().next().map_or(1, char::len_utf8));
        let word = &line[start..at];
        let found = self.names.iter().filter(|name| !word.is_empty() && name.starts_with(word)).cloned();
        Ok((start, found.collect()))
    }
}
