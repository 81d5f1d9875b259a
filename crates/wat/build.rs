//! Tells the linker to lay the code of a child's start side by side (`start.ld`), in release builds: what a child
//! costs is mostly pages that it touches. `cargo xtask start` writes the script.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=start.ld");
    let release = var("PROFILE").is_ok_and(|profile| profile == "release");
    // mold reads no script that inserts sections.
    let other = var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("mold"));
    if release && !other {
        let here = var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo:rustc-link-arg-bins=-T{here}/start.ld");
    }
}
