//! The machine code is made for: the one it is made on, with the settings the engine rests on.

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::{self, Configurable};

/// Frame pointers make traces, the pinned register holds the context, stack checks are our own (no probes),
/// and no unwind tables are read by anybody. Everything a function refers to lies in its own image, so addresses
/// are relative to the code without the global offset table that position-independent code would go through.
const SETTINGS: [(&str, &str); 7] = [
    ("opt_level", "speed"),
    ("is_pic", "false"),
    ("preserve_frame_pointers", "true"),
    ("enable_pinned_reg", "true"),
    ("enable_probestack", "false"),
    ("unwind_info", "false"),
    ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
];

pub fn host() -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    for (name, value) in SETTINGS {
        flags.set(name, value).map_err(|e| format!("code generator setting {name}: {e}"))?;
    }
    let isa = cranelift_native::builder().map_err(|e| format!("this machine: {e}"))?;
    isa.finish(settings::Flags::new(flags)).map_err(|e| format!("this machine: {e}"))
}

/// A word that differs where two machines would be given different code.
pub fn feature_word(isa: &dyn TargetIsa) -> u64 {
    let mut text = isa.triple().to_string();
    for value in isa.isa_flags() {
        text.push_str(&value.to_string());
        text.push('\n');
    }
    wat_abi::hash::bytes(text.as_bytes())
}
