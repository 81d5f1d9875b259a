//! The command line's words: one table of commands and options from which parsing and help derive.

use crate::{help, logs};
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;

/// How a stream of the root carries values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    #[default]
    Edn,
    Lines,
}

/// What a test runs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    Process,
    Thread,
}

#[derive(Debug)]
pub struct Options {
    pub input: Format,
    pub output: Format,
    pub json: bool,
    /// Of `wat test`: only tests with this in their names; of `wat tap`: only values with this in their text.
    pub filter: Option<String>,
    pub tier: Tier,
    /// How long one test may take.
    pub limit_ms: u64,
    /// How the log looks; unset, a terminal decides.
    pub log: Option<logs::Form>,
    /// Each request has a trace.
    pub trace: bool,
    /// Tests are reported as EDN events.
    pub events: bool,
    /// The first test's number.
    pub from: usize,
    /// Settings in place of the project's, `NAME=EDN` each.
    pub set: Vec<String>,
    /// Of a session's program: where its parts were written.
    pub inputs: String,
    /// Of `wat doc`: where the pages go.
    pub html: Option<String>,
    /// Of `wat fmt`: say what differs and write nothing.
    pub check: bool,
    /// Of `wat fmt`: the reader's additions in their long form.
    pub edn: bool,
    /// The grants of the program's tree, as EDN; the user's own authority without.
    pub authority: Option<String>,
    /// Run nothing where a mechanism of confinement is lacking.
    pub require_sandbox: bool,
    /// Leave the tree open to debuggers.
    pub debuggable: bool,
    /// Of `wat tree`: also who waits for whom.
    pub waits: bool,
    /// Of `wat tree`: for machines.
    pub as_json: bool,
    /// Of `wat tree`: again and again.
    pub watch: bool,
    /// Of `wat metrics`: OTLP as JSON.
    pub otlp: bool,
    /// Of `wat tap`: only what goes to the node, or what comes from it.
    pub requests: bool,
    pub replies: bool,
    /// Of `wat tap`: only what belongs to the trace.
    pub of_trace: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            input: Format::Edn,
            output: Format::Edn,
            json: false,
            filter: None,
            tier: Tier::Process,
            limit_ms: 60_000,
            log: None,
            trace: false,
            events: false,
            from: 0,
            set: Vec::new(),
            inputs: String::new(),
            html: None,
            check: false,
            edn: false,
            authority: None,
            require_sandbox: false,
            debuggable: false,
            waits: false,
            as_json: false,
            watch: false,
            otlp: false,
            requests: false,
            replies: false,
            of_trace: None,
        }
    }
}

#[derive(Debug)]
pub enum Command {
    Run {
        file: String,
        args: Vec<String>,
    },
    /// The project's main program.
    Main {
        args: Vec<String>,
    },
    Check {
        files: Vec<String>,
    },
    Expand {
        file: String,
    },
    Explain {
        code: String,
    },
    Doc {
        name: Option<String>,
    },
    Test {
        paths: Vec<String>,
    },
    Format {
        paths: Vec<String>,
    },
    New {
        name: String,
    },
    Doctor,
    Tree {
        pid: Option<i32>,
    },
    /// With options of its own.
    Chaos {
        words: Vec<String>,
    },
    Top {
        pid: Option<i32>,
    },
    Tap {
        pid: i32,
        path: String,
    },
    Metrics {
        pid: Option<i32>,
    },
    LogLevel {
        pid: i32,
        path: String,
        level: String,
    },
    Repl,
    Help {
        about: Option<String>,
    },
    Version,
}

/// An option. One for some commands only says so first: `fmt: …`, `check, test: …`.
pub struct Flag {
    pub name: &'static str,
    pub value: Option<&'static str>,
    pub help: &'static str,
}

