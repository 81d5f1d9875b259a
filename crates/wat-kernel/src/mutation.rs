//! Mechanisms taken away, to see that the law each guards then fails.
//!
//! In a debug build `WAT_MUTATION` at the root names what is removed, several with commas between; the boot record
//! hands it down. A release build has no such room: [`removed`] is `false` there and the branches go. Three words remove
//! nothing: `pause:STEP` stretches a moment too short to be hit by chance, `short:STEP` has the system take nothing there
//! at first, for want of memory, and `one-page` gives every pipe the least room the system knows, as a user has whose
//! quota of pipe memory is spent. Not here: what a law is (`tests/laws`).

#[cfg(debug_assertions)]
mod debug {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static REMOVED: OnceLock<String> = OnceLock::new();

    /// Only the first word counts: the root's environment, or a child's record.
    pub(crate) fn begin(names: &str) {
        let _ = REMOVED.set(names.to_string());
    }

    pub fn current() -> &'static str {
        REMOVED.get().map_or("", String::as_str)
    }

    pub fn removed(name: &str) -> bool {
        current().split(',').any(|word| word == name)
    }

    pub(crate) fn pauses_at(step: &str) -> bool {
        current().split(',').any(|word| word.strip_prefix("pause:") == Some(step))
    }

    /// The first attempts alone, as when memory is short for a moment.
    pub(crate) fn short_at(step: &str) -> bool {
        static LEFT: AtomicUsize = AtomicUsize::new(3);
        let named = current().split(',').any(|word| word.strip_prefix("short:") == Some(step));
        named && LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }

    pub(crate) fn one_page() -> bool {
        removed("one-page")
    }

    /// The binary that children are made of instead of this one: a hostile peer speaks for itself.
    pub(crate) fn stand_in() -> Option<std::path::PathBuf> {
        std::env::var_os("WAT_STAND_IN").map(Into::into)
    }

    pub(crate) fn begin_root() {
        begin(&std::env::var("WAT_MUTATION").unwrap_or_default());
    }
}

#[cfg(debug_assertions)]
pub(crate) use debug::{begin, begin_root, one_page, pauses_at, short_at, stand_in};
#[cfg(debug_assertions)]
pub use debug::{current, removed};

#[cfg(not(debug_assertions))]
mod release {
    pub(crate) fn begin(_: &str) {}

    pub(crate) fn begin_root() {}

    pub fn current() -> &'static str {
        ""
    }

    #[inline(always)]
    pub fn removed(_: &str) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn pauses_at(_: &str) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn short_at(_: &str) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn one_page() -> bool {
        false
    }

    pub(crate) fn stand_in() -> Option<std::path::PathBuf> {
        None
    }
}

#[cfg(not(debug_assertions))]
pub(crate) use release::{begin, begin_root, one_page, pauses_at, short_at, stand_in};
#[cfg(not(debug_assertions))]
pub use release::{current, removed};
