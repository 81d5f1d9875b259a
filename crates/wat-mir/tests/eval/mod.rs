//! MIR executed directly: what MIR means, written to be read. Slow, complete enough for tests.
//!
//! Counts are kept as compiled code would keep them, so a dup or drop too many or too few shows: an object
//! used after its count fell to 0 is a fault, and so is an object left at a clean end. Not here: the runtime's
//! layouts, processes, EDN; runtime rows are there as far as tests need them.

use std::cmp::Ordering;
use std::collections::VecDeque;
use wat_abi::rtfn::RtFn;
use wat_abi::trap::Trap;
use wat_mir::mir::{Const, FuncId, Local, Module, Prim, ProgramId, Rvalue, StmtKind, Term, Type, TypeId};

/// A value in a register or a field.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Slot {
    I(i64),
    F(f64),
    Immediate(u16),
    /// Index in the heap.
    P(usize),
}

#[derive(Clone, Debug)]
enum Kind {
    Fields(u8, Vec<Slot>),
    Closure(FuncId, Vec<Slot>),
    Program(ProgramId, Vec<Slot>),
    /// Strings, keywords, symbols, numbers of any size: their text.
    Text(String),
    Vector(Vec<Slot>),
    /// Sorted by key.
    Map(Vec<(Slot, Slot)>),
    Peer(usize),
}

#[derive(Clone, Debug)]
struct Object {
    /// Negative: immortal. 0: freed.
    count: i64,
    kind: Kind,
}

/// Why a run stopped early.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    Trap(&'static str),
    Panic(String),
    /// The evaluator cannot go on: too long, too deep, or a runtime row it does not model.
    Limit(String),
    /// MIR did what it must not.
    Fault(String),
}

type Run<T> = Result<T, Stop>;

fn fault<T>(why: impl Into<String>) -> Run<T> {
    Err(Stop::Fault(why.into()))
}

/// What `program 0` printed and how it ended; a clean end with an object left is a fault.
pub fn run(module: &Module, choices: &[i64]) -> (Vec<String>, Run<()>) {
    std::thread::scope(|scope| {
        // A frame of wat is several of Rust.
        let thread = std::thread::Builder::new().stack_size(256 << 20);
        let handle = thread.spawn_scoped(scope, || run_here(module, choices)).expect("a thread starts");
        handle.join().expect("the evaluator does not panic")
    })
}

fn run_here(module: &Module, choices: &[i64]) -> (Vec<String>, Run<()>) {
    let mut machine = Machine {
        module,
        heap: Vec::new(),
        consts: Vec::new(),
        globals: vec![None; module.globals.len()],
        out: Vec::new(),
        choices: choices.iter().copied().collect(),
        peers: 0,
        depth: 0,
        steps: 0,
    };
    let end = machine.program(ProgramId(0));
    (machine.out, end)
}

struct Machine<'m> {
    module: &'m Module,
    heap: Vec<Object>,
    consts: Vec<usize>,
    globals: Vec<Option<Slot>>,
    out: Vec<String>,
    /// What `select_wait` answers, in order.
    choices: VecDeque<i64>,
    peers: usize,
    depth: usize,
    steps: u64,
}

/// Frames and statements a test may need; more is a loop that does not end or a tail call that grows.
const DEPTH: usize = 2_000;
const STEPS: u64 = 2_000_000;

enum After {
    Return(Slot),
    Call(FuncId, Vec<Slot>),
}

