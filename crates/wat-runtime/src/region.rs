//! Where this process's code region lies. Descriptors, names and constants are region offsets, so reading one
//! needs this base and nothing else.

use std::sync::atomic::{AtomicPtr, Ordering};

static BASE: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());

/// Says where the region is mapped. Called before any wat value of it exists; the region stays mapped for the life
/// of the process and its descriptors do not change. A process that compiles has several, one after another: while
/// values of one are looked at no other is the process's.
pub fn set_base(base: *const u8) {
    let before = BASE.swap(base.cast_mut(), Ordering::AcqRel);
    if !before.is_null() && before.cast_const() != base {
        crate::codec::forget_plans();
    }
}

/// The first byte of the region; null before [`set_base`].
#[inline]
pub fn base() -> *const u8 {
    BASE.load(Ordering::Relaxed)
}
