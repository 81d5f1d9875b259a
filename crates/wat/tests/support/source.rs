//! Programs in a temporary directory of their own, gone with the value.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A directory under the system's temporary one, readable by everybody.
pub struct Source {
    pub directory: PathBuf,
    /// The entry file.
    pub file: PathBuf,
}

/// A program of one file.
pub fn program(text: impl AsRef<[u8]>) -> Source {
    let source = Source::empty();
    fs::write(&source.file, text).expect("a writable temporary directory");
    source
}

/// A program of the repository: `laws/tree` is `tests/laws/tree.wat`.
pub fn test_file(name: &str) -> PathBuf {
    repository().join("tests").join(name).with_extension("wat")
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

impl Source {
    /// No file yet; the entry will be `program.wat`.
    pub fn empty() -> Source {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let nth = COUNT.fetch_add(1, Ordering::SeqCst);
        let directory = std::env::temp_dir().join(format!("wat-test-{}-{nth}", std::process::id()));
        fs::create_dir_all(&directory).expect("a writable temporary directory");
        let file = directory.join("program.wat");
        Source { directory, file }
    }

    /// Another file beside the entry.
    pub fn with(self, name: &str, text: impl AsRef<[u8]>) -> Source {
        let path = self.directory.join(name);
        fs::create_dir_all(path.parent().expect("it is below")).expect("a writable temporary directory");
        fs::write(path, text).expect("a writable temporary directory");
        self
    }

    /// A copy of the binary under test in this directory.
    pub fn binary(&self) -> PathBuf {
        let copy = self.directory.join("wat");
        fs::copy(env!("CARGO_BIN_EXE_wat"), &copy).expect("a copy of the binary");
        copy
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // What cannot be removed is in a temporary directory.
        let _ = fs::remove_dir_all(&self.directory);
    }
}
