//! Mutated inputs for every parser of wat: no panic, no hang, no growth.
//!
//! `cargo run -p wat-fuzz -- TARGET… [--seconds N] [--seed S]`, where `all` is every target and N the seconds for each. It
//! fuzzes as many at once as there are processors, and prints for each target the inputs given, how many were accepted and refused, the most memory its process held,
//! and the input that took longest. An input that ends the process, takes more than [`HANG`], or takes memory beyond
//! the target's bound ends the run: it is shown, and written to a file.
//!
//! Each target runs in a process of its own (`target.rs`), so that whatever an input does is seen from outside. What mutates is
//! `mutate.rs`; the readers called in place are in `inside.rs`; nothing here knows a format.

mod inside;
mod mutate;
mod names;
mod process;
mod sockets;
mod target;

use mutate::Mutator;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use target::{TARGETS, Target, Word};

/// No input may take longer.
const HANG: Duration = Duration::from_secs(10);
/// Inputs for one process: a new one begins after them, so that what it keeps of its inputs shows as growth.
const BATCH: usize = 20_000;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Vec<String>) -> Result<(), String> {
    let (mut seconds, mut seed, mut names) = (10, 1, Vec::new());
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
        match arg.as_str() {
            "--seconds" => seconds = whole(&value()?)?,
            "--seed" => seed = whole(&value()?)?,
            "--inside" => return inside::serve(&value()?),
            _ => names.push(arg),
        }
    }
    let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    if names.is_empty() {
        return Err(format!("name a target, or all: {}", all.join(" ")));
    }
    if names == ["all"] {
        names = all.iter().map(|name| name.to_string()).collect();
    }
    let found: Result<Vec<Target>, String> = names
        .iter()
        .map(|name| {
            target::find(name).ok_or_else(|| format!("no target {name}; there are: {}", all.join(" ")))
        })
        .collect();
    at_once(&found?, Duration::from_secs(seconds), seed)
}

/// Each target once, one for each processor at a time. The first failure is answered once those under way have ended.
fn at_once(targets: &[Target], time: Duration, seed: u64) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let failed = OnceLock::new();
    let work = || {
        while failed.get().is_none()
            && let Some(target) = targets.get(next.fetch_add(1, Ordering::SeqCst))
        {
            match fuzz(target, time, seed) {
                Ok(line) => println!("{line}"),
                // Another's may have come first.
                Err(failure) => drop(failed.set(failure)),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    failed.into_inner().map_or(Ok(()), Err)
}

fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no whole number"))
}

/// What was done to a target.
#[derive(Default)]
struct Counts {
    inputs: u64,
    accepted: u64,
    memory_kib: u64,
    slowest: Duration,
    slowest_input: Vec<u8>,
}

/// One line of what happened, or the input that broke the target.
fn fuzz(target: &Target, time: Duration, seed: u64) -> Result<String, String> {
    let mut mutator = Mutator::new(target.seeds(), target.is_text, seed);
    let mut counts = Counts::default();
    let start = Instant::now();
    while start.elapsed() < time {
        batch(target, &mut mutator, start + time, &mut counts).map_err(|(failure, input)| {
            let file = std::env::temp_dir().join(format!("wat-fuzz-{}-{seed}", target.name));
            let kept = match std::fs::write(&file, &input) {
                Ok(()) => format!("written to {}", file.display()),
                Err(error) => format!("{}: {error}", file.display()),
            };
            format!(
                "{} --seed {seed}, input {}: {failure}\n  {}\n  {kept}",
                target.name,
                counts.inputs,
                shown(&input)
            )
        })?;
    }
    Ok(format!(
        "{}: {} inputs in {} s with seed {seed}: {} accepted, {} refused; {} KiB at most; slowest {:.1} ms: {}",
        target.name,
        counts.inputs,
        time.as_secs(),
        counts.accepted,
        counts.inputs - counts.accepted,
        counts.memory_kib,
        counts.slowest.as_secs_f64() * 1000.0,
        shown(&counts.slowest_input),
    ))
}

/// Inputs for one process of the target, until `until`.
fn batch(
    target: &Target,
    mutator: &mut Mutator,
    until: Instant,
    counts: &mut Counts,
) -> Result<(), (String, Vec<u8>)> {
    let mut asked = (target.start)(target.name).map_err(|error| (error, Vec::new()))?;
    for i in 0..BATCH {
        let input = mutator.next();
        let begin = Instant::now();
        let word = match asked.ask(&input) {
            Ok(word) => word,
            Err(failure) => return Err((format!("{failure}\n{}", asked.talk().last_words()), input)),
        };
        let took = begin.elapsed();
        counts.inputs += 1;
        if word == Word::Accepted {
            counts.accepted += 1;
            mutator.keep(&input);
        }
        if took > counts.slowest {
            (counts.slowest, counts.slowest_input) = (took, input.clone());
        }
        if i % 256 == 0 || took > HANG / 100 {
            grown(target, &mut *asked, counts).map_err(|failure| (failure, input))?;
        }
        if Instant::now() > until {
            break;
        }
    }
    grown(target, &mut *asked, counts).map_err(|failure| (failure, Vec::new()))?;
    asked.end().map_err(|failure| (failure, Vec::new()))
}

fn grown(target: &Target, asked: &mut dyn target::Asked, counts: &mut Counts) -> Result<(), String> {
    let used = process::resident_kib(asked.talk().pid());
    counts.memory_kib = counts.memory_kib.max(used);
    if used > target.memory_kib {
        return Err(format!("{used} KiB of memory, more than {}", target.memory_kib));
    }
    Ok(())
}

/// The beginning of an input for a line of text.
fn shown(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let begin: String = text.chars().take(60).collect();
    let rest = if text.chars().count() > 60 { format!(" … {} bytes", input.len()) } else { String::new() };
    format!("{begin:?}{rest}")
}
