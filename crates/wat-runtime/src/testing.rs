//! A bare region with builtin and hand-made descriptors, and what tests of values share. One region serves all
//! tests of the process: descriptors are only ever added.

use crate::desc::DescRef;
use crate::heap::{Heap, Mem};
use crate::{codec, vector};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};
use wat_abi::builtin::builtin_bytes;
use wat_abi::desc::{BUILTIN_BASE, Builtin, DESC_SIZE, Desc, Kind, PROGRAM_BASE, flags};
use wat_abi::layout::Repr;

const SIZE: usize = 8 << 20;

/// A type as a test names it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
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
    Vector(Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
    Set(Box<Ty>),
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    /// Name, then fields.
    Struct(&'static str, Vec<(&'static str, Ty)>),
    /// Name, then variants.
    Enum(&'static str, Vec<(&'static str, Vec<(&'static str, Ty)>)>),
    /// `user/Node {:value i64 :next (Option user/Node)}`.
    Node,
    /// `user/Tree {:left (Option user/Tree) :value i64}`: nests where something follows.
    Tree,
}

pub struct Types {
    base: usize,
    state: Mutex<State>,
}

struct State {
    end: usize,
    known: HashMap<Ty, u32>,
}

/// The region, with the process's base set to it.
pub fn region() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| {
        let words = Box::leak(vec![0u128; SIZE / 16].into_boxed_slice());
        let base = words.as_mut_ptr().cast::<u8>();
        let bytes = builtin_bytes();
        // SAFETY: the region is larger than its builtin page.
        unsafe { base.add(BUILTIN_BASE as usize).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        crate::region::set_base(base);
        let state = State { end: PROGRAM_BASE as usize, known: HashMap::new() };
        Types { base: base as usize, state: Mutex::new(state) }
    })
}

impl Types {
    pub fn desc(&self, ty: &Ty) -> DescRef {
        DescRef(self.offset(&mut self.state.lock().expect("no test fails in here"), ty))
    }

    fn put(&self, state: &mut State, bytes: &[u8], align: usize) -> u32 {
        let at = state.end.next_multiple_of(align);
        assert!(at + bytes.len() <= SIZE, "the test region is full");
        // SAFETY: the place is inside the region and nobody knows it yet.
        unsafe { (self.base as *mut u8).add(at).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        state.end = at + bytes.len();
        at as u32
    }

    fn text(&self, state: &mut State, text: &str) -> u32 {
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        self.put(state, &bytes, 4)
    }

    fn words(&self, state: &mut State, words: &[u32]) -> u32 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.put(state, &bytes, 4)
    }

    fn variants(&self, state: &mut State, variants: &[(&str, Vec<(&str, u32)>)]) -> u32 {
        let mut records = Vec::new();
        for (name, fields) in variants {
            let list: Vec<u32> = fields
                .iter()
                .flat_map(|&(field, ty)| [if field.is_empty() { 0 } else { self.text(state, field) }, ty])
                .collect();
            let name = if name.is_empty() { 0 } else { self.text(state, name) };
            records.extend([name, fields.len() as u32, self.words(state, &list)]);
        }
        self.words(state, &records)
    }

    fn make(&self, state: &mut State, desc: Desc) -> u32 {
        self.put(state, &desc.to_bytes(), DESC_SIZE as usize)
    }

