//! Expressions under inference: as HIR, but with types that are still being found and choices still open.

use crate::hir::{Lit, LocalId};
use crate::unify::T;
use wat_source::{Span, Symbol};

#[derive(Debug)]
pub struct E {
    pub kind: K,
    pub ty: T,
    pub span: Span,
}

#[derive(Debug)]
pub enum K {
    Lit(Lit),
    Local(LocalId),
    Def(Callee),
    /// The arguments as written; rest vectors, folds and omitted options are made when all is known.
    Call {
        callee: Callee,
        args: Vec<E>,
    },
    Apply {
        callee: Box<E>,
        args: Vec<E>,
    },
    Construct {
        variant: u32,
        args: Vec<E>,
    },
    /// The index is that of a pending field.
    Field {
        value: Box<E>,
        field: usize,
    },
    With {
        value: Box<E>,
        fields: Vec<(usize, E)>,
    },
    Tuple(Vec<E>),
    Vector(Vec<E>),
    Map(Vec<(E, E)>),
    Set(Vec<E>),
    Let {
        binds: Vec<(P, E)>,
        body: Box<E>,
    },
    If {
        test: Box<E>,
        then: Box<E>,
        other: Box<E>,
    },
    Do(Vec<E>),
    Match {
        scrutinee: Box<E>,
        arms: Vec<A>,
    },
    Lambda(Box<L>),
    ProgramOf {
        name: Symbol,
        targs: Vec<T>,
        contract: (T, T),
    },
    Loop {
        params: Vec<(LocalId, E)>,
        body: Box<E>,
    },
    Recur(Vec<E>),
    Try {
        value: Box<E>,
        is_result: bool,
    },
    Select(Vec<C>),
    WithPeers {
        binds: Vec<(LocalId, E)>,
        body: Box<E>,
    },
    /// `(edn e)`, unless e is an Edn.
    ToEdn(Box<E>),
    /// `(str e)` of one value, unless it is a String.
    Show(Box<E>),
    /// Reported.
    Error,
}

/// A definition by name, or one still to be chosen among overloads.
#[derive(Clone, Debug)]
pub enum Callee {
    Known { name: Symbol, targs: Vec<T> },
    Pending(usize),
}

#[derive(Debug)]
pub struct L {
    pub own: Option<LocalId>,
    pub params: Vec<LocalId>,
    pub body: E,
    pub captures: Vec<LocalId>,
    pub contract: Option<(T, T)>,
}

#[derive(Debug)]
pub struct A {
    pub pattern: P,
    pub guard: Option<E>,
    pub body: E,
    pub span: Span,
}

#[derive(Debug)]
pub struct P {
    pub kind: Pk,
    pub ty: T,
    pub span: Span,
}

#[derive(Debug)]
pub enum Pk {
    Wild,
    Bind(LocalId),
    As(Box<P>, LocalId),
    Lit(Lit),
    Variant {
        variant: u32,
        fields: Vec<P>,
    },
    Tuple(Vec<P>),
    Vector {
        items: Vec<P>,
        rest: Option<Box<P>>,
    },
    Or(Vec<P>),
    /// `{:x p}` on a struct that was not known yet; the numbers are those of pending fields.
    Fields(Vec<(usize, P)>),
    /// Reported.
    Error,
}

#[derive(Debug)]
pub struct C {
    pub source: Source,
    pub pattern: P,
    pub body: E,
    pub span: Span,
}

#[derive(Debug)]
pub enum Source {
    Peer(E),
    Receiver(E),
    Exit(E),
    After(E),
    Stopped,
    Cancelled,
    /// SIGUSR1, or where it is true SIGUSR2.
    Signal(bool),
}

/// What the surroundings of an expression ask of it.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    pub ty: Option<T>,
    pub why: Why,
    /// Is it the last step of its function or loop?
    pub tail: bool,
}

/// Where a wanted type comes from.
#[derive(Clone, Copy, Debug)]
pub enum Why {
    Nothing,
    Arg {
        callee: Symbol,
        index: u32,
        span: Span,
        /// The name that is the call's first argument, where the others must be of its type.
        first: Option<Symbol>,
        /// Are all arguments of one type?
        alike: bool,
    },
    /// The result of the function that is this argument of a call.
    Given {
        callee: Symbol,
        span: Span,
    },
    Result(Span),
    Written(Span),
    Branch(Span),
    Element(Span),
    Field(Symbol, Span),
    Init(Span),
    Test,
}

impl Want {
    pub fn any() -> Want {
        Want { ty: None, why: Why::Nothing, tail: false }
    }

    pub fn of(ty: T, why: Why) -> Want {
        Want { ty: Some(ty), why, tail: false }
    }

    pub fn tail(self) -> Want {
        Want { tail: true, ..self }
    }

    pub fn not_tail(self) -> Want {
        Want { tail: false, ..self }
    }
}
