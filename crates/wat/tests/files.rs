//! Files that wait, cannot be read, are no text or go away, as real processes meet them: a FIFO gives what is written to it,
//! and a stop ends the wait for it.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(60);

/// A directory of its own, with a FIFO and a program in it.
struct Place(PathBuf);

impl Place {
    fn new(name: &str, body: &str) -> Place {
        let place = Place(std::env::temp_dir().join(format!("wat-files-{name}-{}", std::process::id())));
        let _ = fs::remove_dir_all(&place.0);
        fs::create_dir_all(&place.0).expect("a writable temporary directory");
        let fifo =
            std::ffi::CString::new(place.fifo().to_str().expect("a UTF-8 path")).expect("no zero bytes");
        // SAFETY: the path is a string that ends with a zero byte.
        assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
        fs::write(place.0.join("program.wat"), body).expect("a writable file");
        place
    }

    fn fifo(&self) -> PathBuf {
        self.0.join("fifo")
    }

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_wat"))
            .arg("program.wat")
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("wat starts")
    }
}

impl Place {
    /// As an ordinary user, where the test runs as root, with a copy of the binary that this user can reach.
    fn start_ordinary(&self) -> Child {
        let binary = self.0.join("wat");
        fs::copy(env!("CARGO_BIN_EXE_wat"), &binary).expect("a copy of the binary");
        for path in [&self.0, &binary, &self.0.join("program.wat")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let mut command = Command::new(&binary);
        command.arg("program.wat").current_dir(&self.0).stdin(Stdio::null()).stdout(Stdio::piped());
        // SAFETY: reads a number.
        if unsafe { libc::geteuid() } == 0 {
            command.uid(65_534).gid(65_534);
        }
        command.spawn().expect("wat starts")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn appears(path: &Path) {
    let end = Instant::now() + DEADLINE;
    while !path.exists() {
        assert!(Instant::now() < end, "{} never appeared", path.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn output(child: Child) -> String {
    let output = child.wait_with_output().expect("it is a child of this process");
    String::from_utf8(output.stdout).expect("wat prints UTF-8")
}

/// Guards: opening without waiting, then waiting through the waiter. The relative path is the root's in a child too.
#[test]
fn a_child_reads_what_is_written_to_a_fifo() {
    let place = Place::new(
        "read",
        "(defn reader {:in nil :out String} [] -> nil
           (println (unwrap (wat.fs/read-text \"fifo\"))))
         (defn main [] -> nil (println (recv (spawn-process reader {:authority [(fs-read \"fifo\")]}))))",
    );
    let child = place.start();
    let mut fifo = fs::File::options().write(true).open(place.fifo()).expect("the reader opens its side");
    fifo.write_all(b"hello").expect("the reader reads");
    drop(fifo);
    assert_eq!(output(child), "#wat.core/Ok \"hello\"\n");
}

/// Guards: a relative path leads from the root's directory, in a child and for whatever opens it: its own is `/`.
#[test]
fn a_child_opens_databases_and_sockets_where_the_root_would() {
    let place = Place::new(
        "relative",
        "(ns user (:use [wat.sqlite :as sql :only [SqliteError]] [wat.net :as net]))
         (defn said [r <- (Result T E)] -> String (match r ((Ok _) \"done\") ((Err _) \"refused\")))
         (defn keeper {:in String :out String} [] -> nil
           (serve (fn [path] (said (table path)))))
         (defn table [path <- String] -> (Result nil SqliteError)
           (sql/exec (try (sql/open path)) \"create table t (a)\" nil))
         (defn joiner {:in String :out String} [] -> nil
           (serve (fn [path] (said (join path)))))
         (defn join [path <- String] -> (Result nil SqliteError)
           (let [db (try (sql/open \"a.db\"))]
             (try (sql/exec db \"attach ? as other\" [path]))
             (try (sql/exec db \"create table other.u (a)\" nil))
             (sql/exec db \"vacuum into ?\" [(str \"copy-of-\" path)])))
         (defn caller {:in String :out String} [] -> nil (serve (fn [at] (said (net/connect at)))))
         (defn listener {:in String :out String} [] -> nil (serve (fn [at] (said (net/listen at)))))
         (defn main [] -> nil
           (let [held (unwrap (net/listen \"unix:held\"))]
             (println (call (spawn-process keeper {:authority [(inherit)]}) \"a.db\"))
             (println (call (spawn-process keeper {:authority [(fs-read \".\") (fs-write \".\")]}) \"b.db\"))
             (println (call (spawn-process keeper) \"c.db\"))
             (println (call (spawn-process joiner {:authority [(fs-read \".\") (fs-write \".\")]}) \"d.db\"))
             (println (call (spawn-process listener {:authority [(inherit)]}) \"unix:held\"))
             (println (call (spawn-process caller {:authority [(net-connect \"unix:held\")]}) \"unix:./held\"))
             (println (call (spawn-process caller {:authority [(net-connect \"unix:other\")]}) \"unix:held\"))
             (println (:address held))))",
    );
    let said = output(place.start());
    let [done, refused] = ["done", "refused"].map(|word| format!("#wat.core/Ok \"{word}\"\n"));
    assert_eq!(
        said,
        [&done, &done, &refused, &done, &refused, &done, &refused].map(String::as_str).concat()
            + "\"unix:held\"\n"
    );
    for (name, there) in
        [("a.db", true), ("b.db", true), ("c.db", false), ("d.db", true), ("copy-of-d.db", true)]
    {
        assert_eq!(place.0.join(name).exists(), there, "{name}");
    }
}

/// Guards: the wait for a writer, or a reader, ends with `:stopped`.
#[test]
fn a_stop_ends_the_wait_for_the_other_side_of_a_fifo() {
    for (name, wait) in [
        ("writer", "(map-err :kind (wat.fs/read-text \"fifo\"))"),
        ("reader", "(map-err :kind (wat.fs/write-text \"fifo\" \"x\"))"),
    ] {
        let body =
            format!("(defn main [] -> nil (unwrap (wat.fs/write-text \"begun\" \"\")) (println {wait}))");
        let place = Place::new(name, &body);
        let child = place.start();
        appears(&place.0.join("begun"));
        // SAFETY: a signal to a child of this process that has not been waited for.
        unsafe { libc::kill(child.id() as i32, libc::SIGTERM) };
        assert_eq!(output(child), "#wat.core/Err :stopped\n", "waiting for a {name}");
    }
}

/// Guards: the kinds of what the system refuses, with the call and the path.
#[test]
fn what_an_ordinary_user_may_not_do_is_said() {
    let place = Place::new(
        "denied",
        "(ns user (:use [wat.fs :as fs]))
         (defn said [r <- (Result T IoError)] -> nil (println (match r ((Ok _) \"done\") ((Err e) (:message e)))))
         (defn main [] -> nil
           (said (fs/read-text \"secret\"))
           (said (fs/write-text \"secret\" \"x\"))
           (said (fs/list-dir \"closed\"))
           (said (fs/read-text \"closed/inside\"))
           (said (fs/remove \"closed/inside\"))
           (said (fs/create-text \"new\" \"x\"))
           (said (fs/open \"secret\"))
           (said (fs/read-text \"missing\"))
           (said (fs/read-text \"program.wat/below\"))
           (said (fs/read-text \"loop\")))",
    );
    fs::write(place.0.join("secret"), "secret").expect("a writable file");
    fs::set_permissions(place.0.join("secret"), fs::Permissions::from_mode(0o000)).expect("a mode");
    fs::create_dir(place.0.join("closed")).expect("a directory");
    fs::write(place.0.join("closed/inside"), "x").expect("a writable file");
    fs::set_permissions(place.0.join("closed"), fs::Permissions::from_mode(0o000)).expect("a mode");
    std::os::unix::fs::symlink("loop", place.0.join("loop")).expect("a symlink");
    let said = output(place.start_ordinary());
    fs::set_permissions(place.0.join("closed"), fs::Permissions::from_mode(0o700)).expect("a mode");
    let denied = [
        "read secret",
        "write secret",
        "list closed",
        "read closed/inside",
        "remove closed/inside",
        "write new",
        "open secret",
    ];
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 10, "{said}");
    for (line, call) in lines.iter().zip(denied) {
        assert_eq!(*line, format!("\"{call}: permission denied\""), "{said}");
    }
    assert_eq!(lines[7], "\"read missing: no such file or directory\"", "{said}");
    assert_eq!(lines[8], "\"read program.wat/below: not a directory\"", "{said}");
    assert!(lines[9].starts_with("\"read loop: "), "{said}");
    assert!(!place.0.join("new").exists());
}

/// Guards: what is no text is an error with its place, in contents and in names; bytes are read as they are.
#[test]
fn what_is_not_utf8_is_said() {
    let place = Place::new(
        "latin",
        "(ns user (:use [wat.fs :as fs]))
         (defn kind [r <- (Result T IoError)] -> nil (println (match r ((Ok _) :ok) ((Err e) (:kind e)))))
         (defn main [] -> nil
           (kind (fs/read-text \"latin\"))
           (kind (fs/read-lines \"latin\"))
           (kind (fs/fold-lines (fn [n line] (+ n 1)) 0 \"latin\"))
           (kind (fs/read-bytes \"latin\"))
           (kind (fs/list-dir \"names\"))
           (println (map (fn [f] (tuple (fs/read-line f) (map-err :kind (fs/read-line f)) (fs/read-line f))) (fs/open \"latin\"))))",
    );
    fs::write(place.0.join("latin"), b"one\ncaf\xe9\nthree\n").expect("a writable file");
    fs::create_dir(place.0.join("names")).expect("a directory");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(place.0.join("names").join(name), "x").expect("a writable file");
    let wanted = ":invalid\n:invalid\n:invalid\n:ok\n:invalid\n\
                  #wat.core/Ok [#wat.core/Ok \"one\" #wat.core/Err :invalid #wat.core/Ok \"three\"]\n";
    assert_eq!(output(place.start()), wanted);
}

/// Guards: handles, not names: what was opened is read to its end though it is removed, and what is listed and gone is an error of
/// its own, not a crash.
#[test]
fn what_vanishes_while_it_is_read_is_read_or_said() {
    let place = Place::new(
        "gone",
        "(ns user (:use [wat.fs :as fs]))
         (defn main [] -> nil
           (let [f (unwrap (fs/open \"long\"))]
             (println (map (fn [l] (map count l)) (fs/read-line f)))
             (println (fs/read-text \"fifo\"))
             (println (fs/fold-lines (fn [n line] (+ n 1)) 0 \"long\"))
             (println (loop [n 1] (match (unwrap (fs/read-line f)) (None n) ((Some _) (recur (+ n 1))))))
             (println (map-err :kind (map :size (fs/info \"long\"))))
             (println (map-err :kind (fs/list-dir \"dir\")))))",
    );
    let long = "a line of thirty letters or so\n".repeat(20_000);
    fs::write(place.0.join("long"), long).expect("a writable file");
    fs::create_dir(place.0.join("dir")).expect("a directory");
    let child = place.start();
    // The program has read its first line, and waits: what it reads goes away.
    let mut fifo = fs::File::options().write(true).open(place.fifo()).expect("the reader opens its side");
    fs::remove_file(place.0.join("long")).expect("a file to remove");
    fs::remove_dir(place.0.join("dir")).expect("a directory to remove");
    fifo.write_all(b"go").expect("the reader reads");
    drop(fifo);
    let said = output(child);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..2], ["#wat.core/Ok 30", "#wat.core/Ok \"go\""], "{said}");
    assert!(lines[2].contains(":not-found"), "{said}");
    assert_eq!(lines[3..], ["20000", "#wat.core/Err :not-found", "#wat.core/Err :not-found"], "{said}");
}
