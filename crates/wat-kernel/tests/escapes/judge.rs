//! The outside: what an attempt could reach, set up before it and looked at after it.

use crate::attempts::abstract_name;
use crate::table::Row;
use crate::tree::Way;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A user without powers.
const NOBODY: u32 = 65534;

pub struct Scene {
    ordinary: bool,
    directory: PathBuf,
    /// A process of the same user.
    victim: Child,
    tcp: TcpListener,
    /// On the same port.
    udp: UdpSocket,
    unix: UnixListener,
    unnamed: UnixListener,
    before: Vec<String>,
}

impl Scene {
    pub fn new(ordinary: bool) -> Scene {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("escapes-{}-{number}", std::process::id()));
        fs::create_dir(&directory).expect("a directory");
        let file = directory.join("victim");
        fs::write(&file, b"untouched").expect("a file");
        let unix = UnixListener::bind(directory.join("socket")).expect("a socket");
        let name = abstract_name(&directory.to_string_lossy());
        let unnamed = SocketAddr::from_abstract_name(name).and_then(|name| UnixListener::bind_addr(&name));
        let unnamed = unnamed.expect("an abstract socket");
        let granted = directory.join("granted");
        let (own, room) = (granted.join("own"), granted.join("room"));
        fs::create_dir(&granted).expect("a directory");
        fs::create_dir(&room).expect("a directory");
        fs::write(&own, b"its own").expect("a file");
        for path in [&directory, &file, &directory.join("socket"), &granted, &own, &room] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("a mode");
            if ordinary {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap_or_default();
            }
        }
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        tcp.set_nonblocking(true).expect("a flag");
        let udp = UdpSocket::bind(tcp.local_addr().expect("an address")).expect("the same port");
        udp.set_nonblocking(true).expect("a flag");
        unix.set_nonblocking(true).expect("a flag");
        unnamed.set_nonblocking(true).expect("a flag");
        let victim = command(ordinary).arg("victim").stdin(Stdio::null()).spawn().expect("a process");
        let mut scene = Scene { ordinary, directory, victim, tcp, udp, unix, unnamed, before: Vec::new() };
        scene.before = scene.state();
        scene
    }

    /// What the tree says of the attempt.
    pub fn run(&self, row: &Row, way: Way, depth: usize) -> String {
        let port = self.tcp.local_addr().expect("an address").port();
        let mut command = command(self.ordinary);
        command.args(["root", way.word(), row.name]).arg(&self.directory);
        command.args([self.victim.id().to_string(), port.to_string(), depth.to_string()]);
        let output = command.stdin(Stdio::null()).stderr(Stdio::piped()).output().expect("a root");
        let said = String::from_utf8_lossy(&output.stdout).trim().to_string();
        if said.is_empty() {
            format!("{:?} {}", output.status, String::from_utf8_lossy(&output.stderr))
        } else {
            said
        }
    }

    /// What of the outside is not as it was.
    pub fn changed(mut self) -> Option<String> {
        let after = self.state();
        let differs = self.before.iter().zip(&after).find(|(before, after)| before != after);
        if let Some((before, after)) = differs {
            return Some(format!("the outside changed: {before} is now {after}"));
        }
        if self.before.len() != after.len() {
            return Some(format!("the directory changed: {after:?}"));
        }
        if self.victim.try_wait().expect("a status").is_some() {
            return Some("the victim has ended".to_string());
        }
        if self.tcp.accept().is_ok() || self.unix.accept().is_ok() || self.unnamed.accept().is_ok() {
            return Some("somebody connected".to_string());
        }
        if self.udp.recv(&mut [0; 8]).is_ok() {
            return Some("a datagram came".to_string());
        }
        let marks = self.directory.to_string_lossy().into_owned();
        let left = fs::read_dir("/proc").expect("/proc is mounted").flatten().find(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(&marks)
        });
        left.map(|entry| format!("process {} is left", entry.file_name().to_string_lossy()))
    }

    /// Files with all that can be changed of them, and the victim's priority and limits.
    fn state(&self) -> Vec<String> {
        let mut state: Vec<String> = fs::read_dir(&self.directory)
            .expect("a directory")
            .flatten()
            .map(|entry| {
                let meta = entry.metadata().expect("its attributes");
                let times = (meta.mtime(), meta.mtime_nsec());
                let text = fs::read(entry.path()).unwrap_or_default();
                format!("{:?} {:o} {} {times:?} {text:?}", entry.file_name(), meta.mode(), meta.uid())
            })
            .collect();
        state.sort();
        let of_victim = |what: &str| fs::read_to_string(format!("/proc/{}/{what}", self.victim.id()));
        state.push(of_victim("limits").unwrap_or_default());
        let stat = of_victim("stat").unwrap_or_default();
        state.push(stat.split_whitespace().skip(17).take(2).collect::<Vec<_>>().join(" "));
        let allowed = of_victim("status").unwrap_or_default();
        state.extend(allowed.lines().find(|l| l.starts_with("Cpus_allowed:")).map(str::to_string));
        state
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// This binary again, as the user it is to be.
fn command(ordinary: bool) -> Command {
    let mut command = Command::new("/proc/self/exe");
    // SAFETY: asks only.
    if ordinary && unsafe { libc::geteuid() } == 0 {
        // SAFETY: both may be called between fork and exec.
        unsafe {
            command.pre_exec(|| {
                if libc::setresgid(NOBODY, NOBODY, NOBODY) != 0
                    || libc::setresuid(NOBODY, NOBODY, NOBODY) != 0
                {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
    }
    command
}
