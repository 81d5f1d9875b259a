//! What wat costs beside what the machine charges: each row measures wat and the other in one run, alternating, and
//! prints the ratio of medians with the spread of pairs. A missing other is a blank cell with the reason.
//!
//! `cargo bench-all` (builds wat in release first); `--json` prints one object a row. Not a test: nothing here fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 11;

struct Row {
    name: &'static str,
    other: &'static str,
    target: f64,
    wat: Vec<f64>,
    others: Vec<f64>,
    missing: Option<String>,
}

fn main() {
    let json = std::env::args().any(|a| a == "--json");
    let place = Place::prepare();
    let rows = [
        hello(&place),
        spawn(&place, "spawn to first reply", ("1", ANSWERED), 1.5),
        spawn(&place, "spawn to first reply, confined", ("0", ANSWERED), 1.8),
        abreast(&place, "a thousand at once to the last reply", "1", 1.5),
        abreast(&place, "a thousand at once, confined", "0", 1.8),
        spawn(&place, "spawn, reply and end", ("1", WHOLE), 1.5),
        spawn(&place, "spawn, reply and end, confined", ("0", WHOLE), 1.8),
        exchange(&place, 1),
        exchange(&place, 2),
        fib_lua(&place),
        fib_c(&place),
    ];
    for row in &rows {
        println!("{}", if json { row.json() } else { row.text() });
    }
}

/// Where the built programs are.
struct Place {
    wat: PathBuf,
    root: PathBuf,
    built: PathBuf,
}

impl Place {
    fn prepare() -> Place {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf();
        let status =
            Command::new(env!("CARGO")).args(["build", "--release", "--quiet", "--package", "wat"]).status();
        assert!(status.is_ok_and(|s| s.success()), "wat builds");
        let built = std::env::current_exe().expect("own path").parent().expect("a directory").to_path_buf();
        let place = Place { wat: built.join("wat"), root, built };
        place.cc("echo", &["-O2", "-static"], "echo.c");
        place.cc("spawn", &["-O2"], "spawn.c");
        place.cc("abreast", &["-O2"], "abreast.c");
        place.cc("fib-c", &["-O2"], "fib.c");
        place
    }

    fn cc(&self, name: &str, flags: &[&str], source: &str) {
        let out = self.built.join(format!("bench-{name}"));
        let status = Command::new("cc")
            .args(flags)
            .arg("-o")
            .arg(out)
            .arg(self.root.join("peers").join(source))
            .status();
        assert!(status.is_ok_and(|s| s.success()), "{source} compiles");
    }

    fn peer(&self, name: &str) -> String {
        self.built.join(format!("bench-{name}")).display().to_string()
    }

    fn program(&self, name: &str) -> String {
        self.root.join("wat").join(name).display().to_string()
    }

    fn wat(&self, args: &[&str], cpus: usize) -> Vec<f64> {
        numbers(&self.wat.display().to_string(), args, cpus)
    }
}

fn hello(place: &Place) -> Row {
    let program = place.program("hello.wat");
    let wat = place.wat.display().to_string();
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS * 10 {
        ours.push(whole(&wat, &[&program]));
        others.push(whole("/bin/true", &[]));
    }
    Row {
        name: "hello: start, print, end",
        other: "/bin/true",
        target: 4.0,
        wat: ours,
        others,
        missing: None,
    }
}

/// Which of the figures that `spawn.wat` and `spawn.c` print.
const WHOLE: usize = 0;
const ANSWERED: usize = 2;

/// A child that may reach what the root may, `inherit` 1, or nothing.
fn spawn(place: &Place, name: &'static str, (inherit, figure): (&str, usize), target: f64) -> Row {
    let (program, echo) = (place.program("spawn.wat"), place.peer("echo"));
    pairs(name, "C posix_spawn", target, || {
        (
            place.wat(&[&program, "200", "1", inherit], 2)[figure],
            numbers(&place.peer("spawn"), &[&echo, "200", "1"], 2)[figure],
        )
    })
}

/// Children that are all there before the first is asked.
fn abreast(place: &Place, name: &'static str, inherit: &str, target: f64) -> Row {
    let (program, echo) = (place.program("abreast.wat"), place.peer("echo"));
    pairs(name, "C posix_spawn", target, || {
        (
            place.wat(&[&program, "1000", inherit], 2)[0],
            numbers(&place.peer("abreast"), &[&echo, "1000"], 2)[0],
        )
    })
}

