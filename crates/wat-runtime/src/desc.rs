//! Reading type descriptors where they lie in the region. A [`DescRef`] is a region offset; nothing here copies or
//! checks them: an image is verified before it is mapped.

use crate::region;
use std::mem::size_of;
use wat_abi::desc::{Builtin, Desc, Field, Kind, Variant, flags};
use wat_abi::layout::Repr;

/// A type, as the region offset of its descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DescRef(pub u32);

/// The variant of an object or type: its name and fields.
#[derive(Clone, Copy)]
pub struct VariantRef(&'static Variant);

impl DescRef {
    pub const NIL: DescRef = DescRef(Builtin::Nil.offset());
    pub const EDN: DescRef = DescRef(Builtin::Edn.offset());
    pub const STR: DescRef = DescRef(Builtin::Str.offset());

    pub const fn builtin(builtin: Builtin) -> DescRef {
        DescRef(builtin.offset())
    }

    #[inline(always)]
    fn get(self) -> &'static Desc {
        // SAFETY: every descriptor offset stands in a verified image (or the builtin page), which is mapped for the
        // life of the process; the record is 16-byte aligned, initialised and never written.
        unsafe { &*region::base().add(self.0 as usize).cast::<Desc>() }
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        self.get().kind
    }

    #[inline(always)]
    pub fn repr(self) -> Repr {
        self.get().repr
    }

    /// Whether a slot of this type holds a pointer (or an immediate).
    #[inline(always)]
    pub fn is_pointer(self) -> bool {
        self.get().repr == Repr::P
    }

    pub fn admits_nil(self) -> bool {
        self.get().flags & flags::ADMITS_NIL != 0
    }

    /// The type's name without its arguments: `user/Point`, `String`.
    pub fn name(self) -> &'static str {
        text_at(self.get().name)
    }

    /// Element, key, or the scalar in a box.
    #[inline(always)]
    pub fn arg0(self) -> DescRef {
        DescRef(self.get().arg0)
    }

    /// Value of a map.
    #[inline(always)]
    pub fn arg1(self) -> DescRef {
        DescRef(self.get().arg1)
    }

    #[inline(always)]
    pub fn variant_count(self) -> usize {
        self.get().variant_count as usize
    }

    #[inline(always)]
    pub fn variant(self, tag: usize) -> VariantRef {
        debug_assert!(tag < self.variant_count(), "variant {tag} of {}", self.name());
        // SAFETY: as for `get`; `tag` is below the number of records.
        VariantRef(unsafe {
            &*region::base().add(self.get().variants as usize + tag * size_of::<Variant>()).cast::<Variant>()
        })
    }

    /// The type as a person reads it in a message: `f64`, `(Vector user/Point)`.
    pub fn describe(self) -> String {
        let list = |items: &[DescRef]| items.iter().map(|d| format!(" {}", d.describe())).collect::<String>();
        match self.kind() {
            Kind::Vector => format!("(Vector{})", list(&[self.arg0()])),
            Kind::Set => format!("(Set{})", list(&[self.arg0()])),
            Kind::Map => format!("(Map{})", list(&[self.arg0(), self.arg1()])),
            Kind::Tuple => {
                let fields = self.variant(0);
                format!(
                    "(Tuple{})",
                    (0..fields.len()).map(|i| format!(" {}", fields.field(i).describe())).collect::<String>()
                )
            }
            Kind::Option => format!("(Option{})", list(&[self.variant(1).field(0)])),
            Kind::Result => {
                format!("(Result{})", list(&[self.variant(0).field(0), self.variant(1).field(0)]))
            }
            _ => self.name().to_string(),
        }
    }
}

impl VariantRef {
    /// Number of fields.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.field_count as usize
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0.field_count == 0
    }

    /// `Circle`; empty for structs and tuples.
    pub fn name(self) -> &'static str {
        text_at(self.0.name)
    }

    #[inline(always)]
    fn record(self, i: usize) -> &'static Field {
        debug_assert!(i < self.len());
        // SAFETY: as for `DescRef::get`; `i` is below the number of records.
        unsafe { &*region::base().add(self.0.fields as usize + i * size_of::<Field>()).cast::<Field>() }
    }

    /// The type of field `i`.
    #[inline(always)]
    pub fn field(self, i: usize) -> DescRef {
        DescRef(self.record(i).ty)
    }

    pub fn field_name(self, i: usize) -> &'static str {
        text_at(self.record(i).name)
    }

    /// The field called `name`, which is likely the one at `guess`.
    pub fn find(self, name: &str, guess: usize) -> Option<usize> {
        let is = |&i: &usize| self.field_name(i) == name;
        Some(guess).filter(|&i| i < self.len()).filter(is).or_else(|| (0..self.len()).find(is))
    }
}

/// The length-prefixed text at a region offset; empty for offset 0.
pub fn text_at(offset: u32) -> &'static str {
    if offset == 0 {
        return "";
    }
    // SAFETY: names stand in a verified image: a u32 length, then that many bytes of UTF-8, mapped for ever.
    unsafe {
        let at = region::base().add(offset as usize);
        let length = at.cast::<u32>().read_unaligned() as usize;
        std::str::from_utf8_unchecked(std::slice::from_raw_parts(at.add(4), length))
    }
}
