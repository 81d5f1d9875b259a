//! `cargo xtask laws`: runs the rows of the table, one test at a time, and prints what came of each.

use crate::build;
use crate::table::{self, Row};
use std::collections::BTreeMap;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Wanted {
    full: bool,
    mutations: bool,
    /// As an ordinary user, where this is root.
    user: bool,
    /// With pipes of one page in every tree.
    small_pipes: bool,
    only: Vec<String>,
}

pub fn parse(words: &[&str]) -> Result<Wanted, String> {
    let mut wanted = Wanted::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--full" => wanted.full = true,
            "--mutations" => wanted.mutations = true,
            "--user" => wanted.user = true,
            "--small-pipes" => wanted.small_pipes = true,
            "--only" => wanted.only.push(words.next().ok_or("--only wants a text")?.to_string()),
            other => return Err(format!("unknown option {other}")),
        }
    }
    if wanted.mutations && (wanted.full || wanted.small_pipes) {
        return Err("mutations run alone: --mutations, or --full and --small-pipes".to_string());
    }
    Ok(wanted)
}

/// The exit code: 0 where every law holds, or fails without its mechanism.
pub fn run(wanted: &Wanted) -> i32 {
    match judge(wanted) {
        Ok(failures) => i32::from(failures > 0),
        Err(reason) => {
            eprintln!("xtask: {reason}");
            70
        }
    }
}

fn judge(wanted: &Wanted) -> Result<usize, String> {
    let asked = |row: &Row| {
        wanted.only.is_empty()
            || wanted.only.iter().any(|text| row.law == *text || row.test.contains(text.as_str()))
    };
    let mut rows: Vec<Row> = table::rows()?.into_iter().filter(asked).collect();
    if wanted.mutations {
        rows.retain(|row| !row.mutation.is_empty());
    } else {
        // One run, however many mutations a test has.
        rows.dedup_by(|a, b| a.test == b.test && a.binary == b.binary);
    }
    let mut binaries: BTreeMap<String, String> = BTreeMap::new();
    for row in &rows {
        if !binaries.contains_key(&row.binary) {
            binaries.insert(row.binary.clone(), build::binary(&row.binary)?);
        }
    }
    let home = wanted.user.then(Home::new).transpose()?;
    let what = if wanted.mutations { "without | fails" } else { "rounds | failures" };
    println!("| law | test | {what} | time | seen |\n|---|---|---|---|---|---|");
    let mut failures = 0;
    for row in &rows {
        let ran = Ran::of(row, &binaries[&row.binary], wanted, home.as_ref())?;
        let holds = if wanted.mutations { ran.failed && ran.text.contains(&row.seen) } else { !ran.failed };
        failures += usize::from(!holds);
        let seconds = ran.time.as_secs_f64();
        let test = row.test.rsplit("::").next().unwrap_or_default();
        let (first, second) = if wanted.mutations {
            (row.mutation.clone(), if holds { "yes" } else { "NO" }.to_string())
        } else {
            (ran.rounds().to_string(), usize::from(ran.failed).to_string())
        };
        let seen = if ran.failed { ran.failure() } else { String::new() };
        println!("| {} | {test} | {first} | {second} | {seconds:.1} s | {seen} |", row.law);
        let figures = |line: &&str| FIGURES.iter().any(|word| line.starts_with(word));
        // The first of a test stands behind its name.
        let said = ran.text.lines().map(|line| line.split_once(" ... ").map_or(line, |(_, said)| said));
        for line in said.filter(figures).filter(|_| !wanted.mutations) {
            println!("    {line}");
        }
        if !holds {
            eprintln!("{}", ran.text);
        }
    }
    println!("{} tests, {failures} not as they must be", rows.len());
    Ok(failures)
}

/// The beginnings of the lines of a test that are shown below its row.
const FIGURES: [&str; 6] = ["WAT_SEED=", "memory depth", "requests ", "faults ", "tree: ", "left behind: "];

/// The user and group called nobody, who owns nothing.
const ORDINARY: u32 = 65534;

/// A directory for that user's temporary files; it goes with the value.
struct Home(PathBuf);

impl Home {
    fn new() -> Result<Home, String> {
        let path = std::env::temp_dir().join(format!("wat-user-{}", std::process::id()));
        let made = std::fs::create_dir(&path).and_then(|()| chown(&path, Some(ORDINARY), Some(ORDINARY)));
        made.map_err(|e| format!("{} for the user {ORDINARY}: {e} (--user is for root)", path.display()))?;
        Ok(Home(path))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What cannot be removed is in a temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One run of one test.
struct Ran {
    failed: bool,
    text: String,
    time: Duration,
}

impl Ran {
    fn of(row: &Row, binary: &str, wanted: &Wanted, home: Option<&Home>) -> Result<Ran, String> {
        let mut command = Command::new(binary);
        command.arg(&row.test);
        if !is_kernels(row) {
            command.args(["--exact", "--nocapture", "--test-threads", "1"]);
        }
        // Where cargo would run it: beside the package's Cargo.toml.
        let package = if is_kernels(row) { "crates/wat-kernel" } else { "crates/wat" };
        command.current_dir(table::repository().join(package));
        if wanted.mutations {
            command.env("WAT_MUTATION", &row.mutation);
        }
        if wanted.small_pipes {
            command.env("WAT_MUTATION", "one-page");
        }
        if wanted.full {
            command.env("WAT_LAWS", "full");
        }
        if let Some(home) = home {
            command.uid(ORDINARY).gid(ORDINARY).env("TMPDIR", &home.0).env("HOME", &home.0);
        }
        let begun = Instant::now();
        let output = command.output().map_err(|e| format!("run {binary}: {e}"))?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if !text.contains("running 1 test") && !text.contains(&format!("test {} ...", row.test)) {
            return Err(format!("{} has no test {}", row.binary, row.test));
        }
        Ok(Ran { failed: !output.status.success(), text, time: begun.elapsed() })
    }

    /// As the test says, 1 where it says nothing.
    fn rounds(&self) -> u64 {
        let said =
            self.text.lines().filter_map(|line| line.split_once("law rounds ")?.1.trim().parse::<u64>().ok());
        said.sum::<u64>().max(1)
    }

    /// The first line of what the failing test said, cut to fit a table.
    fn failure(&self) -> String {
        let mut lines = self.text.lines().skip_while(|line| !line.contains("panicked at"));
        let line = lines.nth(1).or_else(|| self.text.lines().find(|line| line.contains("FAILED")));
        line.unwrap_or_default().replace('|', "/").chars().take(110).collect()
    }
}

/// Of the kernel's tests, which have a runner of their own.
fn is_kernels(row: &Row) -> bool {
    matches!(row.binary.as_str(), "kernel" | "escapes")
}