fn exchange(place: &Place, cpus: usize) -> Row {
    let (program, echo) = (place.program("spawn.wat"), place.peer("echo"));
    let name = if cpus == 1 { "request/reply, one CPU" } else { "request/reply, two CPUs" };
    pairs(name, "C over pipes", 2.0, || {
        (
            place.wat(&[&program, "1", "20000", "0"], cpus)[1],
            numbers(&place.peer("spawn"), &[&echo, "1", "20000"], cpus)[1],
        )
    })
}

fn fib_lua(place: &Place) -> Row {
    let lua = place.root.join("peers/fib.lua").display().to_string();
    if Command::new("luajit").arg("-v").stdout(Stdio::null()).status().is_err() {
        return Row {
            name: "fib 35",
            other: "LuaJIT",
            target: 1.0,
            wat: vec![],
            others: vec![],
            missing: Some("luajit is not installed (apt-get install luajit)".to_string()),
        };
    }
    let program = place.program("fib.wat");
    pairs("fib 35", "LuaJIT", 1.0, || {
        (place.wat(&[&program, "35"], 2)[0], numbers("luajit", &[&lua, "35"], 2)[0])
    })
}

fn fib_c(place: &Place) -> Row {
    let program = place.program("fib.wat");
    pairs("fib 35", "C -O2, checked", 2.0, || {
        (place.wat(&[&program, "35"], 2)[0], numbers(&place.peer("fib-c"), &["35"], 2)[0])
    })
}

fn pairs(name: &'static str, other: &'static str, target: f64, mut pair: impl FnMut() -> (f64, f64)) -> Row {
    pair();
    let (wat, others) = (0..ROUNDS).map(|_| pair()).unzip();
    Row { name, other, target, wat, others, missing: None }
}

/// Nanoseconds of a whole process.
fn whole(program: &str, args: &[&str]) -> f64 {
    let start = Instant::now();
    let status = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|s| s.success()), "{program} runs");
    start.elapsed().as_nanos() as f64
}

/// The numbers a program prints, run on so many CPUs.
fn numbers(program: &str, args: &[&str], cpus: usize) -> Vec<f64> {
    pin(cpus);
    let out = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output();
    pin(64);
    let out = out.unwrap_or_else(|e| panic!("run {program}: {e}"));
    assert!(out.status.success(), "{program} {args:?} ends well");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.split_whitespace().map(|w| w.parse().unwrap_or_else(|_| panic!("{program} printed {w}"))).collect()
}

/// Lets this thread, and what it starts, run on the first `cpus` processors.
fn pin(cpus: usize) {
    // SAFETY: a zeroed set is an empty set, and the call reads it for its size only.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        (0..cpus).for_each(|cpu| libc::CPU_SET(cpu, &mut set));
        libc::sched_setaffinity(0, std::mem::size_of_val(&set), &set);
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

impl Row {
    /// Ratio of medians, and the smallest and largest ratio of a pair.
    fn ratio(&self) -> (f64, f64, f64) {
        let each: Vec<f64> = self.wat.iter().zip(&self.others).map(|(a, b)| a / b).collect();
        let (low, high) = each.iter().fold((f64::MAX, 0f64), |(l, h), r| (l.min(*r), h.max(*r)));
        (median(&self.wat) / median(&self.others), low, high)
    }

    fn text(&self) -> String {
        if let Some(reason) = &self.missing {
            return format!("{:32} {:16} -  ({reason})", self.name, self.other);
        }
        let (ratio, low, high) = self.ratio();
        format!(
            "{:32} {:16} {ratio:6.2}×  ({low:.2}–{high:.2})  wat {:>12.1} µs  other {:>12.1} µs  aim ≤ {}×",
            self.name,
            self.other,
            median(&self.wat) / 1e3,
            median(&self.others) / 1e3,
            self.target
        )
    }

    fn json(&self) -> String {
        if let Some(reason) = &self.missing {
            return format!(r#"{{"work":"{}","other":"{}","missing":"{reason}"}}"#, self.name, self.other);
        }
        let (ratio, low, high) = self.ratio();
        format!(
            r#"{{"work":"{}","other":"{}","ratio":{ratio:.3},"low":{low:.3},"high":{high:.3},"wat_ns":{:.0},"other_ns":{:.0},"aim":{}}}"#,
            self.name,
            self.other,
            median(&self.wat),
            median(&self.others),
            self.target
        )
    }
}
