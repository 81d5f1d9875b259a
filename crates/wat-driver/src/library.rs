//! The library as the binary carries it: checked, and its texts for whoever draws a place in them.

use std::sync::OnceLock;
use wat_check::Library;
use wat_source::SourceMap;

static CHECKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/library_files.rs"));

/// Is this the path of a file of the library, as crashes name it?
pub fn is_library(path: &str) -> bool {
    FILES.iter().any(|(name, _)| *name == path)
}

/// Its files: paths and texts.
pub fn texts() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The library. It lives as long as the process: a start has better things to do than to take it apart.
pub fn shared() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        postcard::from_bytes(CHECKED).expect("the build wrote the library with this very type")
    })
}

/// A source map that begins with the library's files in the order in which they were checked.
pub fn sources() -> SourceMap {
    let mut sources = SourceMap::new();
    for (path, text) in FILES {
        sources.add_static(path, text);
    }
    sources
}
