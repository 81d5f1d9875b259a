//! The words of `wat chaos`.

use lexopt::{Arg, Parser, ValueExt};
use std::time::Duration;

pub const HELP: &str = "\
wat chaos [OPTIONS] -- COMMAND…   faults in a running tree, and each request's fate

  Reads requests from stdin, a line each, and gives them to COMMAND, as a rule `wat PROGRAM`,
  which answers each with a line. An answer that is an Err or a Crash is a crash. RATE is
  a number of faults a second.

  --seed N       the same choices again; printed where it is not given
  --kill RATE    SIGKILL for a node below the root
  --stop RATE    SIGSTOP for a node, SIGCONT after a delay
  --full RATE    the pipes of a node shrunk to a page, so that they are full at once
  --slow RATE    a request given in pieces, answers left unread for a delay
  --delay MS     how long a suspension or a slow pipe lasts at most; 50 unless told otherwise
  --ahead N      requests under way at most; 8 unless told otherwise
  --faults N     no more faults after N
  --seconds N    no more requests after N seconds
  --repeat       begin stdin again at its end, until --seconds or --faults are over

for example:
  wat chaos --kill 5 --stop 5 -- wat shop.wat < requests   five nodes a second killed, five suspended

exit: 0 when each request was answered or crashed exactly once and nothing was left behind, else 1
";

#[derive(Debug)]
pub struct Options {
    pub seed: u64,
    pub kill: f64,
    pub stop: f64,
    pub full: f64,
    pub slow: f64,
    pub delay: Duration,
    pub ahead: usize,
    pub faults: Option<u64>,
    pub time: Option<Duration>,
    pub repeat: bool,
    pub command: Vec<String>,
}

/// `None` for `--help`.
pub fn parse(words: Vec<String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        seed: super::sys::seed(),
        kill: 0.0,
        stop: 0.0,
        full: 0.0,
        slow: 0.0,
        delay: Duration::from_millis(50),
        ahead: 8,
        faults: None,
        time: None,
        repeat: false,
        command: Vec::new(),
    };
    let mut parser = Parser::from_args(words);
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long("seed") => options.seed = number(&mut parser, "seed", u64::MAX)?,
            Arg::Long("kill") => options.kill = rate(&mut parser, "kill")?,
            Arg::Long("stop") => options.stop = rate(&mut parser, "stop")?,
            Arg::Long("full") => options.full = rate(&mut parser, "full")?,
            Arg::Long("slow") => options.slow = rate(&mut parser, "slow")?,
            Arg::Long("delay") => {
                options.delay = Duration::from_millis(number(&mut parser, "delay", 60_000)?);
            }
            Arg::Long("ahead") => options.ahead = number(&mut parser, "ahead", 100_000)?.max(1) as usize,
            Arg::Long("faults") => options.faults = Some(number(&mut parser, "faults", u64::MAX)?),
            Arg::Long("seconds") => {
                options.time = Some(Duration::from_secs(number(&mut parser, "seconds", 1 << 30)?));
            }
            Arg::Long("repeat") => options.repeat = true,
            Arg::Value(word) => {
                options.command.push(text(word)?);
                let rest = parser.raw_args().map_err(|e| e.to_string())?;
                options.command.extend(rest.map(text).collect::<Result<Vec<_>, _>>()?);
            }
            Arg::Short(c) => return Err(format!("unknown option -{c}")),
            Arg::Long(name) => return Err(format!("unknown option --{name}")),
        }
    }
    if options.command.is_empty() {
        return Err("which command? wat chaos --kill 2 -- wat PROGRAM".to_string());
    }
    if options.repeat && options.time.is_none() && options.faults.is_none() {
        return Err("--repeat needs an end: --seconds or --faults".to_string());
    }
    Ok(Some(options))
}

fn word(parser: &mut Parser, name: &str) -> Result<String, String> {
    let value = parser.value().map_err(|_| format!("--{name} wants a number"))?;
    value.string().map_err(|e| e.to_string())
}

fn number(parser: &mut Parser, name: &str, most: u64) -> Result<u64, String> {
    let word = word(parser, name)?;
    let found = word.parse().ok().filter(|n| *n <= most);
    found.ok_or_else(|| format!("--{name} wants a number up to {most}, not {word}"))
}

fn rate(parser: &mut Parser, name: &str) -> Result<f64, String> {
    let word = word(parser, name)?;
    let found = word.parse().ok().filter(|rate: &f64| (0.0..=10_000.0).contains(rate));
    found.ok_or_else(|| format!("--{name} wants faults a second, from 0 to 10000, not {word}"))
}

fn text(word: std::ffi::OsString) -> Result<String, String> {
    word.into_string().map_err(|w| format!("argument is not UTF-8: {}", w.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(words: &[&str]) -> String {
        parse(words.iter().map(|w| w.to_string()).collect()).expect_err("a mistake")
    }

    #[test]
    fn what_follows_the_command_is_the_commands() {
        let words = ["--kill", "2.5", "--seed", "7", "--", "wat", "a.wat", "--kill"].map(String::from);
        let options = parse(words.to_vec()).expect("right").expect("no help");
        assert_eq!((options.kill, options.seed), (2.5, 7));
        assert_eq!(options.command, ["wat", "a.wat", "--kill"]);
    }

    #[test]
    fn mistakes_say_what_is_wanted() {
        assert!(mistake(&[]).starts_with("which command?"));
        assert_eq!(
            mistake(&["--kill", "-1", "--", "wat"]),
            "--kill wants faults a second, from 0 to 10000, not -1"
        );
        assert_eq!(
            mistake(&["--kill", "much", "wat"]),
            "--kill wants faults a second, from 0 to 10000, not much"
        );
        assert_eq!(mistake(&["--harm", "wat"]), "unknown option --harm");
        assert!(mistake(&["--repeat", "wat"]).contains("--seconds"));
    }
}
