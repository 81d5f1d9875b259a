//! The process that compiles one file and runs its tests, and how its parent follows it: one EDN event a line on its
//! stdout. Where it ends before its tests have, another goes on after the test that ended it.

use super::{Failure, Verdict, Why};
use crate::options::{Options, Tier};
use crate::{exit, report};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use wat_edn::Value;

/// What a file's tests came to.
#[derive(Default)]
pub struct Run {
    pub verdicts: Vec<Verdict>,
    /// Tests whose names the filter does not find.
    pub left_out: usize,
    /// It did not compile, or could not be started.
    pub broken: bool,
    /// What stderr is to be told: diagnostics, or why nothing ran.
    pub told: String,
}

/// A test that does not end after its time and this long is ended with all that its process runs.
const GRACE: Duration = Duration::from_secs(30);

/// Runs the tests of a file; `tell` hears of each as it ends.
pub fn run(file: &str, options: &Options, tell: &mut dyn FnMut(&Verdict)) -> Run {
    let mut run = Run::default();
    let mut from = 0;
    loop {
        match follow(file, options, from, &mut run, tell) {
            Ok(Some(next)) => from = next,
            Ok(None) => return run,
            Err(reason) => {
                run.broken = true;
                run.told.push_str(&format!("wat: {reason}\n"));
                return run;
            }
        }
    }
}

/// One process of the file. The number of the test with which the next one begins, where one is needed.
fn follow(
    file: &str,
    options: &Options,
    from: usize,
    run: &mut Run,
    tell: &mut dyn FnMut(&Verdict),
) -> Result<Option<usize>, String> {
    let mut child = start(file, options, from).map_err(|e| format!("start the tests of {file}: {e}"))?;
    let (lines, stderr) = (lines_of(&mut child), stderr_of(&mut child));
    let mut tests: Vec<(String, i64)> = Vec::new();
    let mut begun: Option<usize> = None;
    let mut ended: Vec<(usize, Option<Failure>)> = Vec::new();
    let mut hung = false;
    let limit = Duration::from_millis(options.limit_ms) + GRACE;
    loop {
        let line = match begun {
            Some(_) => match lines.recv_timeout(limit) {
                Err(RecvTimeoutError::Timeout) => {
                    hung = true;
                    let _ = child.kill();
                    break;
                }
                other => other.ok(),
            },
            None => lines.recv().ok(),
        };
        let Some(line) = line else { break };
        let Some((word, fields)) = event(&line) else { continue };
        let number = fields.get("test").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
        match (word.as_str(), number) {
            ("Found", _) => {
                tests = listed(&fields);
                run.left_out = fields.get("left-out").and_then(Value::as_int).unwrap_or(0) as usize;
            }
            ("Began", Some(n)) => begun = Some(n),
            ("Ended", Some(n)) => {
                begun = None;
                let failure = failure(&fields);
                // Of a failure the verdict is told now, what was on stderr is known at the end.
                let (title, line) = tests.get(n).cloned().unwrap_or_default();
                let mut verdict = Verdict { title, line, failure };
                tell(&verdict);
                ended.push((n, verdict.failure.take()));
            }
            _ => {}
        }
    }
    let status = child.wait().map_err(|e| format!("wait for the tests of {file}: {e}"))?;
    let said = stderr.join().unwrap_or_default();
    let found = !tests.is_empty();
    if let Some(n) = begun {
        let how = if hung { "it did not end when its time was over".to_string() } else { how(status) };
        let failure = Failure { why: Why::Lost(how), stdout: Vec::new(), stderr: Vec::new() };
        let (title, line) = tests.get(n).cloned().unwrap_or_default();
        let mut verdict = Verdict { title, line, failure: Some(failure) };
        tell(&verdict);
        ended.push((n, verdict.failure.take()));
    }
    for (n, mut failure) in ended {
        if let Some(failure) = &mut failure
            && failure.stderr.is_empty()
        {
            failure.stderr = stderr_of_test(&said, n);
        }
        let (title, line) = tests.get(n).cloned().unwrap_or_default();
        run.verdicts.push(Verdict { title, line, failure });
    }
    if begun.is_none() && !status.success() {
        run.broken = true;
        run.told.push_str(&said);
        if status.code() != Some(exit::COMPILE) {
            run.told
                .push_str(&format!("wat: the tests of {file} did not run to their end: {}\n", how(status)));
        }
    } else if from == 0 {
        // Warnings come before the first test begins.
        let warnings = said.split("#wat.test.Event/Began").next().unwrap_or_default();
        run.told.push_str(warnings);
    }
    Ok(begun.map(|n| n + 1).filter(|next| found && *next < tests.len()))
}

fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("the process that ran it was ended by signal {signal}"),
        (_, Some(code)) => format!("the process that ran it left with code {code}"),
        _ => "the process that ran it ended".to_string(),
    }
}

