//! The library itself.

use super::library;

#[test]
fn the_library_checks_clean() {
    let found = &library().1;
    assert!(found.is_empty(), "{}", found.join("\n"));
}
