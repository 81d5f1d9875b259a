//! What expansion needs of whoever can compile and run: macro bodies are functions from code to code, and code goes
//! in and comes out as plain data. Nothing here knows how it is run.

use crate::hir::Defs;
use wat_source::{SourceMap, Symbol};
use wat_syntax::FormKind;

/// Compiles and runs macro bodies.
pub trait MacroRunner: Send {
    /// Compile a program whose main reads a vector of `wat.core/Form` and writes one; the number to run it by.
    fn compile(
        &mut self,
        defs: &(dyn Defs + Sync),
        main: Symbol,
        sources: &SourceMap,
    ) -> Result<usize, String>;

    /// Run it on the arguments of a call, within a time and a memory of the runner's choice.
    fn run(&mut self, program: usize, args: &[Code]) -> Result<Code, Fault>;
}

/// One value of `wat.core/Form`.
#[derive(Clone, Debug)]
pub struct Code {
    pub node: Node,
    pub at: i64,
}

#[derive(Clone, Debug)]
pub enum Node {
    /// Nil, a bool, a number, a string, a character or a keyword.
    Scalar(FormKind),
    Symbol(String),
    List(Vec<Code>),
    Vector(Vec<Code>),
    Set(Vec<Code>),
    Map(Vec<(Code, Code)>),
    Tagged(String, Box<Code>),
}

/// Why a macro gave no code.
#[derive(Clone, Debug)]
pub struct Fault {
    pub message: String,
    /// Where it was, innermost first: path, line and column.
    pub places: Vec<(String, u32, u32)>,
}

/// For checks without an engine at hand: every call of a macro is an error.
pub struct NoMacros;

impl MacroRunner for NoMacros {
    fn compile(&mut self, _: &(dyn Defs + Sync), _: Symbol, _: &SourceMap) -> Result<usize, String> {
        Err("there is nothing here to run macros with".to_string())
    }

    fn run(&mut self, _: usize, _: &[Code]) -> Result<Code, Fault> {
        Err(Fault { message: "there is nothing here to run macros with".to_string(), places: Vec::new() })
    }
}
