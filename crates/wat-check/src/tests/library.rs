//! The library itself, and that it travels.

use super::{Files, check_with, library, listed};
use crate::Library;

#[test]
fn the_library_checks_clean() {
    let found = &library().1;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_library_that_was_serialised_is_the_same() {
    let bytes = postcard::to_stdvec(&library().0).expect("a library can be serialised");
    let copy: Library = postcard::from_bytes(&bytes).expect("and read again");
    assert_eq!(copy.prelude(), library().0.prelude());
    let source = "(println (map inc [1 2]))\n(println (serv inc))";
    let (checked, sources) = check_with(source, &mut Files(&[]), &copy);
    assert_eq!(listed(&checked.diagnostics, &sources), "2:11 unbound-name unknown name `serv`\n");
}
