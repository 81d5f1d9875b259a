//! `wat doctor`: what this machine enforces. Not here: asking it (`wat_kernel::machine`).

use wat_host::machine;

/// The names of the mechanisms that are lacking.
pub fn lacking() -> Vec<&'static str> {
    machine::mechanisms().iter().filter(|m| !m.present).map(|m| m.name).collect()
}

/// A line for each mechanism, then what none enforces.
pub fn text() -> String {
    let mut out = String::new();
    for mechanism in machine::mechanisms() {
        let (word, what) =
            if mechanism.present { ("yes", mechanism.holds) } else { ("NO", mechanism.without) };
        out.push_str(&format!("{:18} {word:4} {what}\n", mechanism.name));
    }
    let (nothing, connecting) = machine::filter_lengths();
    out.push_str(&format!(
        "\nfilter: {nothing} instructions for a process granted nothing, {connecting} with a connection\n"
    ));
    out.push_str("\nnot enforced by the operating system:\n");
    for line in machine::NOT_ENFORCED {
        out.push_str(&format!("  {line}\n"));
    }
    out
}
