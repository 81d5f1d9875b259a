//! Where the runtime meets the world: the runtime functions that read, write, spawn, wait and tell the time, over
//! wat-runtime's values and wat-kernel's processes. It must not know the checker, nor any compiler.
//!
//! Begin with [`root`] and [`child`], which [`run`] makes one; then `table.rs` for what compiled code can ask.

mod arrival;
mod client;
mod codec;
mod command;
mod context;
mod frames;
pub mod grants;
mod host;
mod input;
mod kin;
pub mod log;
mod output;
mod parcel;
mod peer;
mod process;
mod pump;
mod run;
mod scope;
mod select;
mod service;
mod stdio;
mod story;
mod supervise;
mod table;
mod thread;
mod traffic;
mod values;
mod window;
mod world;

pub use codec::{Codec, Json};
pub use command::{Told, run as run_command, spawn as spawn_command};
pub use host::{Halt, Host, Node, answer, host, mem};
pub use peer::lock;
pub use wat_kernel::see;

use std::ffi::OsString;
use wat_kernel::boot::{self, Boot};
use wat_kernel::keeper;
pub use wat_kernel::{Authority, machine};
use wat_runtime::unit::{Table, hail};

/// A defect of wat, or a process that could not be made.
const DEFECT: i32 = 70;

/// How a line of the log looks.
pub type Render = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A program to be run as the root of a tree.
pub struct Root<'a> {
    /// The bytes of the image.
    pub image: &'a [u8],
    /// The name of its main program.
    pub program: &'a str,
    pub args: Vec<String>,
    /// Named settings with their EDN.
    pub settings: Vec<(String, String)>,
    pub lines_in: bool,
    pub lines_out: bool,
    /// What the tree may reach.
    pub authority: Authority,
    /// Leaves the tree open to debuggers.
    pub debuggable: bool,
    /// How SIGQUIT shows the tree.
    pub draw: fn(&[see::Sight]) -> String,
    /// What makes whole lines of `[path] text`; unset, the log passes as it is.
    pub log: Option<Render>,
    /// Gives each request a trace that comes without one.
    pub tracing: bool,
}

/// What must hold before a root opens its first file: standard descriptors that were closed are /dev/null.
pub fn guard_stdio() {
    // Without /dev/null the first file takes the number, as in any program.
    let _ = boot::guard_stdio();
}

/// What other crates bring.
#[derive(Clone, Copy)]
pub struct Library {
    /// Puts their rows into the runtime table.
    pub rows: fn(&mut Table),
    /// Who does what children ask for.
    pub opener: fn() -> Box<dyn wat_kernel::ask::Opener>,
    /// What the program's start has found out about the processor and children take from their boot records.
    pub processor: fn() -> Vec<u8>,
}

/// Runs a program as the root; `show` is given its crash's EDN text. Answers the exit code, or why nothing ran.
pub fn root(root: Root, show: &dyn Fn(&str), library: Library) -> Result<i32, String> {
    wat_runtime::mutation::begin(wat_kernel::mutation::current());
    let image = wat_runtime::unit::image::seal(root.image).map_err(|e| format!("seal the image: {e}"))?;
    let mut boot = Boot::root(0, root.program);
    boot.processor = (library.processor)();
    boot.args = root.args;
    boot.settings = root.settings;
    boot.tracing = root.tracing;
    boot.debuggable = root.debuggable;
    boot.authority = root.authority.resolved(&boot.directory);
    let process = boot::root(boot, Some(image)).map_err(|e| e.to_string())?;
    process.on_quit(root.draw);
    if let Some(render) = root.log {
        process.on_log_line(render);
    }
    let stdio = run::Stdio { lines_in: root.lines_in, lines_out: root.lines_out };
    run::run(process, stdio, Some(show), library)
}

/// Runs this process as a child when it is one, and answers its exit code. Nothing else may have run before.
pub fn child(library: Library) -> Option<i32> {
    let args: Vec<OsString> = std::env::args_os().collect();
    if keeper::is_keeper(&args) {
        return Some(keeper::keep());
    }
    if !boot::is_child(&args) {
        return None;
    }
    hail::on_timer(wat_kernel::hail);
    let Ok(process) = boot::child(boot::Watch::Late) else {
        // The parent has been told which step failed.
        return Some(DEFECT);
    };
    Some(run::run(process, run::Stdio::default(), None, library).unwrap_or_else(|defect| {
        eprintln!("wat: {defect}");
        DEFECT
    }))
}
