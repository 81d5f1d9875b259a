//! The commands: each takes its words and answers an exit code.

use crate::options::{self, Command, Format, Options};
use crate::{crash, exit, formatting, newproject, repl, report, seeing, testing};
use std::io::{Read, Write};
use wat_driver::{Compiled, Report};
use wat_source::{Code, suggest};

pub fn run() -> i32 {
    match options::parse() {
        Ok((command, options)) => match command {
            Command::Run { file, args } => program(&file, args, &options),
            Command::Check { files } => check(&files, &options),
            Command::Expand { file } => expand(&file, &options),
            Command::Explain { code } => explain(&code),
            Command::Repl => repl::run(options.json),
            Command::Test { paths } if options.events => testing::events(&paths[0], &options),
            Command::Test { paths } => testing::run(&paths, &options),
            Command::Format { paths } => formatting::run(&paths, &options),
            Command::New { name } => newproject::run(&name),
            Command::Tree { pid } => seeing::tree(pid, &options),
            Command::Help => print(&options::help()),
            Command::Version => print(&format!("wat {}\n", env!("CARGO_PKG_VERSION"))),
        },
        Err(mistake) => {
            report::write(&format!("wat: {mistake}\n  wat --help lists commands and options\n"));
            exit::MISUSE
        }
    }
}

fn program(file: &str, args: Vec<String>, options: &Options) -> i32 {
    let found = match file {
        "-" => program_of_stdin(),
        file => wat_driver::compile_file(file),
    };
    let compiled = match found {
        Ok(compiled) => compiled,
        Err(found) => {
            report::print(&found, options.json);
            return exit::COMPILE;
        }
    };
    report::print(&compiled.report, options.json);
    let root = wat_host::Root {
        image: &compiled.image,
        program: &compiled.program,
        args,
        lines_in: options.input == Format::Lines,
        lines_out: options.output == Format::Lines,
        draw: seeing::dump,
    };
    let end = wat_host::root(root, &|text| crash::print(text, &compiled.report.sources), crate::rows);
    end.unwrap_or_else(|reason| {
        report::write(&format!("wat: {reason}\n"));
        exit::MISUSE
    })
}

/// The program whose text is on stdin; it then finds its stdin at the end.
fn program_of_stdin() -> Result<Compiled, Report> {
    let mut text = Vec::new();
    // What was read before an error is checked like any text.
    let _ = std::io::stdin().lock().read_to_end(&mut text);
    wat_driver::compile_text("stdin", text)
}

fn check(files: &[String], options: &Options) -> i32 {
    let mut code = 0;
    for file in files {
        let found = wat_driver::check_file(file);
        report::print(&found, options.json);
        if found.has_errors() {
            code = exit::COMPILE;
        }
    }
    code
}

fn expand(file: &str, options: &Options) -> i32 {
    let (text, found) = wat_driver::expand_file(file);
    report::print(&found, options.json);
    if found.has_errors() {
        return exit::COMPILE;
    }
    print(&text)
}

fn explain(code: &str) -> i32 {
    match Code::from_name(code) {
        Some(known) => print(known.page()),
        None => {
            let near = suggest(code, Code::ALL.iter().map(|c| c.name()));
            let help = near.map_or(String::new(), |n| format!("; did you mean {n}?"));
            report::write(&format!("wat: no diagnostic has the code {code}{help}\n"));
            exit::MISUSE
        }
    }
}

/// To stdout; a reader that has gone is not an error.
fn print(text: &str) -> i32 {
    let _ = std::io::stdout().write_all(text.as_bytes());
    0
}