fn start(file: &str, options: &Options, from: usize) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--report", "edn", "--tier", options.tier.name()]);
    command.args(["--limit", &(options.limit_ms as f64 / 1e3).to_string(), "--from", &from.to_string()]);
    if let Some(filter) = &options.filter {
        command.args(["--filter", filter]);
    }
    for setting in &options.set {
        command.args(["--set", setting]);
    }
    if options.json {
        command.args(["--diagnostics", "json"]);
    }
    command.args(["test", "--", file]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

fn lines_of(child: &mut Child) -> Receiver<Vec<u8>> {
    let (sent, lines) = channel();
    if let Some(out) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(out).split(b'\n').map_while(Result::ok) {
                if sent.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

/// More than this of a file's stderr is dropped.
const MOST_STDERR: u64 = 16 << 20;

fn stderr_of(child: &mut Child) -> JoinHandle<String> {
    let err = child.stderr.take();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut err) = err {
            // What was read before an error is what there is to show.
            let _ = (&mut err).take(MOST_STDERR).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut err, &mut std::io::sink());
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The name and the fields of an event.
fn event(line: &[u8]) -> Option<(String, Value)> {
    let Value::Tagged(tagged) = Value::parse(line).ok()? else { return None };
    let word = tagged.0.strip_prefix("wat.test.Event/")?.to_string();
    Some((word, tagged.1))
}

fn listed(fields: &Value) -> Vec<(String, i64)> {
    let Some(Value::Vector(tests)) = fields.get("tests") else { return Vec::new() };
    let one = |test: &Value| {
        let title = test.get("title").and_then(Value::as_str).unwrap_or_default().to_string();
        (title, test.get("line").and_then(Value::as_int).unwrap_or(0))
    };
    tests.iter().map(one).collect()
}

/// None for a test that passed.
fn failure(fields: &Value) -> Option<Failure> {
    let crash = match fields.get("crash") {
        Some(Value::Tagged(tagged)) => tagged.1.clone(),
        _ => return None,
    };
    let mut stdout: Vec<String> = match fields.get("out") {
        Some(Value::Vector(values)) => values.iter().map(Value::to_string).collect(),
        _ => Vec::new(),
    };
    match fields.get("more").and_then(Value::as_int) {
        Some(more) if more > 0 => stdout.push(format!("… and {more} more")),
        _ => {}
    }
    let stderr = match crash.get("stderr") {
        Some(Value::Vector(lines)) => lines.iter().filter_map(Value::as_str).map(str::to_string).collect(),
        _ => Vec::new(),
    };
    let late = fields.get("late") == Some(&Value::Bool(true));
    let why = if late { Why::Late } else { Why::Crash(crash) };
    Some(Failure { why, stdout, stderr })
}

/// What was written to the shared stderr while a test ran.
fn stderr_of_test(said: &str, number: usize) -> Vec<String> {
    let is_mark = |line: &&str| line.starts_with("#wat.test.Event/Began ");
    let own = format!("#wat.test.Event/Began {{:test {number}}}");
    let lines = said.lines().skip_while(|line| *line != own).skip(1);
    lines.take_while(|line| !is_mark(line)).map(str::to_string).collect()
}

/// The child's side: compiles the file and runs its tests, with an event a line on stdout.
pub fn events(file: &str, options: &Options) -> i32 {
    let compiled = match wat_driver::compile_tests(file) {
        Ok(compiled) => compiled,
        Err(found) => {
            report::print(&found, options.json);
            return exit::COMPILE;
        }
    };
    report::print(&compiled.report, options.json);
    let filter = options.filter.as_deref().unwrap_or_default();
    let wanted: Vec<usize> =
        (0..compiled.tests.len()).filter(|n| compiled.tests[*n].0.contains(filter)).collect();
    let left_out = compiled.tests.len() - wanted.len();
    if write(&found(&compiled.tests, left_out)).is_err() {
        return 0;
    }
    let numbers: Vec<usize> = wanted.into_iter().filter(|n| *n >= options.from).collect();
    if numbers.is_empty() {
        return 0;
    }
    let settings = match wat_driver::project::settings(&options.set) {
        Ok(settings) => settings,
        Err(mistake) => {
            report::write(&format!("wat: {mistake}\n"));
            return exit::MISUSE;
        }
    };
    let mut args = vec![options.tier.name().to_string(), options.limit_ms.to_string()];
    args.extend(numbers.iter().map(usize::to_string));
    let root = wat_host::Root {
        authority: wat_host::Authority::whole(),
        debuggable: false,
        image: &compiled.image,
        program: &compiled.program,
        args,
        settings,
        lines_in: false,
        lines_out: false,
        draw: crate::seeing::dump,
        log: None,
        tracing: false,
    };
    let end = wat_host::root(root, &|text| report::write(&format!("{text}\n")), crate::LIBRARY);
    end.unwrap_or_else(|reason| {
        report::write(&format!("wat: {reason}\n"));
        exit::MISUSE
    })
}

fn found(tests: &[(String, u32)], left_out: usize) -> Value {
    let map = |pairs: Vec<(&str, Value)>| {
        Value::Map(pairs.into_iter().map(|(key, value)| (Value::keyword(key), value)).collect())
    };
    let one = |(title, line): &(String, u32)| {
        map(vec![("title", Value::string(title.as_str())), ("line", Value::Int(i64::from(*line)))])
    };
    let tests = Value::Vector(tests.iter().map(one).collect());
    let left_out = Value::Int(i64::try_from(left_out).unwrap_or(i64::MAX));
    Value::tagged("wat.test.Event/Found", map(vec![("tests", tests), ("left-out", left_out)]))
}

fn write(value: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{value}")?;
    out.flush()
}

impl Tier {
    fn name(self) -> &'static str {
        match self {
            Tier::Process => "process",
            Tier::Thread => "thread",
        }
    }
}
