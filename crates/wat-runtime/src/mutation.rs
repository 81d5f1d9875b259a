//! Mechanisms of this crate that a test takes away, to see that the law each guards then fails. Named by the host
//! before compiled code runs; in a release build nothing is ever removed and the branches go.

#[cfg(debug_assertions)]
mod debug {
    use std::sync::OnceLock;

    static REMOVED: OnceLock<&'static str> = OnceLock::new();

    /// Names with commas between; only the first call counts.
    pub fn begin(names: &'static str) {
        if !names.is_empty() {
            let _ = REMOVED.set(names);
        }
    }

    pub(crate) fn removed(name: &str) -> bool {
        REMOVED.get().is_some_and(|names| names.split(',').any(|word| word == name))
    }
}

#[cfg(debug_assertions)]
pub use debug::begin;
#[cfg(debug_assertions)]
pub(crate) use debug::removed;

#[cfg(not(debug_assertions))]
mod release {
    pub fn begin(_: &'static str) {}

    #[inline(always)]
    pub(crate) fn removed(_: &str) -> bool {
        false
    }
}

#[cfg(not(debug_assertions))]
pub use release::begin;
#[cfg(not(debug_assertions))]
pub(crate) use release::removed;
