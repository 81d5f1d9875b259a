//! Authority as a value: what a process may reach beyond its stdio, and whether one authority lies within another.
//!
//! Not here: who enforces it (`boot/ruleset.rs`, `boot/filter/`), nor what a program calls a grant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// One thing a process may reach.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grant {
    /// To read files and list directories, at the path and below it.
    Read(PathBuf),
    /// To make, change and remove files, at the path and below it; not to read them.
    Write(PathBuf),
    /// TCP connections to a host, by the name or address the program uses, and a port. No host is any host, no port
    /// any port.
    Connect(Option<String>, Option<u16>),
    /// A UNIX socket to connect to.
    ConnectUnix(PathBuf),
    /// A TCP port to listen on; 0 is one that the system chooses.
    Listen(u16),
    /// An external command, by its name on the PATH of whoever starts it, or by its path if it has a slash. It runs with
    /// the user's own authority.
    Run(String),
}

/// What a process may reach. The root has the user's own; a child has what its spawner says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// All that the user may: nothing is enforced.
    whole: bool,
    /// In order and each once.
    grants: Vec<Grant>,
    /// May it start processes?
    spawn: bool,
}

/// Kinds of calls that an authority has a use for. Processes whose kinds agree share one filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Opens and looks at files.
    pub files: bool,
    /// Makes, names and removes files.
    pub changes: bool,
    /// Speaks through sockets that an ancestor has opened.
    pub net: bool,
    /// Accepts connections.
    pub listen: bool,
    /// Writes an address beside a datagram.
    pub anywhere: bool,
    pub spawn: bool,
    /// Asks for commands.
    pub run: bool,
}

impl Authority {
    /// The user's own.
    pub fn whole() -> Authority {
        Authority { whole: true, grants: Vec::new(), spawn: true }
    }

    /// Stdio, and processes of no more authority.
    pub fn none() -> Authority {
        Authority::of(Vec::new(), true)
    }

    pub fn of(mut grants: Vec<Grant>, spawn: bool) -> Authority {
        grants.sort();
        grants.dedup();
        Authority { whole: false, grants, spawn }
    }

    pub fn is_whole(&self) -> bool {
        self.whole
    }

    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// What its grants lead to files by, in the order of the grants.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.grants.iter().filter_map(|grant| match grant {
            Grant::Read(path) | Grant::Write(path) => Some(path.as_path()),
            _ => None,
        })
    }

    pub fn may_spawn(&self) -> bool {
        self.spawn
    }

    /// The same with relative paths made absolute, without `.` and `..`. Symbolic links are left to the system, whose
    /// rules bind what a path leads to.
    pub fn resolved(&self, directory: &Path) -> Authority {
        let path = |path: &PathBuf| resolve(directory, path);
        let grants = self.grants.iter().map(|grant| match grant {
            Grant::Read(at) => Grant::Read(path(at)),
            Grant::Write(at) => Grant::Write(path(at)),
            Grant::ConnectUnix(at) => Grant::ConnectUnix(path(at)),
            Grant::Connect(host, port) => Grant::Connect(host.as_ref().map(|h| h.to_lowercase()), *port),
            Grant::Listen(port) => Grant::Listen(*port),
            Grant::Run(program) => Grant::Run(resolve_program(directory, program)),
        });
        Authority { whole: self.whole, ..Authority::of(grants.collect(), self.spawn) }
    }

    /// What this has that `outer` lacks, if anything. Both are resolved.
    pub fn beyond(&self, outer: &Authority) -> Option<String> {
        if outer.whole {
            return None;
        }
        if self.whole {
            return Some("the user's own authority".to_string());
        }
        if self.spawn && !outer.spawn {
            return Some(":spawn".to_string());
        }
        let held = |grant: &&Grant| !outer.grants.iter().any(|above| above.covers(grant));
        self.grants.iter().find(held).map(Grant::to_string)
    }

    /// May a program connect to this host and port?
    pub fn connects(&self, host: &str, port: u16) -> bool {
        let asked = Grant::Connect(Some(host.to_lowercase()), Some(port));
        self.whole || self.grants.iter().any(|grant| grant.covers(&asked))
    }

    /// May a program connect to the UNIX socket at this absolute path?
    pub fn connects_unix(&self, path: &Path) -> bool {
        let asked = Grant::ConnectUnix(resolve(Path::new("/"), path));
        self.whole || self.grants.contains(&asked)
    }

    /// May a program listen on this TCP port?
    pub fn listens(&self, port: u16) -> bool {
        self.whole || self.grants.contains(&Grant::Listen(port))
    }

    /// May a program have this command started, from this directory?
    pub fn runs(&self, program: &str, directory: &Path) -> bool {
        self.whole || self.grants.contains(&Grant::Run(resolve_program(directory, program)))
    }

    /// What whoever asks an ancestor to open its sockets has a use for.
    pub fn kinds(&self) -> Kinds {
        let mut kinds = Kinds { spawn: self.spawn, ..Kinds::default() };
        for grant in &self.grants {
            match grant {
                Grant::Read(_) => kinds.files = true,
                Grant::Write(_) => (kinds.files, kinds.changes) = (true, true),
                Grant::Connect(None, None) => (kinds.net, kinds.anywhere) = (true, true),
                Grant::Connect(..) | Grant::ConnectUnix(_) => kinds.net = true,
                Grant::Listen(_) => (kinds.net, kinds.listen) = (true, true),
                Grant::Run(_) => kinds.run = true,
            }
        }
        kinds
    }
}

