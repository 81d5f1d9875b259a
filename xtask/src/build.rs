//! The test binaries of the laws, built by cargo, which says where they are.

use std::process::{Command, Stdio};

/// The test binary by the table's word: `wat` and `kernel` for the laws of those crates, else a test of crate wat.
pub fn binary(word: &str) -> Result<String, String> {
    let (package, test) = match word {
        "wat" => ("wat", "laws"),
        "kernel" => ("wat-kernel", "laws"),
        "escapes" => ("wat-kernel", "escapes"),
        other => ("wat", other),
    };
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string());
    let built = Command::new(cargo)
        .args(["test", "--package", package, "--test", test, "--no-run", "--message-format=json"])
        .current_dir(crate::table::repository())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    if !built.status.success() {
        return Err(format!("cargo could not build the test {test} of {package}"));
    }
    let text = String::from_utf8_lossy(&built.stdout).into_owned();
    let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut found = messages.filter_map(|m| {
        let named = m["target"]["name"] == test && m["target"]["kind"][0] == "test";
        m["executable"].as_str().filter(|_| named).map(str::to_string)
    });
    found.next().ok_or_else(|| format!("cargo named no binary for the test {test} of {package}"))
}
