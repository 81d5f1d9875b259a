//! What `wat help`, `wat help COMMAND` and `wat COMMAND --help` print, made from the table of commands and options
//! with the examples here.

use crate::options::{COMMANDS, FLAGS, Flag};

/// A command's word, and lines to try. The word of running a file is FILE.
const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    (
        "FILE",
        &[
            ("wat hello.wat", "run a program"),
            ("wat sum.wat 1 2 3", "with arguments, which it reads by (args)"),
            ("wat --in lines --out lines count.wat < book.txt", "over plain lines of text"),
            ("wat --set port=9000 server.wat", "with a setting, which it reads by (wat.env/setting :port)"),
        ],
    ),
    ("run", &[("wat run", "run the project's main program"), ("wat run 1 2 3", "with arguments")]),
    ("check", &[("wat check shop/cart.wat", "one file"), ("wat check", "all of the project")]),
    ("expand", &[("wat expand macros.wat", "see what its macros make")]),
    ("explain", &[("wat explain type-mismatch", "what the code in an error message means")]),
    (
        "doc",
        &[
            ("wat doc map", "a function, with all its kinds"),
            ("wat doc wat.string", "a namespace"),
            ("wat doc missing-case", "an error code"),
            ("wat doc --html site", "all of it, the project and the book as pages"),
        ],
    ),
    ("repl", &[("wat repl", "then (+ 1 2), :help, :quit")]),
    (
        "test",
        &[
            ("wat test", "all tests of the project, or below this directory"),
            ("wat test shop/cart-test.wat", "those of one file"),
            ("wat test --filter total --tier thread", "some of them, in threads"),
        ],
    ),
    (
        "fmt",
        &[
            ("wat fmt", "format the project, or all files below this directory"),
            ("wat fmt --check", "say what would change, and end with 1 where something would"),
            ("wat fmt - < draft.wat", "stdin to stdout"),
            ("wat fmt --edn - < draft.wat", "as text that any EDN reader reads"),
        ],
    ),
    ("new", &[("wat new shop", "then: cd shop; wat; wat test")]),
    (
        "tree",
        &[("wat tree", "the running tree"), ("wat tree --waits 4711", "who waits for whom in that one")],
    ),
    ("top", &[("wat top", "the running tree; q ends it")]),
    (
        "tap",
        &[
            ("wat tap 4711 /0", "what passes between the root and its first child"),
            ("wat tap --replies --filter :error 4711 /0/2", "only answers with :error in them"),
            ("wat tap 4711 /0 --trace 4bf92f3577b34da6a3ce929d0e0e4736", "what one request leads to"),
        ],
    ),
    (
        "metrics",
        &[
            ("wat metrics 4711", "for a scrape of Prometheus"),
            ("wat metrics --otlp 4711 > metrics.json", "a request that an OTLP collector takes"),
        ],
    ),
    ("log-level", &[("wat log-level 4711 /0 debug", "all events of the first child and of all below it")]),
    ("doctor", &[("wat doctor", "each mechanism, and what is weaker without it")]),
    ("help", &[("wat help test", "what a command does, its options, lines to try")]),
];

const EXITS: &str = "exit: 0 ended well, 1 crashed, 2 did not compile, 64 misuse, 70 a defect in wat\n";

/// The words that are commands and no files; a program of such a name is run as ./NAME.
pub fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(form, _)| word(form)).filter(|word| *word != "FILE")
}

/// All commands and the options of every run.
pub fn overview() -> String {
    let mut out = String::from("wat: a typed Lisp whose unit of composition is the isolated process\n\n");
    for (form, what) in COMMANDS {
        out.push_str(&row(form, what));
    }
    out.push_str("\noptions, before FILE:\n");
    out.push_str(&listed(FLAGS.iter().filter(|flag| commands(flag).is_empty())));
    out.push_str("\nwat help COMMAND tells its options and lines to try\n");
    out.push_str(EXITS);
    out
}

/// What the command does, its options, lines to try.
pub fn page(command: &str) -> Option<String> {
    // Its options are its own.
    if command == "chaos" {
        return Some(crate::chaos::HELP.to_string());
    }
    let (form, what) = COMMANDS.iter().find(|(form, _)| word(form) == command)?;
    let mut out = format!("{form}\n  {what}\n");
    let own: Vec<&Flag> =
        FLAGS.iter().filter(|flag| takes(command, flag) && flag.name != "version").collect();
    out.push_str("\noptions:\n");
    out.push_str(&listed(own.into_iter()));
    if let Some((_, lines)) = EXAMPLES.iter().find(|(word, _)| *word == command) {
        out.push_str("\nfor example:\n");
        let width = lines.iter().map(|(line, _)| line.len()).max().unwrap_or(0);
        for (line, what) in *lines {
            out.push_str(&format!("  {line:width$}  {what}\n"));
        }
    }
    out.push('\n');
    out.push_str(EXITS);
    Some(out)
}

/// Has the option a meaning there?
pub fn takes(command: &str, flag: &Flag) -> bool {
    let named = commands(flag);
    match named.is_empty() {
        // How stdio is read and written, and what is reached, is the business of what runs a program.
        true => {
            let running = ["in", "out", "log", "trace", "authority", "require-sandbox", "debuggable"];
            !running.contains(&flag.name) || matches!(command, "FILE" | "run")
        }
        false => named.contains(&command),
    }
}

/// The commands that an option is for, as its help begins: `fmt: …`, `check, test: …`. None for all.
pub fn commands(flag: &Flag) -> Vec<&'static str> {
    let Some((before, _)) = flag.help.split_once(": ") else { return Vec::new() };
    let words_before = before.split(", ").map(|word| word.split(' ').next().unwrap_or(word));
    words_before.filter(|word| words().any(|known| known == *word)).collect()
}

fn listed<'a>(flags: impl Iterator<Item = &'a Flag>) -> String {
    let mut out = String::new();
    for flag in flags {
        let form = match flag.value {
            Some(value) => format!("--{} {value}", flag.name),
            None => format!("--{}", flag.name),
        };
        let help = match commands(flag).is_empty() {
            true => flag.help,
            false => flag.help.split_once(": ").map_or(flag.help, |(_, help)| help),
        };
        out.push_str(&row(&form, help));
    }
    out
}

fn row(form: &str, what: &str) -> String {
    format!("  {form:28} {what}\n")
}

fn word(form: &'static str) -> &'static str {
    form.split(' ').nth(1).unwrap_or(form)
}
