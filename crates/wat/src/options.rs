//! The command line's words: one table of commands and options from which parsing and `--help` derive.

use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;

/// How a stream of the root carries values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    #[default]
    Edn,
    Lines,
}

#[derive(Default, Debug)]
pub struct Options {
    pub input: Format,
    pub output: Format,
    pub json: bool,
}

#[derive(Debug)]
pub enum Command {
    Run { file: String, args: Vec<String> },
    Check { files: Vec<String> },
    Expand { file: String },
    Explain { code: String },
    Help,
    Version,
}

struct Flag {
    name: &'static str,
    value: Option<&'static str>,
    help: &'static str,
}

const COMMANDS: &[(&str, &str)] = &[
    ("wat FILE [ARGS…]", "run a program; ARGS are its (args)"),
    ("wat check FILE…", "report what is wrong with programs, without running them"),
    ("wat expand FILE", "a program's text with its macros expanded"),
    ("wat explain CODE", "what a diagnostic code means and how to mend it"),
];

const FLAGS: &[Flag] = &[
    Flag {
        name: "in",
        value: Some("edn|lines"),
        help: "how stdin is read: EDN values, or each line a String",
    },
    Flag { name: "out", value: Some("edn|lines"), help: "how stdout is written: EDN, or each String bare" },
    Flag {
        name: "diagnostics",
        value: Some("text|json"),
        help: "how mistakes are shown: drawn, or one JSON object a line",
    },
    Flag { name: "help", value: None, help: "this text" },
    Flag { name: "version", value: None, help: "wat's version" },
];

/// The command and its options, or what is wrong with the words.
pub fn parse() -> Result<(Command, Options), String> {
    let mut parser = Parser::from_env();
    let mut options = Options::default();
    let mut words: Vec<String> = Vec::new();
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok((Command::Help, options)),
            Arg::Short('V') | Arg::Long("version") => return Ok((Command::Version, options)),
            Arg::Long("in") => options.input = format(&mut parser, "in")?,
            Arg::Long("out") => options.output = format(&mut parser, "out")?,
            Arg::Long("diagnostics") => {
                options.json = one_of(&mut parser, "diagnostics", &["text", "json"])? == "json";
            }
            Arg::Value(word) => {
                let first = words.is_empty();
                words.push(text(word)?);
                if first && !matches!(words[0].as_str(), "check" | "expand" | "explain") {
                    // What follows the program's file is the program's.
                    let rest = parser.raw_args().map_err(|e| e.to_string())?;
                    let args = rest.map(text).collect::<Result<_, _>>()?;
                    return Ok((Command::Run { file: words.remove(0), args }, options));
                }
            }
            Arg::Short(c) => return Err(format!("unknown option -{c}")),
            Arg::Long(name) => return Err(unknown(name)),
        }
    }
    let command = match words.split_first() {
        None => return Err("which program? wat FILE runs one".to_string()),
        Some((word, [])) if word == "check" => return Err("check which file? wat check FILE…".to_string()),
        Some((word, files)) if word == "check" => Command::Check { files: files.to_vec() },
        Some((word, [file])) if word == "expand" => Command::Expand { file: file.clone() },
        Some((word, _)) if word == "expand" => return Err("expand which file? wat expand FILE".to_string()),
        Some((_, [code])) => Command::Explain { code: code.clone() },
        Some(_) => return Err("explain which code? wat explain CODE".to_string()),
    };
    Ok((command, options))
}

fn format(parser: &mut Parser, name: &str) -> Result<Format, String> {
    Ok(if one_of(parser, name, &["edn", "lines"])? == "lines" { Format::Lines } else { Format::Edn })
}

fn one_of(parser: &mut Parser, name: &str, words: &[&str]) -> Result<String, String> {
    let wanted = words.join(" or ");
    let value = parser.value().map_err(|_| format!("--{name} wants {wanted}"))?;
    let value = value.string().map_err(|e| e.to_string())?;
    if words.contains(&value.as_str()) {
        Ok(value)
    } else {
        Err(format!("--{name} wants {wanted}, not {value}"))
    }
}

fn text(word: OsString) -> Result<String, String> {
    word.into_string().map_err(|w| format!("argument is not UTF-8: {}", w.to_string_lossy()))
}

fn unknown(name: &str) -> String {
    match wat_source::suggest(name, FLAGS.iter().map(|f| f.name)) {
        Some(near) => format!("unknown option --{name}; did you mean --{near}?"),
        None => format!("unknown option --{name}"),
    }
}

pub fn help() -> String {
    let mut out = String::from("wat: a typed Lisp whose unit of composition is the isolated process\n\n");
    for (form, what) in COMMANDS {
        out.push_str(&format!("  {form:28} {what}\n"));
    }
    out.push_str("\noptions, before FILE:\n");
    for flag in FLAGS {
        let form = match flag.value {
            Some(value) => format!("--{} {value}", flag.name),
            None => format!("--{}", flag.name),
        };
        out.push_str(&format!("  {form:28} {}\n", flag.help));
    }
    out.push_str("\nexit: 0 ended well, 1 crashed, 2 did not compile, 64 misuse, 70 a defect in wat\n");
    out
}
