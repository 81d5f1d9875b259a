//! The fixed parts of how a struct or variant is written, put together once per type: the encoder copies them, the
//! decoder guesses that they come next.
//!
//! Plans are as many as the image has types and live as long as the process.

use crate::desc::{DescRef, VariantRef};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use wat_abi::desc::Kind;

pub struct Plan {
    pub fields: VariantRef,
    /// `#user/Point {`, `#user.Shape/Circle {`; `#user.Shape/Unit nil` for a variant without fields.
    pub open: Box<[u8]>,
    /// For each field `:x`.
    pub keys: Box<[Box<[u8]>]>,
    /// For each field what stands before its value: `:x `, then ` :y `.
    pub leads: Box<[Box<[u8]>]>,
}

/// What a plan is found by: the descriptor's offset and the variant's number.
type Key = (u32, u16);

/// The process's plans.
static PLANS: Mutex<Option<FxHashMap<Key, &'static Plan>>> = Mutex::new(None);

/// Places of each thread's cache in front of them.
const CACHED: usize = 64;

thread_local! {
    static CACHE: [Cell<Option<(Key, &'static Plan)>>; CACHED] = const { [const { Cell::new(None) }; CACHED] };
}

/// The plan of variant `tag` (0 of a struct) of a type.
#[inline]
pub fn of(desc: DescRef, tag: usize) -> &'static Plan {
    let key = (desc.0, tag as u16);
    CACHE.with(|cache| {
        let place = &cache[(desc.0 as usize / 32 + tag) % CACHED];
        match place.get() {
            Some((cached, plan)) if cached == key => plan,
            _ => {
                let plan = find(key);
                place.set(Some((key, plan)));
                plan
            }
        }
    })
}

/// Another region is the process's: its types stand at the same offsets as those of the one before. Threads of before
/// keep their caches, and look at no other region.
pub fn forget() {
    *PLANS.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

#[cold]
fn find(key: Key) -> &'static Plan {
    let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    let plans = plans.get_or_insert_default();
    plans.entry(key).or_insert_with(|| Box::leak(Box::new(make(DescRef(key.0), usize::from(key.1)))))
}

fn make(desc: DescRef, tag: usize) -> Plan {
    let fields = desc.variant(tag);
    let open = match desc.kind() {
        Kind::Struct => format!("#{} {{", desc.name()),
        _ => {
            let rest = if fields.is_empty() { "nil" } else { "{" };
            format!("#{}/{} {rest}", desc.name().replace('/', "."), fields.name())
        }
    };
    let bytes = |text: String| text.into_bytes().into_boxed_slice();
    let names = || (0..fields.len()).map(|i| fields.field_name(i));
    Plan {
        fields,
        open: bytes(open),
        keys: names().map(|name| bytes(format!(":{name}"))).collect(),
        leads: names()
            .enumerate()
            .map(|(i, name)| bytes(format!("{}:{name} ", if i > 0 { " " } else { "" })))
            .collect(),
    }
}
