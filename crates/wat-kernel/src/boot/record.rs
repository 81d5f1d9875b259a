//! The boot record: everything a process is given. Not here: how it travels (`control.rs`) or is acted on.

use crate::authority::Authority;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// What makes a process the one it is. The root's is made from the command line, a child's by its parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// What the program's start has found out about the processor, in its own form; a child does not ask again. It comes first,
    /// so that it is at [`PROCESSOR_AT`]. Empty, or between 128 and 16,383 bytes.
    #[serde(with = "bytes")]
    pub processor: Vec<u8>,
    /// Index of the entry program in the image's entry table.
    pub entry: u32,
    /// The program's name, `shop.worker/main`.
    pub program: String,
    /// Values the program captured, encoded by the runtime.
    #[serde(with = "bytes")]
    pub captured: Vec<u8>,
    /// The arguments of the program.
    pub args: Vec<String>,
    /// Place in the tree: `/`, `/2`, `/2/0`.
    pub path: String,
    /// The root's working directory, against which relative paths resolve. Children themselves stand in `/`.
    #[serde(with = "path")]
    pub directory: PathBuf,
    /// All of the environment the program sees.
    pub environment: Vec<(String, String)>,
    /// Named settings of the project, with their EDN; the same in the whole tree.
    pub settings: Vec<(String, String)>,
    /// What the process may use.
    pub limits: Limits,
    /// What the process may reach.
    pub authority: Authority,
    /// What of it is enforced by the process itself, beyond what it inherits.
    pub confines: Confines,
    /// Time to stop where nobody says another.
    pub grace_ms: u64,
    /// Leaves the process open to debuggers.
    pub debuggable: bool,
    /// How stdio is to be read and written, encoded by the runtime.
    #[serde(with = "bytes")]
    pub stdio: Vec<u8>,
    /// Random words for the bases of code, stacks and heaps.
    pub seed: [u64; 2],
    /// The least level of events that are logged, as [`crate::see::LEVELS`] counts; 0 where the setting decides.
    pub log_level: u8,
    /// Whether each request has a trace.
    pub tracing: bool,
    /// Capacities of the process's stdin, stdout and stderr as they were got; 0 where unknown (the root's).
    pub pipes: [u32; 3],
    /// See [`crate::mutation`]; empty but in tests.
    pub mutation: String,
}

/// Where [`Boot::processor`] begins in a record's first packet: behind the packet's head and the field's length, two bytes.
pub const PROCESSOR_AT: usize = 7;

/// How a process's authority is enforced. What does not shrink is not enforced again: layers and filters are inherited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confines {
    /// It adds a Landlock layer.
    pub layer: bool,
    /// It adds a filter of system calls.
    pub filter: bool,
    /// Layers it has in all.
    pub layers: u8,
    /// It was born confined.
    pub inherited: bool,
    /// It opens its sockets itself: a root, which has nobody to ask.
    pub opens: bool,
}

impl Confines {
    /// Of a process with the authority `inner` made by one with `outer` that is confined so. The filter of one that opens its
    /// sockets itself is not fit for one that does not.
    pub(crate) fn within(self, outer: &Authority, inner: &Authority) -> Confines {
        let narrower = inner != outer;
        Confines {
            layer: narrower,
            filter: narrower && (outer.is_whole() || self.opens || inner.kinds() != outer.kinds()),
            layers: self.layers + u8::from(narrower),
            inherited: !outer.is_whole(),
            opens: false,
        }
    }

    /// Is anything enforced that the parent is not held to?
    pub(crate) fn narrows(self) -> bool {
        self.layer || self.filter
    }

    /// Of a process born of a thread that is confined so.
    pub(crate) fn at_birth(self) -> Confines {
        Confines { layer: false, filter: false, inherited: true, ..self }
    }
}

