//! What a child costs until its first answer is mostly its start, so the linker is told two things of it.
//!
//! Where the C library is one whose start is known, a child's leads through `src/start.rs`. And in release builds the code of
//! a start lies side by side (`start.ld`, which `cargo xtask start` writes): pages cost when they are first touched.

use std::env::var;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=start.ld");
    println!("cargo:rustc-check-cfg=cfg(known_start)");
    if is_known().unwrap_or(false) {
        println!("cargo:rustc-cfg=known_start");
        println!("cargo:rustc-link-arg-bins=-Wl,--wrap=__libc_start_main");
    }
    let release = var("PROFILE").is_ok_and(|profile| profile == "release");
    // mold reads no script that inserts sections.
    let other = var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("mold"));
    if release && !other {
        let here = var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo:rustc-link-arg-bins=-T{here}/start.ld");
    }
}

/// Is the C library that will be linked, statically and at fixed addresses, the one that `src/start.rs` was written for?
fn is_known() -> Option<bool> {
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let compiler = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_string());
    let told = Command::new(compiler).arg("-print-file-name=libc.a").output().ok()?;
    let place = String::from_utf8(told.stdout).ok()?;
    println!("cargo:rerun-if-changed={}", place.trim());
    let library = std::fs::read(place.trim()).ok()?;
    let says = |text: &[u8]| library.windows(text.len()).any(|at| at == text);
    let flags = var("CARGO_ENCODED_RUSTFLAGS").ok()?;
    let is_fixed = flags.contains("+crt-static") && flags.contains("relocation-model=static");
    let is_gnu = var("TARGET").ok()? == "x86_64-unknown-linux-gnu";
    Some(is_fixed && is_gnu && says(b"stable release version 2.36.") && says(b"_dl_x86_cpu_features"))
}