impl Machine<'_> {
    fn program(&mut self, id: ProgramId) -> Run<()> {
        for constant in &self.module.consts {
            let kind = match constant {
                Const::Str(s) | Const::BigInt(s) | Const::Decimal(s) => Kind::Text(s.to_string()),
                Const::Keyword(s) => Kind::Text(format!(":{s}")),
                Const::Symbol(s) => Kind::Text(s.to_string()),
                Const::Uuid(u) => Kind::Text(format!("{u:x}")),
                Const::Func(f, _) => Kind::Closure(*f, Vec::new()),
                Const::Program(p, _) => Kind::Program(*p, Vec::new()),
                Const::Empty(_) => Kind::Fields(0, Vec::new()),
            };
            self.heap.push(Object { count: -1, kind });
            self.consts.push(self.heap.len() - 1);
        }
        let program = &self.module.programs[id.index()];
        for global in &program.globals {
            let value = self.call(self.module.globals[global.index()].init, Vec::new())?;
            self.freeze(value);
            self.globals[global.index()] = Some(value);
        }
        let object = self.make(Kind::Program(id, Vec::new()));
        self.call(program.func, vec![object])?;
        match self.heap.iter().position(|o| o.count > 0) {
            None => Ok(()),
            Some(left) => fault(format!("object {left} is left: {:?}", self.heap[left])),
        }
    }

    fn make(&mut self, kind: Kind) -> Slot {
        self.heap.push(Object { count: 1, kind });
        Slot::P(self.heap.len() - 1)
    }

    fn freeze(&mut self, slot: Slot) {
        let Slot::P(at) = slot else { return };
        if self.heap[at].count > 0 {
            self.heap[at].count = -1;
            self.parts(at).into_iter().for_each(|s| self.freeze(s));
        }
    }

    fn parts(&self, at: usize) -> Vec<Slot> {
        match &self.heap[at].kind {
            Kind::Fields(_, slots)
            | Kind::Closure(_, slots)
            | Kind::Program(_, slots)
            | Kind::Vector(slots) => slots.clone(),
            Kind::Map(entries) => entries.iter().flat_map(|e| [e.0, e.1]).collect(),
            Kind::Text(_) | Kind::Peer(_) => Vec::new(),
        }
    }

    fn dup(&mut self, slot: Slot) -> Run<Slot> {
        if let Slot::P(at) = slot {
            match self.heap[at].count {
                0 => return fault(format!("dup of freed object {at}")),
                n if n > 0 => self.heap[at].count += 1,
                _ => {}
            }
        }
        Ok(slot)
    }

    fn drop(&mut self, slot: Slot) -> Run<()> {
        let Slot::P(at) = slot else { return Ok(()) };
        match self.heap[at].count {
            0 => return fault(format!("drop of freed object {at}: {:?}", self.heap[at].kind)),
            1 => {
                self.heap[at].count = 0;
                if let Kind::Peer(n) = self.heap[at].kind {
                    self.out.push(format!("release peer {n}"));
                }
                for part in self.parts(at) {
                    self.drop(part)?;
                }
            }
            n if n > 1 => self.heap[at].count -= 1,
            _ => {}
        }
        Ok(())
    }

    fn object(&self, slot: Slot) -> Run<&Kind> {
        match slot {
            Slot::P(at) if self.heap[at].count != 0 => Ok(&self.heap[at].kind),
            Slot::P(at) => fault(format!("use of freed object {at}: {:?}", self.heap[at].kind)),
            other => fault(format!("{other:?} is not an object")),
        }
    }

    /// An owned object made unique: itself, or a copy whose parts are dupped.
    fn unique(&mut self, slot: Slot) -> Run<usize> {
        let kind = self.object(slot)?.clone();
        let Slot::P(at) = slot else { return fault("not an object") };
        if self.heap[at].count == 1 {
            return Ok(at);
        }
        for part in self.parts(at) {
            self.dup(part)?;
        }
        self.drop(slot)?;
        match self.make(kind) {
            Slot::P(copy) => Ok(copy),
            _ => fault("make gives an object"),
        }
    }

    fn call(&mut self, mut func: FuncId, mut args: Vec<Slot>) -> Run<Slot> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Stop::Limit("the stack is too deep".into()));
        }
        loop {
            match self.frame(func, args)? {
                After::Return(slot) => {
                    self.depth -= 1;
                    return Ok(slot);
                }
                After::Call(next, given) => (func, args) = (next, given),
            }
        }
    }

    fn callee(&self, closure: Slot) -> Run<FuncId> {
        match self.object(closure)? {
            Kind::Closure(f, _) => Ok(*f),
            other => fault(format!("call of {other:?}")),
        }
    }

    fn frame(&mut self, id: FuncId, args: Vec<Slot>) -> Run<After> {
        let func = &self.module.funcs[id.index()];
        let mut locals: Vec<Option<Slot>> = vec![None; func.locals.len()];
        let mut block = &func.blocks[0];
        let mut args = args;
        loop {
            if block.params.len() != args.len() {
                return fault(format!("{} arguments for {}", args.len(), block.params.len()));
            }
            block.params.iter().zip(&args).for_each(|(p, a)| locals[p.index()] = Some(*a));
            for stmt in &block.stmts {
                self.steps += 1;
                if self.steps > STEPS {
                    return Err(Stop::Limit("too many steps".into()));
                }
                match &stmt.kind {
                    StmtKind::Let(to, rvalue) => {
                        locals[to.index()] = Some(self.rvalue(rvalue, &locals)?);
                    }
                    StmtKind::Dup(l) => {
                        self.dup(get(&locals, *l)?)?;
                    }
                    StmtKind::Drop(l) => self.drop(get(&locals, *l)?)?,
                    StmtKind::Unpack { obj, fields } => {
                        let obj = get(&locals, *obj)?;
                        let Kind::Fields(_, slots) = self.object(obj)?.clone() else {
                            return fault("unpack of an object without fields");
                        };
                        if slots.len() != fields.len() {
                            return fault("unpack does not list every field");
                        }
                        for (index, field) in fields {
                            locals[field.index()] = Some(self.dup(slots[*index as usize])?);
                        }
                        self.drop(obj)?;
                    }
                }
            }
            let list = |ls: &[Local]| ls.iter().map(|l| get(&locals, *l)).collect::<Run<Vec<Slot>>>();
            self.steps += 1;
            let next = match &block.term {
                Term::Return(l) => return Ok(After::Return(get(&locals, *l)?)),
                Term::TailCall(f, given) => return Ok(After::Call(*f, list(given)?)),
                Term::TailApply { callee, args } => {
                    let closure = get(&locals, *callee)?;
                    let mut given = vec![closure];
                    given.extend(list(args)?);
                    return Ok(After::Call(self.callee(closure)?, given));
                }
                Term::Jump(to, given) => {
                    args = list(given)?;
                    block = &func.blocks[to.index()];
                    continue;
                }
                Term::Branch { test, then, other } => {
                    if get(&locals, *test)? != Slot::I(0) {
                        then
                    } else {
                        other
                    }
                }
                Term::Switch { on, cases, default } => {
                    let Slot::I(n) = get(&locals, *on)? else { return fault("switch on a pointer") };
                    cases.iter().find(|c| c.0 == n).map_or(default, |c| &c.1)
                }
                Term::Diverge { args, .. } => {
                    let message = match args.first() {
                        Some(l) => self.text(get(&locals, *l)?)?,
                        None => String::new(),
                    };
                    return Err(Stop::Panic(message));
                }
                Term::Trap(trap) => return Err(Stop::Trap(trap.kind())),
            };
            args = Vec::new();
            block = &func.blocks[next.index()];
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue, locals: &[Option<Slot>]) -> Run<Slot> {
        let list = |ls: &[Local]| ls.iter().map(|l| get(locals, *l)).collect::<Run<Vec<Slot>>>();
        Ok(match rvalue {
            Rvalue::ConstI(n) => Slot::I(*n),
            Rvalue::ConstF(bits) => Slot::F(f64::from_bits(*bits)),
            Rvalue::Const(c) => Slot::P(self.consts[c.index()]),
            Rvalue::Immediate(n) => Slot::Immediate(*n),
            Rvalue::Prim(prim, args) => prim_value(*prim, &list(args)?)?,
            Rvalue::Call(f, args) => self.call(*f, list(args)?)?,
            Rvalue::Apply { callee, args, .. } => {
                let closure = get(locals, *callee)?;
                let mut given = vec![closure];
                given.extend(list(args)?);
                self.call(self.callee(closure)?, given)?
            }
            Rvalue::Rt { func, args, descs } => self.runtime(*func, &list(args)?, descs)?,
            Rvalue::New { tag, fields, .. } => {
                let fields = list(fields)?;
                self.make(Kind::Fields(*tag, fields))
            }
            Rvalue::Closure { func, captures, .. } => {
                let captures = list(captures)?;
                self.make(Kind::Closure(*func, captures))
            }
            Rvalue::Program { program, captures, .. } => {
                let captures = list(captures)?;
                self.make(Kind::Program(*program, captures))
            }
            Rvalue::Slot { obj, index } => {
                let slot = match self.object(get(locals, *obj)?)? {
                    Kind::Fields(_, slots) => slots[*index as usize],
                    Kind::Closure(_, slots) | Kind::Program(_, slots) => slots[*index as usize - 1],
                    other => return fault(format!("slot of {other:?}")),
                };
                self.dup(slot)?
            }
            Rvalue::Tag(l) => match get(locals, *l)? {
                Slot::Immediate(n) => Slot::I(i64::from(n)),
                slot => match self.object(slot)? {
                    Kind::Fields(tag, _) => Slot::I(i64::from(*tag)),
                    other => return fault(format!("tag of {other:?}")),
                },
            },
            Rvalue::SetSlot { obj, index, value } => {
                let (obj, value) = (get(locals, *obj)?, get(locals, *value)?);
                let at = self.unique(obj)?;
                let old = match &mut self.heap[at].kind {
                    Kind::Fields(_, slots) => std::mem::replace(&mut slots[*index as usize], value),
                    other => return fault(format!("set slot of {other:?}")),
                };
                self.drop(old)?;
                Slot::P(at)
            }
            Rvalue::Global(g) => match self.globals[g.index()] {
                Some(value) => value,
                None => return fault(format!("global {} has not been evaluated", g.0)),
            },
        })
    }

    fn text(&self, slot: Slot) -> Run<String> {
        match self.object(slot)? {
            Kind::Text(text) => Ok(text.clone()),
            other => fault(format!("{other:?} is no text")),
        }
    }

    fn items(&self, slot: Slot) -> Run<Vec<Slot>> {
        match self.object(slot)? {
            Kind::Vector(items) => Ok(items.clone()),
            other => fault(format!("{other:?} is no vector")),
        }
    }

    /// An owned vector, changed in place when it is unique.
    fn change(&mut self, slot: Slot, f: impl FnOnce(&mut Vec<Slot>)) -> Run<Slot> {
        let at = self.unique(slot)?;
        match &mut self.heap[at].kind {
            Kind::Vector(items) => f(items),
            other => return fault(format!("{other:?} is no vector")),
        }
        Ok(Slot::P(at))
    }

    fn compare(&self, a: Slot, b: Slot) -> Run<Ordering> {
        Ok(match (a, b) {
            (Slot::I(a), Slot::I(b)) => a.cmp(&b),
            (Slot::F(a), Slot::F(b)) => a.total_cmp(&b),
            (Slot::Immediate(a), Slot::Immediate(b)) => a.cmp(&b),
            (Slot::Immediate(_), _) => Ordering::Less,
            (_, Slot::Immediate(_)) => Ordering::Greater,
            _ => match (self.object(a)?, self.object(b)?) {
                (Kind::Text(a), Kind::Text(b)) => a.cmp(b),
                (Kind::Fields(t, a), Kind::Fields(u, b)) => t.cmp(u).then(self.compare_all(a, b)?),
                (Kind::Vector(a), Kind::Vector(b)) => self.compare_all(a, b)?,
                (Kind::Map(a), Kind::Map(b)) => {
                    let flat = |m: &[(Slot, Slot)]| m.iter().flat_map(|e| [e.0, e.1]).collect::<Vec<_>>();
                    self.compare_all(&flat(a), &flat(b))?
                }
                (a, b) => return Err(Stop::Limit(format!("compare {a:?} with {b:?} is not modelled"))),
            },
        })
    }

    fn compare_all(&self, a: &[Slot], b: &[Slot]) -> Run<Ordering> {
        for (a, b) in a.iter().zip(b) {
            let order = self.compare(*a, *b)?;
            if order != Ordering::Equal {
                return Ok(order);
            }
        }
        Ok(a.len().cmp(&b.len()))
    }

    /// `Ok x` of a Result, or `Some x` of an Option.
    fn wrap(&mut self, tag: u8, slot: Slot) -> Slot {
        self.make(Kind::Fields(tag, vec![slot]))
    }

    fn runtime(&mut self, func: RtFn, args: &[Slot], descs: &[TypeId]) -> Run<Slot> {
        let nil = Slot::I(0);
        Ok(match (func, args) {
            (RtFn::println, [value]) => {
                let line = self.show(*value, descs[0])?;
                self.out.push(line);
                nil
            }
            (RtFn::show, [value]) => {
                let text = self.show(*value, descs[0])?;
                self.make(Kind::Text(text))
            }
            (RtFn::eq, [a, b]) => Slot::I(i64::from(self.compare(*a, *b)? == Ordering::Equal)),
            (RtFn::cmp, [a, b]) => Slot::I(self.compare(*a, *b)? as i64),
            (RtFn::f64_mod, [Slot::F(a), Slot::F(b)]) => {
                let rest = a % b;
                Slot::F(if rest != 0.0 && (rest < 0.0) != (*b < 0.0) { rest + b } else { rest })
            }
            (RtFn::str_concat, [a, b]) => {
                let text = self.text(*a)? + &self.text(*b)?;
                self.make(Kind::Text(text))
            }
            (RtFn::str_count, [a]) => Slot::I(self.text(*a)?.chars().count() as i64),
            (RtFn::vec_empty | RtFn::vec_with_capacity, _) => self.make(Kind::Vector(Vec::new())),
            (RtFn::vec_count, [v]) => Slot::I(self.items(*v)?.len() as i64),
            (RtFn::vec_nth, [v, Slot::I(n)]) => match self.items(*v)?.get(*n as usize) {
                Some(item) => self.dup(*item)?,
                None => return Err(Stop::Trap(Trap::Index.kind())),
            },
            (RtFn::vec_conj, [v, item]) => self.change(*v, |items| items.push(*item))?,
            (RtFn::vec_concat, [v, w]) => {
                let more = self.items(*w)?;
                for item in &more {
                    self.dup(*item)?;
                }
                self.change(*v, |items| items.extend(more))?
            }
            (RtFn::vec_slice, [v, Slot::I(from), Slot::I(to)]) => {
                let items = self.items(*v)?[*from as usize..*to as usize].to_vec();
                for item in &items {
                    self.dup(*item)?;
                }
                self.drop(*v)?;
                self.make(Kind::Vector(items))
            }
            (RtFn::map_empty | RtFn::set_empty, _) => self.make(Kind::Map(Vec::new())),
            (RtFn::map_assoc, [map, key, value]) => self.assoc(*map, *key, *value)?,
            (RtFn::set_conj, [set, key]) => self.assoc(*set, *key, nil)?,
            (RtFn::map_count, [map]) => match self.object(*map)? {
                Kind::Map(entries) => Slot::I(entries.len() as i64),
                other => return fault(format!("{other:?} is no map")),
            },
            // The program runs to its end at once.
            (RtFn::spawn_thread, [program]) => {
                let &Kind::Program(id, _) = self.object(*program)? else { return fault("no program") };
                self.call(self.module.programs[id.index()].func, vec![*program])?;
                self.peers += 1;
                self.make(Kind::Peer(self.peers))
            }
            (RtFn::end_peers, [all]) => {
                let mut line = "end".to_owned();
                for peer in self.items(*all)?.iter().rev() {
                    let Kind::Peer(n) = self.object(*peer)? else { return fault("no peer") };
                    line.push_str(&format!(" {n}"));
                }
                self.out.push(line);
                self.drop(*all)?;
                nil
            }
            (RtFn::select_begin | RtFn::select_stopped, []) => nil,
            (RtFn::select_peer | RtFn::select_exit | RtFn::select_receiver, [p]) => {
                self.object(*p)?;
                nil
            }
            (RtFn::select_after | RtFn::select_signal, [Slot::I(_)]) => nil,
            (RtFn::select_wait, []) => Slot::I(self.choices.pop_front().unwrap_or(0)),
            (RtFn::recv, [peer]) => {
                self.object(*peer)?;
                let some = self.wrap(1, Slot::I(42));
                self.wrap(0, some)
            }
            (RtFn::wait, [peer]) => {
                self.object(*peer)?;
                self.wrap(0, nil)
            }
            (func, args) => return Err(Stop::Limit(format!("{func:?} on {args:?} is not modelled"))),
        })
    }

    fn assoc(&mut self, map: Slot, key: Slot, value: Slot) -> Run<Slot> {
        let at = self.unique(map)?;
        let Kind::Map(mut entries) = self.heap[at].kind.clone() else { return fault("no map") };
        let mut place = entries.len();
        for (i, entry) in entries.iter().enumerate() {
            match self.compare(key, entry.0)? {
                Ordering::Less => {
                    place = i;
                    break;
                }
                Ordering::Equal => {
                    self.drop(entry.1)?;
                    self.drop(key)?;
                    entries[i].1 = value;
                    self.heap[at].kind = Kind::Map(entries);
                    return Ok(Slot::P(at));
                }
                Ordering::Greater => {}
            }
        }
        entries.insert(place, (key, value));
        self.heap[at].kind = Kind::Map(entries);
        Ok(Slot::P(at))
    }

    fn show(&self, slot: Slot, ty: TypeId) -> Run<String> {
        let join = |parts: Vec<String>| parts.join(" ");
        Ok(match (&self.module.types[ty.index()], slot) {
            (Type::Nil, _) => "nil".into(),
            (Type::Bool, Slot::I(n)) => (n != 0).to_string(),
            (Type::Sum(sum), slot) => {
                let (tag, slots) = match slot {
                    Slot::I(n) => (n as usize, Vec::new()),
                    Slot::Immediate(n) => (usize::from(n), Vec::new()),
                    Slot::P(_) => match self.object(slot)? {
                        Kind::Fields(tag, slots) => (usize::from(*tag), slots.clone()),
                        other => return fault(format!("{other:?} is no {}", sum.name)),
                    },
                    Slot::F(_) => return fault("a float is no sum"),
                };
                let variant = &sum.variants[tag];
                let mut parts = vec![variant.name.to_string()];
                for (slot, field) in slots.iter().zip(&variant.fields) {
                    parts.push(self.show(*slot, field.1)?);
                }
                if parts.len() == 1 { parts.remove(0) } else { format!("({})", join(parts)) }
            }
            (Type::Tuple(types), slot) => {
                let Kind::Fields(_, slots) = self.object(slot)? else { return fault("no tuple") };
                let parts = slots.iter().zip(types).map(|(s, t)| self.show(*s, *t));
                format!("[{}]", join(parts.collect::<Run<_>>()?))
            }
            (Type::Vector(item), slot) => {
                let parts = self.items(slot)?.into_iter().map(|s| self.show(s, *item));
                format!("[{}]", join(parts.collect::<Run<_>>()?))
            }
            (_, Slot::I(n)) => n.to_string(),
            (_, Slot::F(x)) => format!("{x:?}"),
            (_, Slot::Immediate(n)) => n.to_string(),
            (_, slot) => match self.object(slot)? {
                Kind::Text(text) => text.clone(),
                other => format!("{other:?}"),
            },
        })
    }
}

