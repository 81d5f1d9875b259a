//! Typed HIR: a checked program, definition by definition, with all sugar gone and every type known.
//!
//! What checking produces and specialisation consumes. Generic definitions stay generic here (`Ty::Var`);
//! each mention carries its type arguments. Overloads, field names, arities, keyword arguments, rest
//! parameters, numeric literals, struct-literal maps and implicit options are resolved: a call has exactly the
//! callee's parameters. All of it is serialisable, so the library travels checked.
//!
//! Not here: scopes and names of locals beyond their print name, places where inference was unsure, wat source.

use crate::ty::Ty;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wat_source::{Span, Symbol};

/// A struct or enum. A struct has one variant, named as the type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeDef {
    /// Full name, `user/Point`.
    pub name: Symbol,
    pub params: Vec<Symbol>,
    pub is_struct: bool,
    pub variants: Vec<VariantDef>,
    /// `{:derive [Ord]}`
    pub derives_ord: bool,
    pub private: bool,
    pub doc: Option<Arc<str>>,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VariantDef {
    /// Short name, `Circle`.
    pub name: Symbol,
    pub fields: Vec<(Symbol, Ty)>,
    pub span: Span,
}

/// A function or value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Def {
    /// Full name, `user/main`.
    pub name: Symbol,
    pub generics: Vec<Symbol>,
    /// `:where` bounds: protocol and variable. The language's own protocols go by their short names, all others by
    /// their full ones.
    pub bounds: Vec<(Symbol, Symbol)>,
    pub params: Vec<(LocalId, Ty)>,
    /// The last parameter is a rest parameter (a Vector); calls in HIR already pass the vector.
    pub has_rest: bool,
    pub result: Ty,
    pub body: Body,
    /// Declared `:in`/`:out`; a side not declared is `Edn`. None when neither stands.
    pub contract: Option<Contract>,
    /// Print name, type and place of every local of the definition, indexed by `LocalId`, lambdas included.
    pub locals: Vec<LocalInfo>,
    pub private: bool,
    pub doc: Option<Arc<str>>,
    /// The name in the definition.
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Body {
    /// A function's body.
    Fn(Expr),
    /// A `def`: the value.
    Value(Expr),
    /// Implemented by a primitive operation or a runtime function of this name (library only).
    Intrinsic(Symbol),
    /// A method: its first type variable is `Self`, and the definition it stands for is found by `Self`'s type in
    /// the implementations of the protocol; the default where the one for that type leaves it out.
    Method { protocol: Symbol, default: Option<Symbol> },
}

