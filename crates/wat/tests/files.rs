//! Files that wait, as real processes meet them: a FIFO gives what is written to it, and a stop ends the wait for it.

use std::fs;
use std::io::Write;
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
         (defn main [] -> nil (println (recv (spawn-process reader))))",
    );
    let child = place.start();
    let mut fifo = fs::File::options().write(true).open(place.fifo()).expect("the reader opens its side");
    fifo.write_all(b"hello").expect("the reader reads");
    drop(fifo);
    assert_eq!(output(child), "#wat.core/Ok \"hello\"\n");
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
