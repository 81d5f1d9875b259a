//! MIR built by hand, compiled, mapped and run on the real runtime. Tests of one file take turns: the runtime knows
//! one region at a time.

#![allow(dead_code)]

use std::os::fd::AsFd;
use std::sync::{Mutex, MutexGuard, PoisonError};
use wat_abi::layout::Repr;
use wat_abi::rtfn::RT_COUNT;
use wat_mir::mir::*;
use wat_runtime::heap::Heap;
use wat_runtime::unit::region::Region;
use wat_runtime::unit::{self, Image, Outcome, Process, Thread, image, program};
use wat_source::{FileId, SourceMap, Span, Symbol};

pub use Repr::{F, I, P};

pub struct Builder {
    pub module: Module,
    pub sources: SourceMap,
    file: FileId,
}

impl Builder {
    pub fn new() -> Builder {
        let mut sources = SourceMap::new();
        let file = sources.add("test.wat", "x\n".repeat(200));
        Builder { module: Module::default(), sources, file }
    }

    pub fn ty(&mut self, ty: Type) -> TypeId {
        let known = self.module.types.iter().position(|t| *t == ty);
        TypeId(known.unwrap_or_else(|| {
            self.module.types.push(ty);
            self.module.types.len() - 1
        }) as u32)
    }

    pub fn constant(&mut self, c: Const) -> ConstId {
        self.module.consts.push(c);
        ConstId(self.module.consts.len() as u32 - 1)
    }

    /// A function to be defined; calls may refer to it.
    pub fn declare(&mut self, name: &str, params: &[Repr], result: Repr) -> FuncId {
        let mut func = Func {
            name: Symbol::new(name),
            params: Vec::new(),
            result,
            locals: Vec::new(),
            blocks: Vec::new(),
            span: self.span(1),
        };
        for (i, repr) in params.iter().enumerate() {
            func.params.push(Local(i as u32));
            func.locals.push(LocalInfo { repr: *repr, ty: None, immediate: false });
        }
        let entry = Block {
            params: func.params.clone(),
            stmts: vec![],
            term: Term::Trap(wat_abi::trap::Trap::Unreachable),
            term_span: Span::NONE,
        };
        func.blocks.push(entry);
        self.module.funcs.push(func);
        FuncId(self.module.funcs.len() as u32 - 1)
    }

    pub fn define(&mut self, id: FuncId, body: impl FnOnce(&mut Body<'_>)) {
        let span = self.span(1);
        let mut b = Body { builder: self, func: id, block: BlockId(0), span };
        body(&mut b);
    }

    pub fn func(
        &mut self,
        name: &str,
        params: &[Repr],
        result: Repr,
        body: impl FnOnce(&mut Body<'_>),
    ) -> FuncId {
        let id = self.declare(name, params, result);
        self.define(id, body);
        id
    }

    /// Makes a program of a function that takes the program value.
    pub fn program(&mut self, func: FuncId) {
        let ty = self.ty(Type::Program(vec![]));
        let nil = self.ty(Type::Nil);
        let name = self.module.funcs[func.index()].name;
        let span = self.span(1);
        self.module.programs.push(Program {
            name,
            func,
            ty,
            input: nil,
            output: nil,
            globals: (0..self.module.globals.len() as u32).map(GlobalId).collect(),
            span,
        });
    }

    fn span(&self, line: u32) -> Span {
        Span::new(self.file, (line - 1) * 2, line * 2 - 1)
    }
}

pub struct Body<'a> {
    pub builder: &'a mut Builder,
    func: FuncId,
    block: BlockId,
    span: Span,
}

impl Body<'_> {
    fn func(&mut self) -> &mut Func {
        &mut self.builder.module.funcs[self.func.index()]
    }

    pub fn line(&mut self, line: u32) {
        self.span = self.builder.span(line);
    }

    pub fn param(&self, i: u32) -> Local {
        Local(i)
    }

    pub fn typed(&mut self, local: Local, ty: TypeId, immediate: bool) {
        let info = &mut self.func().locals[local.index()];
        (info.ty, info.immediate) = (Some(ty), immediate);
    }

    pub fn local(&mut self, repr: Repr) -> Local {
        let func = self.func();
        func.locals.push(LocalInfo { repr, ty: None, immediate: false });
        Local(func.locals.len() as u32 - 1)
    }

    pub fn block(&mut self, params: &[Local]) -> BlockId {
        let span = self.span;
        let func = self.func();
        func.blocks.push(Block {
            params: params.to_vec(),
            stmts: vec![],
            term: Term::Trap(wat_abi::trap::Trap::Unreachable),
            term_span: span,
        });
        BlockId(func.blocks.len() as u32 - 1)
    }

    pub fn at(&mut self, block: BlockId) {
        self.block = block;
    }

    pub fn stmt(&mut self, kind: StmtKind) {
        let (span, block) = (self.span, self.block);
        self.func().blocks[block.index()].stmts.push(Stmt { kind, span });
    }

    pub fn set(&mut self, repr: Repr, value: Rvalue) -> Local {
        let local = self.local(repr);
        self.stmt(StmtKind::Let(local, value));
        local
    }