/// `(extend T P …)`. Only generic code still mentions methods; where the type was known, HIR names the definition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Implementation {
    /// Full name, `user/Describe`.
    pub protocol: Symbol,
    /// The type variables of `ty`.
    pub generics: Vec<Symbol>,
    pub ty: Ty,
    /// `:where` bounds: protocol and variable.
    pub bounds: Vec<(Symbol, Symbol)>,
    /// Methods by full name, and the definitions that implement them here. The type variables of each are these
    /// `generics`, then the method's own but for `Self`.
    pub methods: Vec<(Symbol, Symbol)>,
    /// The type in the `extend`.
    pub span: Span,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Contract {
    pub input: Ty,
    pub output: Ty,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct LocalId(pub u32);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalInfo {
    pub name: Symbol,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ExprKind {
    Lit(Lit),
    Local(LocalId),
    /// A `def` value, or a `defn` used as a function value.
    Def {
        name: Symbol,
        targs: Vec<Ty>,
    },
    /// A call of a definition with all its parameters. Intrinsics included.
    Call {
        name: Symbol,
        targs: Vec<Ty>,
        args: Vec<Expr>,
    },
    /// A call of a function value.
    Apply {
        callee: Box<Expr>,
        args: Vec<Expr>,
    },
    /// A struct, enum variant (Option and Result included); `ty` is the `Ty::Named`.
    Construct {
        variant: u32,
        args: Vec<Expr>,
    },
    /// Field of a struct.
    Field {
        value: Box<Expr>,
        index: u32,
    },
    /// `(with p :x 3.0)`: fields in the order written.
    With {
        value: Box<Expr>,
        fields: Vec<(u32, Expr)>,
    },
    Tuple(Vec<Expr>),
    Vector(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Set(Vec<Expr>),
    /// Sequential; patterns are irrefutable.
    Let {
        binds: Vec<(Pattern, Expr)>,
        body: Box<Expr>,
    },
    If {
        test: Box<Expr>,
        then: Box<Expr>,
        other: Box<Expr>,
    },
    /// At least one; the value is the last's; the others' values are dropped.
    Do(Vec<Expr>),
    /// Proved exhaustive (or an error was reported and no program is made).
    Match {
        scrutinee: Box<Expr>,
        arms: Vec<Arm>,
    },
    /// `(fn …)`; also `#(…)`.
    Lambda(Box<Lambda>),
    /// A value of type `(Program I O)`: a `defn` named in program position.
    ProgramOf {
        name: Symbol,
        targs: Vec<Ty>,
        contract: Contract,
    },
    /// `(loop [x init …] body)`
    Loop {
        params: Vec<(LocalId, Expr)>,
        body: Box<Expr>,
    },
    /// Back to the innermost `Loop`, or to the start of the innermost function when there is none.
    Recur(Vec<Expr>),
    /// `(try e)`: unwrap `Ok`/`Some`, or leave the innermost function (lambda or definition) with the
    /// `Err`/`None`, rebuilt at that function's result type.
    Try {
        value: Box<Expr>,
        is_result: bool,
    },
    /// `(select …)`
    Select(Vec<Clause>),
    /// `(with-peers [a e …] body)`: however the scope is left, all are told to stop, last first, and reaped.
    WithPeers {
        binds: Vec<(LocalId, Expr)>,
        body: Box<Expr>,
    },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Lit {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Char(char),
    Str(Arc<str>),
    /// Without the colon.
    Keyword(Symbol),
    Symbol(Symbol),
    /// Decimal digits with optional sign.
    BigInt(Arc<str>),
    /// Digits with scale, as written without the `M`.
    Decimal(Arc<str>),
    /// Nanoseconds since the epoch.
    Instant(i64),
    Uuid(u128),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lambda {
    /// The `fn`'s own name, for recursion.
    pub own: Option<LocalId>,
    pub params: Vec<LocalId>,
    pub body: Expr,
    /// Locals of the enclosing code it mentions, in order of first mention; `own` excluded.
    pub captures: Vec<LocalId>,
    /// Present when the literal is a program: the expression's type is then `Ty::Program`, else `Ty::Fn`.
    pub contract: Option<Contract>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pattern {
    pub kind: PatternKind,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PatternKind {
    Wild,
    Bind(LocalId),
    /// `(as p name)`
    As(Box<Pattern>, LocalId),
    Lit(Lit),
    /// Struct or enum variant; one pattern per field, in field order (fields not named are `Wild`).
    Variant {
        variant: u32,
        fields: Vec<Pattern>,
    },
    Tuple(Vec<Pattern>),
    /// `[a b]` exactly, `[a b & rest]` at least.
    Vector {
        items: Vec<Pattern>,
        rest: Option<Box<Pattern>>,
    },
    /// Alternatives bind the same locals.
    Or(Vec<Pattern>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clause {
    pub source: Source,
    /// Binds what the source gives: `(Result (Option O) Crash)`, `(Option T)`, `(Result nil Crash)`; `Wild`
    /// for timers and stop.
    pub pattern: Pattern,
    pub body: Expr,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Source {
    Peer(Expr),
    Receiver(Expr),
    Exit(Expr),
    After(Expr),
    Stopped,
    Cancelled,
    /// SIGUSR1, or where it is true SIGUSR2.
    Signal(bool),
}

/// A checked program: what its namespaces define, plus access to the library through `wat_check::Library`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Unit {
    pub types: Vec<TypeDef>,
    pub defs: Vec<Def>,
    pub implementations: Vec<Implementation>,
}

/// Where specialisation finds definitions by full name: the program's own, then the library's.
pub trait Defs {
    fn def(&self, name: Symbol) -> Option<&Def>;
    fn type_def(&self, name: Symbol) -> Option<&TypeDef>;
    /// The implementations of a protocol; no two of them fit one type.
    fn implementations(&self, _protocol: Symbol) -> Vec<&Implementation> {
        Vec::new()
    }
}
