//! Where this process's code region lies. Descriptors, names and constants are region offsets, so reading one
//! needs this base and nothing else.

use std::sync::atomic::{AtomicPtr, Ordering};

static BASE: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());

/// Says where the region is mapped. Called once, before any wat value exists; the region stays mapped for the
/// life of the process and its descriptors do not change.
pub fn set_base(base: *const u8) {
    BASE.store(base.cast_mut(), Ordering::Release);
}

/// The first byte of the region; null before [`set_base`].
#[inline]
pub fn base() -> *const u8 {
    BASE.load(Ordering::Relaxed)
}