    pub fn int(&mut self, n: i64) -> Local {
        self.set(I, Rvalue::ConstI(n))
    }

    pub fn float(&mut self, x: f64) -> Local {
        self.set(F, Rvalue::ConstF(x.to_bits()))
    }

    pub fn prim(&mut self, prim: Prim, args: &[Local]) -> Local {
        use Prim::*;
        let float = matches!(
            prim,
            FAdd | FSub
                | FMul
                | FDiv
                | FNeg
                | FAbs
                | FSqrt
                | FFloor
                | FCeil
                | FTrunc
                | FRound
                | FMin
                | FMax
                | ToF
                | FOfBits
        );
        self.set(if float { F } else { I }, Rvalue::Prim(prim, args.to_vec()))
    }

    pub fn call(&mut self, func: FuncId, args: &[Local]) -> Local {
        let repr = self.builder.module.funcs[func.index()].result;
        self.set(repr, Rvalue::Call(func, args.to_vec()))
    }

    pub fn apply(&mut self, callee: Local, args: &[Local], result: Repr) -> Local {
        self.set(result, Rvalue::Apply { callee, args: args.to_vec(), result })
    }

    pub fn new_object(&mut self, ty: TypeId, tag: u8, fields: &[Local]) -> Local {
        let local = self.set(P, Rvalue::New { ty, tag, fields: fields.to_vec() });
        self.typed(local, ty, false);
        local
    }

    pub fn slot(&mut self, obj: Local, index: u32, repr: Repr) -> Local {
        self.set(repr, Rvalue::Slot { obj, index })
    }

    pub fn drop(&mut self, local: Local) {
        self.stmt(StmtKind::Drop(local));
    }

    pub fn term(&mut self, term: Term) {
        let (span, block) = (self.span, self.block);
        let block = &mut self.func().blocks[block.index()];
        (block.term, block.term_span) = (term, span);
    }

    pub fn ret(&mut self, local: Local) {
        self.term(Term::Return(local));
    }

    pub fn jump(&mut self, to: BlockId, args: &[Local]) {
        self.term(Term::Jump(to, args.to_vec()));
    }

    /// Two new blocks for a test.
    pub fn branch(&mut self, test: Local) -> (BlockId, BlockId) {
        let (then, other) = (self.block(&[]), self.block(&[]));
        self.term(Term::Branch { test, then, other });
        (then, other)
    }
}

/// A compiled module on this operating system thread.
pub struct Machine {
    pub thread: Thread,
    pub process: &'static Process,
    heap: Box<Heap>,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::new(());

/// Every row of the real runtime; the host's are absent.
pub fn table() -> unit::Table {
    let mut table: unit::Table = [unused as *const () as usize; RT_COUNT];
    wat_runtime::table::pure_rows(&mut table);
    unit::fill(&mut table);
    table
}

pub fn load(b: &Builder) -> &'static Process {
    let image = wat_codegen::compile(&b.module, &b.sources).expect("the module compiles");
    let file = image::seal(&image.bytes).expect("a memory file");
    let region = Region::reserve().expect("address space");
    let image = Image::map(region, file.as_fd()).expect("a good image");
    wat_runtime::region::set_base(image.base());
    Box::leak(Box::new(Process::new(image, Box::new(table()), 1 << 30).expect("a full table")))
}

impl Machine {
    pub fn new(b: Builder) -> Machine {
        Machine::with_limit(b, 1 << 30)
    }

    pub fn with_limit(mut b: Builder, limit: usize) -> Machine {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        if b.module.programs.is_empty() {
            b.program(FuncId(0));
        }
        let process = load(&b);
        let thread = Thread::new(process, 8 << 20).expect("a stack");
        let mut heap = Heap::new(limit);
        // SAFETY: the heap outlives the thread's use of it (see Drop).
        unsafe { Heap::enter(&raw mut *heap, &mut *thread.ctx()) };
        Machine { thread, process, heap, _turn: turn }
    }

    /// Runs function 0, which takes a number disguised as a pointer and answers a number.
    pub fn run(&mut self, arg: u64) -> Result<i64, Box<unit::Crash>> {
        let code = self.process.image().programs()[0].code;
        // SAFETY: function 0 is unary with a word for a result, as the tests build it.
        let result = unsafe {
            unit::entry::enter(self.thread.ctx(), code, unit::entry::Call::Unary { arg, float: false })
        };
        result.map(|v| v as i64)
    }

    pub fn run_program(&mut self) -> Outcome {
        let object = self.thread.program_value(0);
        // SAFETY: the heap is entered.
        unsafe { program::run_program(self.thread.ctx(), 0, object) }
    }

    pub fn live_objects(&mut self) -> usize {
        // SAFETY: left and entered again; no unit runs.
        unsafe {
            Heap::leave(&mut *self.thread.ctx(), std::ptr::null_mut());
            let live = self.heap.live_objects();
            Heap::enter(&raw mut *self.heap, &mut *self.thread.ctx());
            live
        }
    }
}

extern "C" fn unused() {
    panic!("a test called a row it does not have");
}
