//! Types during inference: an arena of nodes with variables, bound by unification and undone by rollback.
//! It knows nothing of definitions; an error type unifies with everything, so one mistake stays one.

use crate::ty::Ty;
use rustc_hash::FxHashSet;
use std::cell::Cell;
use wat_source::Symbol;

/// A type in the arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct T(u32);

/// A type constructor. The arguments of `Fn` are its parameters, then its result.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Con {
    Nil,
    Bool,
    I64,
    F64,
    Char,
    Keyword,
    Symbol,
    BigInt,
    Decimal,
    Str,
    Bytes,
    Instant,
    Duration,
    Uuid,
    Resource,
    Edn,
    Vector,
    Map,
    Set,
    Seq,
    Tuple,
    Fn,
    Program,
    Peer,
    Sender,
    Receiver,
    Named(Symbol),
    /// A type variable of the signature being checked.
    Rigid(Symbol),
}

/// What may fill an open type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Open {
    Any,
    /// Of an expression that gives no value, such as `(panic! …)`.
    Never,
    /// Of an integer literal.
    Int,
    /// Of a float literal.
    Float,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Open(Open),
    Con(Con),
    Error,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    Open(Open),
    Link(T),
    Con(Con, u32, u32),
    Error,
}

/// Why two types are not one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clash {
    Differ,
    /// One would contain itself.
    Infinite,
}

/// A type written out may have so many parts. Types share their parts in the arena, so a few lines can make one
/// that would fill the memory: what walks a type counts its steps, and what is larger is wrong.
pub const MOST_PARTS: usize = 10_000;
/// A message holds so many bytes of a type.
const MOST_SHOWN: usize = 400;

#[derive(Debug, Default)]
pub struct Types {
    nodes: Vec<Node>,
    /// A type of more than [`MOST_PARTS`] has been met; it was taken for an error.
    too_large: Cell<bool>,
    args: Vec<T>,
    /// Bound variables with what they were, for rollback.
    trail: Vec<(u32, Open)>,
    /// Variables of the signature that number literals may take.
    numbers: Vec<Symbol>,
}

/// What stands where a type was wrong and has been reported; [`Types::read`] makes it [`Shape::Error`].
pub fn wrong() -> Ty {
    Ty::Var(Symbol::new("?"))
}

impl Types {
    pub fn with_numbers(numbers: Vec<Symbol>) -> Types {
        Types { numbers, ..Types::default() }
    }

    pub fn fresh(&mut self) -> T {
        self.open(Open::Any)
    }

    pub fn open(&mut self, open: Open) -> T {
        self.push(Node::Open(open))
    }

    pub fn error(&mut self) -> T {
        self.push(Node::Error)
    }

    pub fn con(&mut self, con: Con, args: &[T]) -> T {
        let start = self.args.len() as u32;
        self.args.extend_from_slice(args);
        self.push(Node::Con(con, start, args.len() as u32))
    }

    pub fn scalar(&mut self, con: Con) -> T {
        self.con(con, &[])
    }

    pub fn function(&mut self, params: &[T], result: T) -> T {
        let mut args = params.to_vec();
        args.push(result);
        self.con(Con::Fn, &args)
    }

    pub fn named(&mut self, name: &str, args: &[T]) -> T {
        self.con(Con::Named(Symbol::new(name)), args)
    }

    fn push(&mut self, node: Node) -> T {
        self.nodes.push(node);
        T(self.nodes.len() as u32 - 1)
    }

    pub fn root(&self, mut t: T) -> T {
        while let Node::Link(next) = self.nodes[t.0 as usize] {
            t = next;
        }
        t
    }

    pub fn shape(&self, t: T) -> Shape {
        match self.nodes[self.root(t).0 as usize] {
            Node::Open(open) => Shape::Open(open),
            Node::Con(con, ..) => Shape::Con(con),
            Node::Error => Shape::Error,
            Node::Link(_) => unreachable!("a root is no link"),
        }
    }

    /// The constructor, where it is known.
    pub fn head(&self, t: T) -> Option<Con> {
        match self.shape(t) {
            Shape::Con(con) => Some(con),
            _ => None,
        }
    }

    pub fn is(&self, t: T, con: Con) -> bool {
        self.head(t) == Some(con)
    }

    pub fn is_error(&self, t: T) -> bool {
        self.shape(t) == Shape::Error
    }

    pub fn is_open(&self, t: T) -> bool {
        matches!(self.shape(t), Shape::Open(_))
    }

    /// The arguments of a constructor; none for anything else.
    pub fn args(&self, t: T) -> Vec<T> {
        match self.nodes[self.root(t).0 as usize] {
            Node::Con(_, start, len) => self.args[start as usize..(start + len) as usize].to_vec(),
            _ => Vec::new(),
        }
    }

    /// Has a type been met that is too large to be written out? Asking forgets it.
    pub fn take_too_large(&self) -> bool {
        self.too_large.take()
    }