fn get(locals: &[Option<Slot>], local: Local) -> Run<Slot> {
    match locals[local.index()] {
        Some(slot) => Ok(slot),
        None => fault(format!("%{} is not assigned", local.0)),
    }
}

fn prim_value(prim: Prim, args: &[Slot]) -> Run<Slot> {
    use Prim::*;
    let exact = |n: Option<i64>| n.map(Slot::I).ok_or(Stop::Trap(Trap::Overflow.kind()));
    let divide = |b: i64, n: Option<i64>| match (b, n) {
        (0, _) => Err(Stop::Trap(Trap::DivideByZero.kind())),
        (_, n) => exact(n),
    };
    let bool_ = |b: bool| Ok(Slot::I(i64::from(b)));
    let float = |x: f64| Ok(Slot::F(x));
    match (prim, args) {
        (Add, [Slot::I(a), Slot::I(b)]) => exact(a.checked_add(*b)),
        (Sub, [Slot::I(a), Slot::I(b)]) => exact(a.checked_sub(*b)),
        (Mul, [Slot::I(a), Slot::I(b)]) => exact(a.checked_mul(*b)),
        (Neg, [Slot::I(a)]) => exact(a.checked_neg()),
        (Abs, [Slot::I(a)]) => exact(a.checked_abs()),
        (Quot, [Slot::I(a), Slot::I(b)]) => divide(*b, a.checked_div(*b)),
        (Rem, [Slot::I(a), Slot::I(b)]) => divide(*b, Some(a.checked_rem(*b).unwrap_or(0))),
        (Mod, [Slot::I(a), Slot::I(b)]) => {
            let floor = |r: i64| if r != 0 && (r < 0) != (*b < 0) { r + b } else { r };
            divide(*b, Some(floor(a.checked_rem(*b).unwrap_or(0))))
        }
        (WrapAdd, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a.wrapping_add(*b))),
        (WrapSub, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a.wrapping_sub(*b))),
        (WrapMul, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a.wrapping_mul(*b))),
        (And, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a & b)),
        (Or, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a | b)),
        (Xor, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a ^ b)),
        (Not, [Slot::I(a)]) => Ok(Slot::I(!a)),
        (Shl, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a.wrapping_shl(*b as u32))),
        (Shr, [Slot::I(a), Slot::I(b)]) => Ok(Slot::I(a.wrapping_shr(*b as u32))),
        (BNot, [Slot::I(a)]) => bool_(*a == 0),
        (Eq, [Slot::I(a), Slot::I(b)]) => bool_(a == b),
        (Ne, [Slot::I(a), Slot::I(b)]) => bool_(a != b),
        (Lt, [Slot::I(a), Slot::I(b)]) => bool_(a < b),
        (Le, [Slot::I(a), Slot::I(b)]) => bool_(a <= b),
        (Gt, [Slot::I(a), Slot::I(b)]) => bool_(a > b),
        (Ge, [Slot::I(a), Slot::I(b)]) => bool_(a >= b),
        (FAdd, [Slot::F(a), Slot::F(b)]) => float(a + b),
        (FSub, [Slot::F(a), Slot::F(b)]) => float(a - b),
        (FMul, [Slot::F(a), Slot::F(b)]) => float(a * b),
        (FDiv, [Slot::F(a), Slot::F(b)]) => float(a / b),
        (FMin, [Slot::F(a), Slot::F(b)]) => float(a.min(*b)),
        (FMax, [Slot::F(a), Slot::F(b)]) => float(a.max(*b)),
        (FNeg, [Slot::F(a)]) => float(-a),
        (FAbs, [Slot::F(a)]) => float(a.abs()),
        (FSqrt, [Slot::F(a)]) => float(a.sqrt()),
        (FFloor, [Slot::F(a)]) => float(a.floor()),
        (FCeil, [Slot::F(a)]) => float(a.ceil()),
        (FTrunc, [Slot::F(a)]) => float(a.trunc()),
        (FRound, [Slot::F(a)]) => float(a.round()),
        (FEq, [Slot::F(a), Slot::F(b)]) => bool_(a == b),
        (FNe, [Slot::F(a), Slot::F(b)]) => bool_(a != b),
        (FLt, [Slot::F(a), Slot::F(b)]) => bool_(a < b),
        (FLe, [Slot::F(a), Slot::F(b)]) => bool_(a <= b),
        (FGt, [Slot::F(a), Slot::F(b)]) => bool_(a > b),
        (FGe, [Slot::F(a), Slot::F(b)]) => bool_(a >= b),
        (ToF, [Slot::I(a)]) => float(*a as f64),
        (FBits, [Slot::F(a)]) => Ok(Slot::I(a.to_bits() as i64)),
        (FOfBits, [Slot::I(a)]) => float(f64::from_bits(*a as u64)),
        (Move, [a]) => Ok(*a),
        (prim, args) => fault(format!("{prim:?} on {args:?}")),
    }
}