/// Each command and what it does; its second word is what it is called by.
pub const COMMANDS: &[(&str, &str)] = &[
    ("wat FILE [ARGS…]", "run a program; ARGS are its (args); - is a program on stdin"),
    ("wat run [ARGS…]", "run the main program of the project, as plain wat does"),
    ("wat check [FILE…]", "report what is wrong with programs, without running them"),
    ("wat expand FILE", "a program's text with its macros expanded"),
    ("wat explain CODE", "what a diagnostic code means and how to mend it"),
    ("wat doc [NAME]", "what a function, type, namespace, form or error code is"),
    ("wat repl", "a session: definitions are kept, expressions are evaluated"),
    ("wat test [PATH…]", "run the tests of files, or of all files below directories"),
    ("wat fmt [FILE|DIR|-…]", "format files, all files below directories, or stdin to stdout"),
    ("wat doctor", "what this machine enforces of what a program was not granted"),
    ("wat tree [PID]", "the nodes of a running tree: state, memory, messages, who waits for whom"),
    ("wat top [PID]", "the same in a terminal, kept up to date: sort, select, see what a node waits for"),
    ("wat tap PID PATH", "the values that pass between the node at PATH and its parent, live"),
    ("wat log-level PID PATH LEVEL", "which events the node at PATH and all below it write from now on"),
    ("wat metrics [PID]", "the figures of a tree as text for Prometheus"),
    (
        "wat chaos … -- COMMAND",
        "faults in a running tree, and each request's fate; its options: wat chaos --help",
    ),
    ("wat new NAME", "a directory with a project: a program, its test and a README"),
    ("wat help [COMMAND]", "what a command does, its options, lines to try"),
];

pub const FLAGS: &[Flag] = &[
    Flag {
        name: "in",
        value: Some("edn|lines"),
        help: "how stdin is read: EDN values, or each line a String",
    },
    Flag { name: "out", value: Some("edn|lines"), help: "how stdout is written: EDN, or each String bare" },
    Flag {
        name: "log",
        value: Some("text|edn|json"),
        help: "how the tree's log looks on stderr: text on a terminal, EDN elsewhere",
    },
    Flag {
        name: "trace",
        value: None,
        help: "a trace for each request that comes without one; its events tell it",
    },
    Flag {
        name: "diagnostics",
        value: Some("text|json"),
        help: "how mistakes are shown: drawn, or one JSON object a line",
    },
    Flag {
        name: "set",
        value: Some("NAME=EDN"),
        help: "a setting in place of that in wat.edn, for (wat.env/setting :NAME)",
    },
    Flag {
        name: "html",
        value: Some("DIR"),
        help: "doc: write the book, the library and the project as pages",
    },
    Flag {
        name: "filter",
        value: Some("TEXT"),
        help: "test, tap: only tests with TEXT in their names, or values with it",
    },
    Flag {
        name: "tier",
        value: Some("process|thread"),
        help: "test: what each test runs in; a process unless told otherwise",
    },
    Flag {
        name: "limit",
        value: Some("SECONDS"),
        help: "test: how long a test may take; 60 unless told otherwise",
    },
    Flag {
        name: "report",
        value: Some("text|edn"),
        help: "test: for a person, or of one file an EDN event a line",
    },
    Flag {
        name: "from",
        value: Some("N"),
        help: "test, with --report edn: begin with the file's test N, the first being 0",
    },
    Flag { name: "check", value: None, help: "fmt: print what would change, write nothing" },
    Flag { name: "edn", value: None, help: "fmt: the reader's additions as any EDN reader reads them" },
    Flag {
        name: "authority",
        value: Some("GRANTS"),
        help: "what the program may reach, [(fs-read \"/data\") (net-listen 80)]; all you may, without",
    },
    Flag {
        name: "require-sandbox",
        value: None,
        help: "run nothing where this machine lacks a mechanism; see wat doctor",
    },
    Flag { name: "debuggable", value: None, help: "leave processes open to debuggers" },
    Flag { name: "waits", value: None, help: "tree: also the waits of a second and longer" },
    Flag { name: "json", value: None, help: "tree, tap: one JSON object, or one for each value" },
    Flag { name: "watch", value: None, help: "tree: again each second, with messages per second" },
    Flag { name: "requests", value: None, help: "tap: only what goes to the node" },
    Flag { name: "replies", value: None, help: "tap: only what comes from it" },
    Flag { name: "trace", value: Some("ID"), help: "tap: only requests of this trace, and their answers" },
    Flag { name: "otlp", value: None, help: "metrics: as OpenTelemetry's OTLP in JSON" },
    Flag { name: "help", value: None, help: "this text" },
    Flag { name: "version", value: None, help: "wat's version" },
];

