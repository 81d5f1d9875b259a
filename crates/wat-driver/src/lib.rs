//! The pipeline on one page: from a file's name to the bytes of an image, or to what is wrong with it.
//!
//! Not here: terminals, processes, what any phase does. The library was checked when wat was built and is
//! carried in that form; see `build.rs`.

pub mod docs;
mod forms;
mod library;
mod macros;
pub mod project;
mod session;
mod testing;
mod world;

pub use library::is_library;
pub use session::{
    Judged, Piece, Place, Session, compile_inputs, compile_text, is_unfinished, pieces, unreadable,
};
pub use testing::{CompiledTests, compile_tests, has_tests, tests_below};

use wat_check::hir::Unit;
use wat_check::testing::Test;
use wat_check::{Checked, Entry, Library, Linked, check_with_macros};
use wat_source::{Code, Diagnostic, SourceMap, Symbol};

/// What checking found, and the texts it speaks of.
pub struct Report {
    pub diagnostics: Vec<Diagnostic>,
    pub sources: SourceMap,
}

impl Report {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// A program ready to run.
pub struct Compiled {
    /// The bytes of the image.
    pub image: Vec<u8>,
    /// The full name of its main program.
    pub program: String,
    /// Warnings, and the texts for drawing crashes.
    pub report: Report,
}

/// Check the program, or the file of a library, at `path`: what only others use needs no `main`.
pub fn check_file(path: &str) -> Report {
    let mut report = front(path).1;
    report.diagnostics.retain(|diagnostic| diagnostic.code != Code::MissingMain);
    report
}

/// The text of the file at `path` with its macros expanded, and what is wrong with them.
pub fn expand_file(path: &str) -> (String, Report) {
    let (library, mut sources) = (library::shared(), library::sources());
    let (text, mut world) = match world::Disk::open(path) {
        Ok(found) => found,
        Err(diagnostic) => return (String::new(), Report { diagnostics: vec![diagnostic], sources }),
    };
    let entry = Entry { path: path.to_string(), text };
    let mut macros = macros::Engine::default();
    let (text, diagnostics) = wat_check::expand(entry, &mut world, library, &mut sources, &mut macros);
    (text, Report { diagnostics, sources })
}

/// Compile the program whose entry is the file at `path`. `Err` when the program is wrong.
///
/// # Panics
/// When code generation refuses what checking accepted: a defect of wat.
pub fn compile_file(path: &str) -> Result<Compiled, Report> {
    compiled(path, front(path))
}

fn compiled(path: &str, (program, report): (Option<Program>, Report)) -> Result<Compiled, Report> {
    let Some(program) = program.filter(|_| !report.has_errors()) else { return Err(report) };
    let Some(main) = program.main else { return Err(testing::only_tests(&program.tests, report)) };
    Ok(Compiled { image: image_of(path, &program, main, &report), program: main.to_string(), report })
}

fn image_of(path: &str, program: &Program, main: Symbol, report: &Report) -> Vec<u8> {
    let module = wat_mir::lower(&Linked::new(&program.unit, program.library), main);
    wat_codegen::compile(&module, &report.sources)
        .unwrap_or_else(|defect| panic!("code generation of {path}: {defect}"))
        .bytes
}

/// A checked program beside the library: where specialisation looks names up.
struct Program {
    unit: Unit,
    /// None where there are only tests, or a mistake.
    main: Option<Symbol>,
    tests: Vec<Test>,
    namespace: Symbol,
    /// Lives as long as the process: a start has better things to do than to take it apart.
    library: &'static Library,
}

fn front(path: &str) -> (Option<Program>, Report) {
    match world::Disk::open(path) {
        Ok((text, mut world)) => front_of(Entry { path: path.to_string(), text }, &mut world),
        Err(diagnostic) => (None, Report { diagnostics: vec![diagnostic], sources: library::sources() }),
    }
}

fn front_of(entry: Entry, world: &mut world::Disk) -> (Option<Program>, Report) {
    let (library, mut sources) = (library::shared(), library::sources());
    let mut macros = macros::Engine::default();
    let checked = check_with_macros(entry, world, library, &mut sources, &mut macros);
    let Checked { unit, main, tests, namespace, diagnostics } = checked;
    let program = Program { unit, main, tests, namespace, library };
    (Some(program), Report { diagnostics, sources })
}