impl Grant {
    /// Does this grant contain the other?
    fn covers(&self, other: &Grant) -> bool {
        match (self, other) {
            (Grant::Read(above), Grant::Read(path)) | (Grant::Write(above), Grant::Write(path)) => {
                path.starts_with(above)
            }
            (Grant::Connect(host, port), Grant::Connect(to, at)) => {
                (host.is_none() || host == to) && (port.is_none() || port == at)
            }
            _ => self == other,
        }
    }
}

impl fmt::Display for Grant {
    /// As a program writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = |part: Option<String>| part.unwrap_or_else(|| "*".to_string());
        match self {
            Grant::Read(path) => write!(f, "(fs-read \"{}\")", path.display()),
            Grant::Write(path) => write!(f, "(fs-write \"{}\")", path.display()),
            Grant::Connect(host, port) => {
                let port = star(port.map(|p| p.to_string()));
                match host {
                    Some(host) if host.contains(':') => write!(f, "(net-connect \"[{host}]:{port}\")"),
                    host => write!(f, "(net-connect \"{}:{port}\")", star(host.clone())),
                }
            }
            Grant::ConnectUnix(path) => write!(f, "(net-connect \"unix:{}\")", path.display()),
            Grant::Listen(port) => write!(f, "(net-listen {port})"),
            Grant::Run(program) => write!(f, "(run {program:?})"),
        }
    }
}

/// A command's name is the same everywhere, its path is one from the directory.
pub(crate) fn resolve_program(directory: &Path, program: &str) -> String {
    match program.contains('/') {
        true => resolve(directory, Path::new(program)).to_string_lossy().into_owned(),
        false => program.to_string(),
    }
}

/// An absolute path without `.` and `..`; above the root is the root.
fn resolve(directory: &Path, path: &Path) -> PathBuf {
    let mut whole = PathBuf::from("/");
    for part in directory.join(path).components() {
        match part {
            Component::Normal(name) => whole.push(name),
            Component::ParentDir => {
                whole.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(grants: &[Grant]) -> Authority {
        Authority::of(grants.to_vec(), true).resolved(Path::new("/work"))
    }

    fn read(path: &str) -> Grant {
        Grant::Read(path.into())
    }

    fn connect(host: &str, port: u16) -> Grant {
        Grant::Connect(Some(host.to_string()), Some(port))
    }

    #[test]
    fn what_is_below_a_path_is_within_it() {
        let outer = of(&[read("/data"), Grant::Write("/out".into())]);
        for inside in ["/data", "/data/a", "/data/a/../b", "/x/../data", "../data"] {
            assert_eq!(of(&[read(inside)]).beyond(&outer), None, "{inside}");
        }
        for outside in ["/", "/database", "/data/../etc", "data", "/out"] {
            assert!(of(&[read(outside)]).beyond(&outer).is_some(), "{outside}");
        }
        let missing = of(&[Grant::Write("/data/x".into())]).beyond(&outer);
        assert_eq!(missing.as_deref(), Some("(fs-write \"/data/x\")"));
    }

    #[test]
    fn a_host_and_a_port_may_be_any() {
        let any_port = of(&[Grant::Connect(Some("db".into()), None)]);
        let any_host = of(&[Grant::Connect(None, Some(443))]);
        assert_eq!(of(&[connect("DB", 80)]).beyond(&any_port), None);
        assert_eq!(of(&[connect("web", 443)]).beyond(&any_host), None);
        assert!(of(&[connect("web", 443)]).beyond(&any_port).is_some());
        assert!(any_port.beyond(&any_host).is_some());
        assert!(any_host.connects("Web", 443) && !any_host.connects("web", 80));
    }

    #[test]
    fn a_command_is_its_name_or_its_path() {
        let run = |program: &str| Grant::Run(program.to_string());
        let outer = of(&[run("git"), run("bin/tool")]);
        for inside in ["git", "bin/tool", "/work/bin/tool", "/work/x/../bin/./tool"] {
            assert_eq!(of(&[run(inside)]).beyond(&outer), None, "{inside}");
            assert!(outer.runs(inside, Path::new("/work")), "{inside}");
        }
        for outside in ["sh", "Git", "./git", "/usr/bin/git", "tool", "/bin/tool", "git/", ""] {
            assert!(!outer.runs(outside, Path::new("/work")), "{outside}");
        }
        let missing = of(&[run("a \"b\"")]).beyond(&outer);
        assert_eq!(missing.as_deref(), Some("(run \"a \\\"b\\\"\")"));
    }

    #[test]
    fn what_is_withheld_stays_withheld() {
        let quiet = Authority::of(Vec::new(), false);
        assert_eq!(Authority::none().beyond(&quiet).as_deref(), Some(":spawn"));
        assert_eq!(quiet.beyond(&Authority::none()), None);
        assert_eq!(Authority::none().beyond(&Authority::whole()), None);
        assert!(Authority::whole().beyond(&of(&[read("/")])).is_some());
    }
}