/// The command and its options, or what is wrong with the words.
pub fn parse() -> Result<(Command, Options), String> {
    let mut parser = Parser::from_env();
    let mut options = Options::default();
    let mut words: Vec<String> = Vec::new();
    let mut given: Vec<String> = Vec::new();
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        if let Arg::Long(name) = arg {
            given.push(name.to_string());
        }
        match arg {
            Arg::Short('h') | Arg::Long("help") => {
                return Ok((Command::Help { about: words.into_iter().next() }, options));
            }
            Arg::Short('V') | Arg::Long("version") => return Ok((Command::Version, options)),
            Arg::Long("in") => options.input = format(&mut parser, "in")?,
            Arg::Long("out") => options.output = format(&mut parser, "out")?,
            Arg::Long("log") => {
                options.log = Some(logs::Form::named(&one_of(&mut parser, "log", logs::Form::WORDS)?));
            }
            Arg::Long("trace") if words.first().is_some_and(|word| word == "tap") => {
                let number = value(&mut parser, "trace", "the number of a trace")?;
                if number.len() != 32 || !number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                    return Err(format!(
                        "--trace wants 32 hexadecimal digits, as (trace-id) has them, not {number}"
                    ));
                }
                options.of_trace = Some(number);
            }
            Arg::Long("trace") => options.trace = true,
            Arg::Long("diagnostics") => {
                options.json = one_of(&mut parser, "diagnostics", &["text", "json"])? == "json";
            }
            Arg::Long("set") => options.set.push(value(&mut parser, "set", "NAME=EDN")?),
            // What `wat repl` says to the process of an expression; nobody else has a use for it.
            Arg::Long("inputs") => options.inputs = value(&mut parser, "inputs", "places")?,
            Arg::Long("html") => options.html = Some(value(&mut parser, "html", "a directory")?),
            Arg::Long("filter") => options.filter = Some(value(&mut parser, "filter", "a text")?),
            Arg::Long("tier") => {
                let word = one_of(&mut parser, "tier", &["process", "thread"])?;
                options.tier = if word == "thread" { Tier::Thread } else { Tier::Process };
            }
            Arg::Long("limit") => {
                let word = value(&mut parser, "limit", "a number of seconds")?;
                let seconds = word.parse().ok().filter(|s: &f64| (0.001..=1e9).contains(s));
                let seconds =
                    seconds.ok_or_else(|| format!("--limit wants a number of seconds, not {word}"))?;
                options.limit_ms = (seconds * 1e3) as u64;
            }
            Arg::Long("report") => {
                options.events = one_of(&mut parser, "report", &["text", "edn"])? == "edn";
            }
            Arg::Long("from") => {
                let word = value(&mut parser, "from", "a test's number")?;
                options.from =
                    word.parse().map_err(|_| format!("--from wants a test's number, not {word}"))?;
            }
            Arg::Long("check") => options.check = true,
            Arg::Long("edn") => options.edn = true,
            Arg::Long("authority") => options.authority = Some(value(&mut parser, "authority", "grants")?),
            Arg::Long("require-sandbox") => options.require_sandbox = true,
            Arg::Long("debuggable") => options.debuggable = true,
            Arg::Long("waits") => options.waits = true,
            Arg::Long("json") => options.as_json = true,
            Arg::Long("otlp") => options.otlp = true,
            Arg::Long("requests") => options.requests = true,
            Arg::Long("replies") => options.replies = true,
            Arg::Long("watch") => options.watch = true,
            Arg::Value(word) => {
                let first = words.is_empty();
                words.push(text(word)?);
                if first && words[0] == "chaos" {
                    let rest = parser.raw_args().map_err(|e| e.to_string())?;
                    let words = rest.map(text).collect::<Result<_, _>>()?;
                    return fits("chaos", &given).map(|()| (Command::Chaos { words }, options));
                }
                if first && words[0] == "run" {
                    let rest = parser.raw_args().map_err(|e| e.to_string())?;
                    let args = rest.map(text).collect::<Result<_, _>>()?;
                    return fits("run", &given).map(|()| (Command::Main { args }, options));
                }
                if first && !help::words().any(|known| known == words[0]) {
                    // What follows the program's file is the program's.
                    let rest = parser.raw_args().map_err(|e| e.to_string())?;
                    let args = rest.map(text).collect::<Result<_, _>>()?;
                    let file = words.remove(0);
                    return fits("FILE", &given).map(|()| (Command::Run { file, args }, options));
                }
            }
            Arg::Short(c) => return Err(format!("unknown option -{c}")),
            Arg::Long(name) => return Err(unknown(name)),
        }
    }
    let command = match words.split_first() {
        None => return fits("run", &given).map(|()| (Command::Main { args: Vec::new() }, options)),
        Some((word, files)) if word == "check" => Command::Check { files: files.to_vec() },
        Some((word, [file])) if word == "expand" => Command::Expand { file: file.clone() },
        Some((word, _)) if word == "expand" => return Err("expand which file? wat expand FILE".to_string()),
        Some((word, [])) if word == "repl" => Command::Repl,
        Some((word, _)) if word == "repl" => {
            return Err("a session has no arguments: wat repl".to_string());
        }
        Some((word, paths)) if word == "test" => match paths {
            paths if options.events && paths.len() != 1 => {
                return Err("--report edn is for the tests of one file".to_string());
            }
            paths => Command::Test { paths: paths.to_vec() },
        },
        Some((word, paths)) if word == "fmt" => Command::Format { paths: paths.to_vec() },
        Some((word, [pid, path, level])) if word == "log-level" => {
            Command::LogLevel { pid: process(pid)?, path: path.clone(), level: level.clone() }
        }
        Some((word, _)) if word == "log-level" => {
            return Err("whose, and which? wat log-level PID PATH LEVEL".to_string());
        }
        Some((word, [])) if word == "doctor" => Command::Doctor,
        Some((word, _)) if word == "doctor" => return Err("wat doctor has no arguments".to_string()),
        Some((word, [pid, path])) if word == "tap" => Command::Tap { pid: process(pid)?, path: path.clone() },
        Some((word, _)) if word == "tap" => {
            return Err("which edge? wat tap PID PATH, where wat tree shows both".to_string());
        }
        Some((word, pids)) if matches!(word.as_str(), "tree" | "top" | "metrics") => {
            let pid = match pids {
                [] => None,
                [pid] => Some(process(pid)?),
                _ => return Err(format!("one tree at a time: wat {word} [PID]")),
            };
            match word.as_str() {
                "tree" => Command::Tree { pid },
                "top" => Command::Top { pid },
                _ => Command::Metrics { pid },
            }
        }
        Some((word, [name])) if word == "new" => Command::New { name: name.clone() },
        Some((word, _)) if word == "new" => return Err("new what? wat new NAME".to_string()),
        Some((word, [])) if word == "doc" => Command::Doc { name: None },
        Some((word, [name])) if word == "doc" => Command::Doc { name: Some(name.clone()) },
        Some((word, _)) if word == "doc" => return Err("one name at a time: wat doc NAME".to_string()),
        Some((word, about)) if word == "help" => Command::Help { about: about.first().cloned() },
        Some((_, [code])) => Command::Explain { code: code.clone() },
        Some(_) => return Err("explain which code? wat explain CODE".to_string()),
    };
    fits(&words[0], &given).map(|()| (command, options))
}

/// Have all the options a meaning for the command?
fn fits(command: &str, given: &[String]) -> Result<(), String> {
    for name in given {
        let mut all = FLAGS.iter().filter(|flag| flag.name == name);
        let Some(flag) = all.clone().next() else { continue };
        if !all.any(|flag| help::takes(command, flag)) {
            let what = if command == "FILE" { "running a program".into() } else { format!("wat {command}") };
            let whose = match help::commands(flag).as_slice() {
                [] => "running a program".to_string(),
                words => format!("wat {}", words.join(" and wat ")),
            };
            return Err(format!("--{name} is an option of {whose}, not of {what}"));
        }
    }
    Ok(())
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

fn value(parser: &mut Parser, name: &str, what: &str) -> Result<String, String> {
    text(parser.value().map_err(|_| format!("--{name} wants {what}"))?)
}

fn process(word: &str) -> Result<i32, String> {
    word.parse().ok().filter(|pid| *pid > 0).ok_or_else(|| format!("a PID is a number, not {word}"))
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
