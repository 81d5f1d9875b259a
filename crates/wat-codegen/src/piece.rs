//! One function's machine code as a value: bytes, and by offset in them what must be relocated, where code
//! comes from and where it may trap. A piece does not know where it will lie.

use cranelift_codegen::binemit::Reloc as Kind;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{ExternalName, TrapCode};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{Context, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use wat_abi::trap::Trap;
use wat_source::Span;

pub struct Piece {
    pub code: Vec<u8>,
    pub align: u32,
    pub relocs: Vec<Reloc>,
    /// Code from the offset comes from the span, to the next one.
    pub places: Vec<(u32, Span)>,
    pub traps: Vec<(u32, Trap)>,
}

/// The four bytes at `at` take `target + addend - at`.
pub struct Reloc {
    pub at: u32,
    pub target: Target,
    pub addend: i64,
}

#[derive(Clone, Copy)]
pub enum Target {
    Func(u32),
    Const(u32),
}

/// Namespaces of Cranelift's user names.
pub const FUNCS: u32 = 0;
pub const CONSTS: u32 = 1;

/// Cranelift's reusable state.
pub struct Compiler<'a> {
    isa: &'a dyn TargetIsa,
    pub context: Context,
    pub builder: FunctionBuilderContext,
}

impl<'a> Compiler<'a> {
    pub fn new(isa: &'a dyn TargetIsa) -> Compiler<'a> {
        Compiler { isa, context: Context::new(), builder: FunctionBuilderContext::new() }
    }

    pub fn isa(&self) -> &'a dyn TargetIsa {
        self.isa
    }

    /// Compiles the function in `context`; its source locations are numbers into `spans`.
    pub fn finish(&mut self, name: &str, spans: &[Span]) -> Result<Piece, String> {
        let failed = |e: String| format!("code generation of {name}: {e}");
        self.context
            .compile(self.isa, &mut ControlPlane::default())
            .map_err(|e| failed(cranelift_codegen::print_errors::pretty_error(e.func, e.inner)))?;
        let compiled = self.context.compiled_code().expect("compilation has just succeeded");
        let buffer = &compiled.buffer;
        let mut relocs = Vec::with_capacity(buffer.relocs().len());
        for r in buffer.relocs() {
            let FinalizedRelocTarget::ExternalName(ExternalName::User(name)) = &r.target else {
                return Err(failed(format!("a reference to {:?}", r.target)));
            };
            if !matches!(r.kind, Kind::X86CallPCRel4 | Kind::X86PCRel4) {
                return Err(failed(format!("a relocation of kind {}", r.kind)));
            }
            let name = &self.context.func.params.user_named_funcs()[*name];
            let target = match name.namespace {
                FUNCS => Target::Func(name.index),
                _ => Target::Const(name.index),
            };
            relocs.push(Reloc { at: r.offset, target, addend: r.addend });
        }
        let mut places: Vec<(u32, Span)> = Vec::new();
        for loc in buffer.get_srclocs_sorted() {
            let span = spans.get(loc.loc.bits() as usize).copied().unwrap_or(Span::NONE);
            if places.last().is_none_or(|(_, last)| *last != span) {
                places.push((loc.start, span));
            }
        }
        let mut traps = Vec::with_capacity(buffer.traps().len());
        for t in buffer.traps() {
            let trap = trap_of(t.code).ok_or_else(|| failed(format!("a trap of code {}", t.code)))?;
            traps.push((t.offset, trap));
        }
        let code = buffer.data().to_vec();
        let align = buffer.alignment.max(16);
        self.context.clear();
        Ok(Piece { code, align, relocs, places, traps })
    }
}

pub fn code_of(trap: Trap) -> TrapCode {
    TrapCode::unwrap_user(trap as u8)
}

/// Our own codes, and those the instructions of Cranelift carry by themselves.
fn trap_of(code: TrapCode) -> Option<Trap> {
    match code {
        TrapCode::INTEGER_DIVISION_BY_ZERO => Some(Trap::DivideByZero),
        TrapCode::INTEGER_OVERFLOW | TrapCode::BAD_CONVERSION_TO_INTEGER => Some(Trap::Overflow),
        _ => Trap::from_code(code.as_raw().get()),
    }
}
