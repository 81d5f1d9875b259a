//! The commands: each takes its words and answers an exit code.

use crate::options::{self, Command, Format, Options};
use crate::{
    chaos, crash, doc, doctor, exit, formatting, help, logs, newproject, repl, report, seeing, testing,
};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use wat_driver::project;
use wat_driver::{Compiled, Report};
use wat_host::{Authority, grants};
use wat_source::{Code, suggest};

pub fn run() -> i32 {
    match options::parse() {
        Ok((command, options)) => obey(command, &options),
        Err(mistake) => misuse(&mistake),
    }
}

fn obey(command: Command, options: &Options) -> i32 {
    if looks_at_project(&command)
        && let Err(found) = project::here()
    {
        report::print(found, options.json);
        return exit::COMPILE;
    }
    match command {
        Command::Main { args } => main_program(args, options),
        Command::Run { file, args } => program(&file, args, options),
        Command::Check { files } if files.is_empty() => check_project(options),
        Command::Check { files } => check(&files, options),
        Command::Expand { file } => expand(&file, options),
        Command::Explain { code } => explain(&code),
        Command::Doc { name } => match (&options.html, name) {
            (Some(_), Some(_)) => misuse("--html writes all pages: wat doc --html DIR"),
            (Some(directory), None) => doc::pages(directory),
            (None, name) => doc::run(name.as_deref()),
        },
        Command::Repl => repl::run(options),
        Command::Test { paths } if options.events => testing::events(&paths[0], options),
        Command::Test { paths } => testing::run(&places(paths), options),
        Command::Format { paths } => formatting::run(&places(paths), options),
        Command::New { name } => newproject::run(&name),
        Command::Doctor => print(&doctor::text()),
        Command::Tree { pid } => seeing::tree(pid, options),
        Command::Tap { pid, path } => seeing::tap(pid, &path, options),
        Command::LogLevel { pid, path, level } => seeing::log_level(pid, &path, &level),
        Command::Top { pid } => seeing::top(pid),
        Command::Metrics { pid } => seeing::metrics(pid, options),
        Command::Chaos { words } => chaos::run(words),
        Command::Help { about } => help_about(about.as_deref()),
        Command::Version => print(&format!("wat {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

/// Does it read wat.edn, which must then be right?
fn looks_at_project(command: &Command) -> bool {
    use Command::*;
    matches!(
        command,
        Run { .. }
            | Main { .. }
            | Check { .. }
            | Expand { .. }
            | Doc { .. }
            | Repl
            | Test { .. }
            | Format { .. }
    )
}

/// What was named; else the source roots of the project; else the working directory.
fn places(named: Vec<String>) -> Vec<String> {
    let project = project::here().ok().flatten();
    match project.filter(|_| named.is_empty()) {
        Some(project) => project.paths.iter().map(|path| shown(path)).collect(),
        None if named.is_empty() => vec![".".to_string()],
        None => named,
    }
}

fn shown(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_string() } else { path.display().to_string() }
}

fn main_program(args: Vec<String>, options: &Options) -> i32 {
    let Some(project) = project::here().ok().flatten() else {
        return misuse(
            "which program? wat FILE runs one; wat alone runs that of a project, and there is no wat.edn here or above",
        );
    };
    match &project.main {
        Some(main) => program(&shown(main), args, options),
        None => {
            misuse("wat.edn does not say what to run: give it :main and a namespace, as in {:main shop.main}")
        }
    }
}

fn check_project(options: &Options) -> i32 {
    if project::here().ok().flatten().is_none() {
        return misuse(
            "check which file? wat check FILE…; without one it checks a project, and there is no wat.edn here or above",
        );
    }
    let files: Vec<String> = places(Vec::new())
        .iter()
        .flat_map(|place| wat_driver::docs::files_below(Path::new(place)))
        .map(|file| shown(file.strip_prefix("./").unwrap_or(&file)))
        .collect();
    check(&files, options)
}

fn help_about(about: Option<&str>) -> i32 {
    let Some(about) = about else { return print(&help::overview()) };
    match help::page(about) {
        Some(page) => print(&page),
        None => misuse(&format!("there is no command {about}{}", meant(about))),
    }
}

/// A command somebody may have wanted to write.
fn meant(word: &str) -> String {
    suggest(word, help::words()).map_or(String::new(), |near| format!("; did you mean wat {near}?"))
}

fn misuse(mistake: &str) -> i32 {
    report::write(&format!("wat: {mistake}\n  wat help lists commands and options\n"));
    exit::MISUSE
}

fn program(file: &str, args: Vec<String>, options: &Options) -> i32 {
    let is_bare = !file.contains(['.', '/']) && file != "-" && !Path::new(file).exists();
    if is_bare && !meant(file).is_empty() {
        return misuse(&format!("there is neither a file nor a command {file}{}", meant(file)));
    }
    let settings = match project::settings(&options.set) {
        Ok(settings) => settings,
        Err(mistake) => return misuse(&mistake),
    };
    let authority = match authority(options) {
        Ok(authority) => authority,
        Err(mistake) => return misuse(&mistake),
    };
    let found = match file {
        "-" => program_of_stdin(&options.inputs),
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
    let is_terminal = std::io::stderr().is_terminal();
    let form = options.log.unwrap_or(if is_terminal { logs::Form::Text } else { logs::Form::Edn });
    let color = is_terminal && std::env::var_os("NO_COLOR").is_none_or(|word| word.is_empty());
    let root = wat_host::Root {
        authority,
        debuggable: options.debuggable,
        image: &compiled.image,
        program: &compiled.program,
        args,
        settings,
        lines_in: options.input == Format::Lines,
        lines_out: options.output == Format::Lines,
        draw: seeing::dump,
        log: logs::render(form, color),
        tracing: options.trace,
    };
    let end = wat_host::root(root, &|text| crash::print(text, &compiled.report.sources), crate::LIBRARY);
    end.unwrap_or_else(|reason| {
        report::write(&format!("wat: {reason}\n"));
        exit::MISUSE
    })
}

/// What the program's tree may reach, or why it is not run.
fn authority(options: &Options) -> Result<Authority, String> {
    if options.require_sandbox {
        if options.debuggable {
            return Err("--debuggable opens what --require-sandbox wants closed".to_string());
        }
        let lacking = doctor::lacking();
        if !lacking.is_empty() {
            let lacking = lacking.join(", ");
            return Err(format!("--require-sandbox: this machine lacks {lacking}; see wat doctor"));
        }
    }
    match &options.authority {
        None => Ok(Authority::whole()),
        Some(text) => grants::of_text(text).map_err(|e| format!("--authority: {e}")),
    }
}

/// The program whose text is on stdin; it then finds its stdin at the end.
fn program_of_stdin(inputs: &str) -> Result<Compiled, Report> {
    let mut text = Vec::new();
    // What was read before an error is checked like any text.
    let _ = std::io::stdin().lock().read_to_end(&mut text);
    wat_driver::compile_inputs("stdin", text, inputs)
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