    /// Does any part of it, each taken once, satisfy the test?
    fn any(&self, t: T, test: &dyn Fn(T) -> bool) -> bool {
        let mut todo = vec![t];
        let mut seen: FxHashSet<u32> = FxHashSet::default();
        while let Some(t) = todo.pop() {
            let t = self.root(t);
            if test(t) {
                return true;
            }
            if let Node::Con(_, start, len) = self.nodes[t.0 as usize]
                && len > 0
                && seen.insert(t.0)
            {
                todo.extend_from_slice(&self.args[start as usize..(start + len) as usize]);
            }
        }
        false
    }

    pub fn has_error(&self, t: T) -> bool {
        self.any(t, &|part| self.is_error(part))
    }

    pub fn has_open(&self, t: T) -> bool {
        self.any(t, &|part| self.is_open(part))
    }

    /// Is there a part that nothing has determined, not even as a number?
    pub fn has_unknown(&self, t: T) -> bool {
        self.any(t, &|part| matches!(self.shape(part), Shape::Open(Open::Any)))
    }

    fn occurs(&self, variable: T, t: T) -> bool {
        self.any(t, &|part| part == variable)
    }

    /// Make them one, or change nothing.
    pub fn unify(&mut self, a: T, b: T) -> Result<(), Clash> {
        let mark = self.trail.len();
        let result = self.join(a, b, &mut 0);
        if result.is_err() {
            for (number, open) in self.trail.split_off(mark) {
                self.nodes[number as usize] = Node::Open(open);
            }
        }
        result
    }