    fn offset(&self, state: &mut State, ty: &Ty) -> u32 {
        if let Some(&known) = state.known.get(ty) {
            return known;
        }
        let blank = Desc {
            kind: Kind::Vector,
            repr: Repr::P,
            flags: flags::WIRE,
            variant_count: 0,
            name: 0,
            arg0: 0,
            arg1: 0,
            variants: 0,
            reserved: [0; 2],
        };
        let offset = match ty {
            Ty::Nil => Builtin::Nil.offset(),
            Ty::Bool => Builtin::Bool.offset(),
            Ty::I64 => Builtin::I64.offset(),
            Ty::F64 => Builtin::F64.offset(),
            Ty::Char => Builtin::Char.offset(),
            Ty::Keyword => Builtin::Keyword.offset(),
            Ty::Symbol => Builtin::Symbol.offset(),
            Ty::Str => Builtin::Str.offset(),
            Ty::Bytes => Builtin::Bytes.offset(),
            Ty::BigInt => Builtin::BigInt.offset(),
            Ty::Decimal => Builtin::Decimal.offset(),
            Ty::Instant => Builtin::Instant.offset(),
            Ty::Duration => Builtin::Duration.offset(),
            Ty::Uuid => Builtin::Uuid.offset(),
            Ty::Edn => Builtin::Edn.offset(),
            Ty::Vector(item) => {
                let arg0 = self.offset(state, item);
                self.make(state, Desc { arg0, ..blank })
            }
            Ty::Set(item) => {
                let arg0 = self.offset(state, item);
                self.make(state, Desc { kind: Kind::Set, arg0, ..blank })
            }
            Ty::Map(key, value) => {
                let (arg0, arg1) = (self.offset(state, key), self.offset(state, value));
                self.make(state, Desc { kind: Kind::Map, arg0, arg1, ..blank })
            }
            Ty::Tuple(items) => {
                let fields = items.iter().map(|item| ("", self.offset(state, item))).collect();
                let variants = self.variants(state, &[("", fields)]);
                self.make(state, Desc { kind: Kind::Tuple, variant_count: 1, variants, ..blank })
            }
            Ty::Option(item) => {
                let inner = self.offset(state, item);
                self.option(state, inner)
            }
            Ty::Result(value, error) => {
                let (ok, err) = (self.offset(state, value), self.offset(state, error));
                let name = self.text(state, "wat.core/Result");
                let variants =
                    self.variants(state, &[("Ok", vec![("value", ok)]), ("Err", vec![("error", err)])]);
                self.make(state, Desc { kind: Kind::Result, variant_count: 2, name, variants, ..blank })
            }
            Ty::Struct(name, fields) => {
                let fields = fields.iter().map(|(name, ty)| (*name, self.offset(state, ty))).collect();
                let name = self.text(state, name);
                let variants = self.variants(state, &[("", fields)]);
                self.make(state, Desc { kind: Kind::Struct, variant_count: 1, name, variants, ..blank })
            }
            Ty::Enum(name, variants) => {
                let plain = variants.iter().all(|(_, fields)| fields.is_empty());
                let list: Vec<_> = variants
                    .iter()
                    .map(|(name, fields)| {
                        (
                            *name,
                            fields
                                .iter()
                                .map(|(name, ty)| (*name, self.offset(state, ty)))
                                .collect::<Vec<_>>(),
                        )
                    })
                    .collect();
                let name = self.text(state, name);
                let records = self.variants(state, &list);
                let repr = if plain { Repr::I } else { Repr::P };
                let variant_count = list.len() as u32;
                self.make(
                    state,
                    Desc { kind: Kind::Enum, repr, variant_count, name, variants: records, ..blank },
                )
            }
            Ty::Node => self
                .recursive(state, "user/Node", |own| vec![("value", Builtin::I64.offset()), ("next", own)]),
            Ty::Tree => self
                .recursive(state, "user/Tree", |own| vec![("left", own), ("value", Builtin::I64.offset())]),
        };
        state.known.insert(ty.clone(), offset);
        offset
    }

    fn option(&self, state: &mut State, inner: u32) -> u32 {
        let name = self.text(state, "wat.core/Option");
        let variants = self.variants(state, &[("None", vec![]), ("Some", vec![("value", inner)])]);
        let flags = flags::WIRE | flags::IMMEDIATE | flags::ADMITS_NIL;
        let desc = Desc {
            kind: Kind::Option,
            repr: Repr::P,
            flags,
            variant_count: 2,
            name,
            arg0: 0,
            arg1: 0,
            variants,
            reserved: [0; 2],
        };
        self.make(state, desc)
    }

    /// A struct with an Option of itself, whose place is known before its contents.
    fn recursive(
        &self,
        state: &mut State,
        name: &str,
        fields: impl Fn(u32) -> Vec<(&'static str, u32)>,
    ) -> u32 {
        let own = self.put(state, &[0; DESC_SIZE as usize], DESC_SIZE as usize);
        let option = self.option(state, own);
        let name = self.text(state, name);
        let variants = self.variants(state, &[("", fields(option))]);
        let desc = Desc {
            kind: Kind::Struct,
            repr: Repr::P,
            flags: flags::WIRE,
            variant_count: 1,
            name,
            arg0: 0,
            arg1: 0,
            variants,
            reserved: [0; 2],
        };
        // SAFETY: the place was reserved above and nobody has been told of it.
        unsafe {
            (self.base as *mut u8)
                .add(own as usize)
                .copy_from_nonoverlapping(desc.to_bytes().as_ptr(), DESC_SIZE as usize)
        };
        own
    }
}

/// Runs with an empty heap and checks that nothing is left in it.
pub fn check_balance<T>(run: impl FnOnce(Mem) -> T) -> T {
    region();
    let mut heap = Heap::new(1 << 30);
    let answer = run(heap.mem());
    assert_eq!(heap.live_objects(), 0, "objects are left");
    answer
}

/// Objects alive in the heap of `mem`, which no context is in.
pub fn live(mem: Mem) -> usize {
    mem.heap().live_objects()
}

/// A vector of type `desc` that takes these slots over.
pub fn vector_of(mem: Mem, desc: DescRef, slots: &[u64]) -> u64 {
    vector::from_slots(mem, desc, slots).expect("room").slot()
}

/// The value of type `ty` in some EDN text.
pub fn value(mem: Mem, ty: &Ty, text: &str) -> u64 {
    let read = codec::decode(mem, region().desc(ty), text.as_bytes()).expect("room");
    read.unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

/// A value's EDN text.
pub fn text(slot: u64, ty: &Ty) -> String {
    let mut out = Vec::new();
    codec::encode(slot, region().desc(ty), &mut out).expect("within limits");
    String::from_utf8(out).expect("UTF-8")
}