/// Bounds on what a process may use; `None` is what its parent has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of heap, counted by the runtime's allocator.
    pub heap: Option<u64>,
    /// Bytes of private writable memory (RLIMIT_DATA), stacks and reserves of the runtime included.
    pub data: Option<u64>,
    /// Processor time, in whole seconds rounded up.
    pub cpu_ms: Option<u64>,
    /// Time from spawn to end; kept by the parent's warden.
    pub wall_ms: Option<u64>,
    /// Processes below this one, at every depth together.
    pub processes: Option<u32>,
    /// Open descriptors.
    pub files: Option<u64>,
    /// Bytes of one value, kept by the runtime.
    pub value: Option<u64>,
}

/// Time to stop by default.
pub const GRACE: Duration = Duration::from_secs(5);

impl Boot {
    /// The record of a root that runs `program`, with this process's directory and environment. Variables that are
    /// not UTF-8 are left out.
    pub fn root(entry: u32, program: &str) -> Boot {
        let environment =
            std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        Boot {
            processor: Vec::new(),
            entry,
            program: program.to_string(),
            captured: Vec::new(),
            args: Vec::new(),
            path: "/".to_string(),
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            environment: environment.collect(),
            settings: Vec::new(),
            limits: Limits::default(),
            authority: Authority::whole(),
            confines: Confines::default(),
            grace_ms: GRACE.as_millis() as u64,
            debuggable: false,
            stdio: Vec::new(),
            seed: crate::sys::process::random(),
            log_level: 0,
            tracing: false,
            pipes: [0; 3],
            mutation: String::new(),
        }
    }

    /// Edges between the root and this process.
    pub fn depth(&self) -> usize {
        if self.path == "/" { 0 } else { self.path.matches('/').count() }
    }

    /// The path of this process's child of that number.
    pub fn child_path(&self, number: u32) -> String {
        if self.path == "/" { format!("/{number}") } else { format!("{}/{number}", self.path) }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("a vector grows to hold any record")
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Boot> {
        match postcard::take_from_bytes(bytes) {
            Ok((boot, [])) => Some(boot),
            _ => None,
        }
    }
}

/// Byte vectors as one piece; the derived form would go byte by byte.
mod bytes {
    use serde::de::Visitor;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        from.deserialize_bytes(Bytes)
    }
}

/// Paths as their bytes, UTF-8 or not.
mod path {
    use serde::{Deserializer, Serializer};
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    pub(super) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(path.as_os_str().as_bytes())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Ok(std::ffi::OsString::from_vec(super::bytes::deserialize(from)?).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{BOOT, ToChild};

    #[test]
    fn a_record_survives_the_journey() {
        let mut boot = Boot::root(3, "shop.worker/main");
        boot.captured = vec![0, 255, 7];
        boot.limits.heap = Some(1 << 20);
        assert_eq!(Boot::decode(&boot.encode()), Some(boot));
    }

    #[test]
    fn what_is_known_of_the_processor_comes_first() {
        let mut boot = Boot::root(3, "p");
        for length in [128, 300, (1 << 14) - 1] {
            boot.processor = (0..length).map(|n| n as u8).collect();
            let record = boot.encode();
            let packet =
                [&ToChild::Boot { total: record.len() as u32, piece: &[] }.head()[..], &record].concat();
            assert_eq!(packet[0], BOOT);
            assert_eq!(
                packet[PROCESSOR_AT - 2..PROCESSOR_AT],
                [(length & 127 | 128) as u8, (length >> 7) as u8]
            );
            assert_eq!(packet[PROCESSOR_AT..][..length], boot.processor);
        }
    }

    #[test]
    fn a_damaged_record_is_refused() {
        let bytes = Boot::root(0, "p").encode();
        for end in 0..bytes.len() {
            assert_eq!(Boot::decode(&bytes[..end]), None);
        }
        assert_eq!(Boot::decode(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn paths_tell_depth() {
        let mut boot = Boot::root(0, "p");
        assert_eq!((boot.depth(), boot.child_path(2)), (0, "/2".to_string()));
        boot.path = "/2/0".to_string();
        assert_eq!((boot.depth(), boot.child_path(11)), (2, "/2/0/11".to_string()));
    }
}
