//! MIR: specialised functions as control-flow graphs of blocks with parameters, every type concrete, every
//! value one 64-bit slot, and (after the ownership pass) every dup and drop explicit.
//!
//! Invariants the verifier proves after the ownership pass: a local is assigned exactly once on each path that
//! uses it; an owned `P` local is consumed exactly once on each path (by an owning operand, `Drop`, a jump
//! argument, return or tail call); nothing follows a tail call. Not here: surface syntax, Cranelift, images.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wat_abi::layout::Repr;
use wat_abi::rtfn::RtFn;
use wat_abi::trap::Trap;
use wat_source::{Span, Symbol};

macro_rules! ids {
    ($($(#[$d:meta])* $n:ident)*) => { $(
        $(#[$d])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        pub struct $n(pub u32);
        impl $n { pub fn index(self) -> usize { self.0 as usize } }
    )* };
}
ids! {
    /// Index in `Module::funcs`.
    FuncId
    /// Index in `Module::types`.
    TypeId
    /// Index in `Module::consts`.
    ConstId
    /// Index in `Module::globals`.
    GlobalId
    /// Index in `Module::programs`; also slot 0 of a program value.
    ProgramId
    /// Index in `Func::blocks`; block 0 is the entry and takes the function's parameters.
    BlockId
    /// Index in `Func::locals`.
    Local
}

/// Everything that is reachable from the entry and from every program it mentions.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub funcs: Vec<Func>,
    pub types: Vec<Type>,
    pub consts: Vec<Const>,
    pub globals: Vec<Global>,
    /// Program 0 is `main` (or the script).
    pub programs: Vec<Program>,
}

/// A concrete type, described to the runtime by one descriptor. Recursive types refer to themselves by id.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Type {
    Nil,
    Bool,
    I64,
    F64,
    Char,
    Keyword,
    Symbol,
    Str,
    Bytes,
    BigInt,
    Decimal,
    Instant,
    Duration,
    Uuid,
    Edn,
    Vector(TypeId),
    Map(TypeId, TypeId),
    Set(TypeId),
    Tuple(Vec<TypeId>),
    Sum(Sum),
    /// A function value's type as a slot (the object's own descriptor is a `Closure`).
    Fn,
    Seq,
    /// Object layout of one lambda's closure: its captures.
    Closure(Vec<TypeId>),
    /// Object layout of one program value: its captures.
    Program(Vec<TypeId>),
    Peer,
    Sender,
    Receiver,
    Resource,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Sum {
    /// Full name of the struct or enum.
    pub name: Symbol,
    /// The type arguments, for identity (`(Option i64)` and `(Option String)` are two types).
    pub args: Vec<TypeId>,
    pub kind: SumKind,
    pub variants: Vec<Variant>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum SumKind {
    Struct,
    Enum,
    Option,
    Result,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Variant {
    pub name: Symbol,
    pub fields: Vec<(Symbol, TypeId)>,
}

impl Type {
    /// What a slot of this type holds.
    pub fn repr(&self) -> Repr {
        match self {
            Type::Nil | Type::Bool | Type::I64 | Type::Char | Type::Instant | Type::Duration => Repr::I,
            Type::F64 => Repr::F,
            Type::Sum(s) if s.is_plain_enum() => Repr::I,
            _ => Repr::P,
        }
    }
    /// Whether a `P` slot of this type may hold an immediate variant number.
    pub fn may_be_immediate(&self) -> bool {
        matches!(self, Type::Sum(s) if s.kind != SumKind::Struct && !s.is_plain_enum()
            && s.variants.iter().any(|v| v.fields.is_empty()))
    }
}

impl Sum {
    /// An enum none of whose variants has fields: its values are variant numbers in `I` slots.
    pub fn is_plain_enum(&self) -> bool {
        self.kind != SumKind::Struct && self.variants.iter().all(|v| v.fields.is_empty())
    }
}

/// An immortal object of the image. (Composite literals are built at run time.)
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Const {
    Str(Arc<str>),
    Keyword(Symbol),
    Symbol(Symbol),
    /// Decimal digits with optional sign.
    BigInt(Arc<str>),
    Decimal(Arc<str>),
    Uuid(u128),
    /// A closure without captures: the function's code, and its `Type::Closure(vec![])`.
    Func(FuncId, TypeId),
    /// A program value without captures, and its `Type::Program(vec![])`.
    Program(ProgramId, TypeId),
    /// A struct value without fields.
    Empty(TypeId),
}

/// A `def`: evaluated by each process that mentions it, before its program, frozen.
#[derive(Clone, Debug)]
pub struct Global {
    pub name: Symbol,
    /// Nullary; returns the value.
    pub init: FuncId,
    pub ty: TypeId,
}

/// An entry of the image.
#[derive(Clone, Debug)]
pub struct Program {
    /// `shop.worker/main`; a literal is named after the definition it stands in: `user/main.fn`.
    pub name: Symbol,
    /// Takes the program object (`P`, owned), whose slots 1… are the captures; returns nil.
    pub func: FuncId,
    /// `Type::Program(captures)`.
    pub ty: TypeId,
    /// Contract.
    pub input: TypeId,
    pub output: TypeId,
    /// The globals it reaches, in the order in which they must be evaluated.
    pub globals: Vec<GlobalId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Func {
    /// For traces: `user/area`, `user/main.fn`.
    pub name: Symbol,
    /// Parameters of the entry block. A closure's function takes the closure object first (owned, `P`).
    pub params: Vec<Local>,
    pub result: Repr,
    pub locals: Vec<LocalInfo>,
    pub blocks: Vec<Block>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
pub struct LocalInfo {
    pub repr: Repr,
    /// Its type where one is known (always for `P`).
    pub ty: Option<TypeId>,
    /// A `P` local that may hold an immediate (dup and drop must test).
    pub immediate: bool,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<Local>,
    pub stmts: Vec<Stmt>,
    pub term: Term,
    pub term_span: Span,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    Let(Local, Rvalue),
    Dup(Local),
    Drop(Local),
    /// Consume an object of a known variant and define each of its fields (owned): when it is unique its
    /// fields are moved out and the cell is freed, else they are dupped and the count is lowered.
    Unpack {
        obj: Local,
        fields: Vec<(u32, Local)>,
    },
}

/// Which operands are owned (consumed): noted per variant; all others are borrowed.
#[derive(Clone, Debug)]
pub enum Rvalue {
    ConstI(i64),
    /// Bits.
    ConstF(u64),
    Const(ConstId),
    /// An immediate variant number as a `P`.
    Immediate(u16),
    Prim(Prim, Vec<Local>),
    /// Arguments owned.
    Call(FuncId, Vec<Local>),
    /// The closure and its arguments, all owned; `result` is what comes back.
    Apply {
        callee: Local,
        args: Vec<Local>,
        result: Repr,
    },
    /// Value arguments in the order of the row (owned as the row says) and, for each descriptor parameter of
    /// the row in order, the type whose descriptor is passed.
    Rt {
        func: RtFn,
        args: Vec<Local>,
        descs: Vec<TypeId>,
    },
    /// A struct, tuple, enum variant. Fields owned.
    New {
        ty: TypeId,
        tag: u8,
        fields: Vec<Local>,
    },
    /// A closure over captures (owned); `ty` is its `Type::Closure`.
    Closure {
        func: FuncId,
        ty: TypeId,
        captures: Vec<Local>,
    },
    /// A program value over captures (owned); `ty` is its `Type::Program`.
    Program {
        program: ProgramId,
        ty: TypeId,
        captures: Vec<Local>,
    },
    /// Slot `index` of an object (closures and programs: captures start at 1). A `P` result is dupped: owned.
    Slot {
        obj: Local,
        index: u32,
    },
    /// The variant number of a `P` enum value, immediate or not, as `I`.
    Tag(Local),
    /// The object (owned) with slot `index` replaced by an owned value; in place when unique.
    SetSlot {
        obj: Local,
        index: u32,
        value: Local,
    },
    /// A `def`'s value (immortal: owned and borrowed are alike).
    Global(GlobalId),
}

/// Operations on registers. `I` unless said. Those that trap say how.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Prim {
    /// Trap `Overflow`.
    Add,
    Sub,
    Mul,
    Neg,
    Abs,
    /// Truncating division; trap `DivideByZero`, and `Overflow` for MIN / -1.
    Quot,
    /// Follows the dividend; trap `DivideByZero`; (rem MIN -1) is 0.
    Rem,
    /// Floors; trap `DivideByZero`.
    Mod,
    WrapAdd,
    WrapSub,
    WrapMul,
    And,
    Or,
    Xor,
    Not,
    Shl,
    Shr,
    /// Boolean not.
    BNot,
    /// Signed comparisons, 0 or 1.
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// On `F`.
    FAdd,
    FSub,
    FMul,
    FDiv,
    FNeg,
    FAbs,
    FSqrt,
    FFloor,
    FCeil,
    FTrunc,
    FRound,
    FMin,
    FMax,
    /// `F` to `I`: IEEE comparisons.
    FEq,
    FNe,
    FLt,
    FLe,
    FGt,
    FGe,
    /// `I` to `F`.
    ToF,
    /// Bits of an `F` as an `I`, and back.
    FBits,
    FOfBits,
    /// Copy of an `I` or `F`.
    Move,
}

#[derive(Clone, Debug)]
pub enum Term {
    /// Owned.
    Return(Local),
    /// Arguments owned.
    Jump(BlockId, Vec<Local>),
    /// On an `I` that is not 0. Targets take no parameters.
    Branch {
        test: Local,
        then: BlockId,
        other: BlockId,
    },
    /// On an `I`. Targets take no parameters.
    Switch {
        on: Local,
        cases: Vec<(i64, BlockId)>,
        default: BlockId,
    },
    /// Arguments owned.
    TailCall(FuncId, Vec<Local>),
    /// Closure and arguments owned.
    TailApply {
        callee: Local,
        args: Vec<Local>,
    },
    /// A diverging runtime function.
    Diverge {
        func: RtFn,
        args: Vec<Local>,
        descs: Vec<TypeId>,
    },
    Trap(Trap),
}