    fn join(&mut self, a: T, b: T, steps: &mut usize) -> Result<(), Clash> {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return Ok(());
        }
        *steps += 1;
        if *steps > MOST_PARTS {
            self.too_large.set(true);
            return Ok(());
        }
        match (self.nodes[a.0 as usize], self.nodes[b.0 as usize]) {
            (Node::Error, Node::Open(open)) => self.bind(b, open, a),
            (Node::Open(open), Node::Error) => self.bind(a, open, b),
            (Node::Error, _) | (_, Node::Error) => {}
            (Node::Open(x), Node::Open(y)) => {
                // The more demanding one stays: a literal over a variable, a float over an integer.
                let rank = |open| match open {
                    Open::Any => 0,
                    Open::Never => 1,
                    Open::Int => 2,
                    Open::Float => 3,
                };
                if rank(x) <= rank(y) { self.bind(a, x, b) } else { self.bind(b, y, a) }
            }
            (Node::Open(open), Node::Con(con, ..)) => self.fill(a, open, b, con)?,
            (Node::Con(con, ..), Node::Open(open)) => self.fill(b, open, a, con)?,
            (Node::Con(x, i, n), Node::Con(y, j, m)) => {
                if x != y || n != m {
                    return Err(Clash::Differ);
                }
                for k in 0..n {
                    self.join(self.args[(i + k) as usize], self.args[(j + k) as usize], steps)?;
                }
            }
            (Node::Link(_), _) | (_, Node::Link(_)) => unreachable!("roots are no links"),
        }
        Ok(())
    }

    fn fill(&mut self, variable: T, open: Open, t: T, con: Con) -> Result<(), Clash> {
        let fits = match open {
            Open::Any | Open::Never => true,
            Open::Int => match con {
                Con::I64 | Con::F64 | Con::BigInt | Con::Decimal => true,
                Con::Rigid(name) => self.numbers.contains(&name),
                _ => false,
            },
            Open::Float => con == Con::F64,
        };
        if !fits {
            return Err(Clash::Differ);
        }
        if self.occurs(variable, t) {
            return Err(Clash::Infinite);
        }
        self.bind(variable, open, t);
        Ok(())
    }

    fn bind(&mut self, variable: T, was: Open, t: T) {
        self.nodes[variable.0 as usize] = Node::Link(t);
        self.trail.push((variable.0, was));
    }

    /// An open type that has been complained about: silent from now on.
    pub fn silence(&mut self, t: T) {
        let root = self.root(t);
        if let Node::Open(open) = self.nodes[root.0 as usize] {
            self.nodes[root.0 as usize] = Node::Error;
            self.trail.push((root.0, open));
        }
    }

    /// Literals still open take their default; says whether there were any.
    pub fn default_literals(&mut self) -> bool {
        let mut any = false;
        for number in 0..self.nodes.len() {
            let con = match self.nodes[number] {
                Node::Open(Open::Int) => Con::I64,
                Node::Open(Open::Float) => Con::F64,
                _ => continue,
            };
            self.nodes[number] = Node::Con(con, 0, 0);
            any = true;
        }
        any
    }

    /// A finished type with its variables replaced; those without a replacement are rigid.
    pub fn read(&mut self, ty: &Ty, variables: &dyn Fn(Symbol) -> Option<T>) -> T {
        let con = match ty {
            Ty::Nil => Con::Nil,
            Ty::Bool => Con::Bool,
            Ty::I64 => Con::I64,
            Ty::F64 => Con::F64,
            Ty::Char => Con::Char,
            Ty::Keyword => Con::Keyword,
            Ty::Symbol => Con::Symbol,
            Ty::BigInt => Con::BigInt,
            Ty::Decimal => Con::Decimal,
            Ty::Str => Con::Str,
            Ty::Bytes => Con::Bytes,
            Ty::Instant => Con::Instant,
            Ty::Duration => Con::Duration,
            Ty::Uuid => Con::Uuid,
            Ty::Resource => Con::Resource,
            Ty::Edn => Con::Edn,
            Ty::Var(name) => match variables(*name) {
                Some(t) => return t,
                None if *name == "?" => return self.error(),
                None => Con::Rigid(*name),
            },
            Ty::Vector(t) => return self.read_con(Con::Vector, &[t], variables),
            Ty::Set(t) => return self.read_con(Con::Set, &[t], variables),
            Ty::Seq(t) => return self.read_con(Con::Seq, &[t], variables),
            Ty::Sender(t) => return self.read_con(Con::Sender, &[t], variables),
            Ty::Receiver(t) => return self.read_con(Con::Receiver, &[t], variables),
            Ty::Map(k, v) => return self.read_con(Con::Map, &[k, v], variables),
            Ty::Program(i, o) => return self.read_con(Con::Program, &[i, o], variables),
            Ty::Peer(i, o) => return self.read_con(Con::Peer, &[i, o], variables),
            Ty::Tuple(ts) => return self.read_con(Con::Tuple, &ts.iter().collect::<Vec<_>>(), variables),
            Ty::Named(name, ts) => {
                return self.read_con(Con::Named(*name), &ts.iter().collect::<Vec<_>>(), variables);
            }
            Ty::Fn(params, result) => {
                let mut all: Vec<&Ty> = params.iter().collect();
                all.push(result);
                return self.read_con(Con::Fn, &all, variables);
            }
        };
        self.scalar(con)
    }

    fn read_con(&mut self, con: Con, args: &[&Ty], variables: &dyn Fn(Symbol) -> Option<T>) -> T {
        let args: Vec<T> = args.iter().map(|arg| self.read(arg, variables)).collect();
        self.con(con, &args)
    }

    /// As a finished type. What is still open is nil; what is wrong is [`wrong`].
    pub fn write(&self, t: T) -> Ty {
        self.write_with(t, &|open| match open {
            Open::Int => Ty::I64,
            Open::Float => Ty::F64,
            Open::Any | Open::Never => Ty::Nil,
        })
    }

    /// For a message: what is open is `_`.
    pub fn show(&self, t: T) -> String {
        let ty = self.write_with(t, &|open| match open {
            Open::Int => Ty::I64,
            Open::Float => Ty::F64,
            Open::Any | Open::Never => Ty::Var(Symbol::new("_")),
        });
        let mut text = ty.to_string();
        if text.len() > MOST_SHOWN {
            text.truncate(text.floor_char_boundary(MOST_SHOWN));
            text.push('…');
        }
        text
    }

    fn write_with(&self, t: T, open: &dyn Fn(Open) -> Ty) -> Ty {
        self.write_part(t, open, &mut 0)
    }

    fn write_part(&self, t: T, open: &dyn Fn(Open) -> Ty, steps: &mut usize) -> Ty {
        use std::sync::Arc;
        *steps += 1;
        if *steps > MOST_PARTS {
            self.too_large.set(true);
            return wrong();
        }
        let con = match self.shape(t) {
            Shape::Open(kind) => return open(kind),
            Shape::Error => return wrong(),
            Shape::Con(con) => con,
        };
        let mut args: Vec<Ty> =
            self.args(t).into_iter().map(|arg| self.write_part(arg, open, steps)).collect();
        let mut next = || Arc::new(args.remove(0));
        match con {
            Con::Nil => Ty::Nil,
            Con::Bool => Ty::Bool,
            Con::I64 => Ty::I64,
            Con::F64 => Ty::F64,
            Con::Char => Ty::Char,
            Con::Keyword => Ty::Keyword,
            Con::Symbol => Ty::Symbol,
            Con::BigInt => Ty::BigInt,
            Con::Decimal => Ty::Decimal,
            Con::Str => Ty::Str,
            Con::Bytes => Ty::Bytes,
            Con::Instant => Ty::Instant,
            Con::Duration => Ty::Duration,
            Con::Uuid => Ty::Uuid,
            Con::Resource => Ty::Resource,
            Con::Edn => Ty::Edn,
            Con::Vector => Ty::Vector(next()),
            Con::Set => Ty::Set(next()),
            Con::Seq => Ty::Seq(next()),
            Con::Sender => Ty::Sender(next()),
            Con::Receiver => Ty::Receiver(next()),
            Con::Map => {
                let key = next();
                Ty::Map(key, next())
            }
            Con::Program => {
                let input = next();
                Ty::Program(input, next())
            }
            Con::Peer => {
                let input = next();
                Ty::Peer(input, next())
            }
            Con::Tuple => Ty::Tuple(args.into()),
            Con::Named(name) => Ty::Named(name, args.into()),
            Con::Fn => {
                let result = args.pop().expect("a function type has a result");
                Ty::Fn(args.into(), Arc::new(result))
            }
            Con::Rigid(name) => Ty::Var(name),
        }
    }
}
