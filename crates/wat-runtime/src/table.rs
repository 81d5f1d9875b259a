//! The rows of the runtime table that need nothing but values: memory, values of any type, strings, collections,
//! numbers. Rows that end units or touch processes, threads, clocks and descriptors are others' to fill.
//!
//! Each function here has its row's C signature and does no more than translate: slots in, a slot or a crash out.

use crate::arithmetic::{self, Op};
use crate::codec;
use crate::desc::DescRef;
use crate::fail::{Fail, answer};
use crate::heap::Mem;
use crate::map::{self, Entry};
use crate::object::{Obj, retain_as};
use crate::unit::edge::guarded;
use crate::value::compare::compare;
use crate::value::equal::equal_objects;
use crate::value::hash::hash as hash_of;
use crate::{number, strings, sum, text, vector};
use std::sync::atomic::Ordering;
use wat_abi::context::{Ctx, stop};
use wat_abi::rtfn::{Answer, Class, RT_COUNT, RtFn};

/// Writes the addresses of the pure rows into a table; leaves the others as they are.
pub fn pure_rows(table: &mut [usize; RT_COUNT]) {
    fallible_rows(table);
    leaf_rows(table);
}

/// Each row: its name, how it names the heap, its arguments as slots, and what it answers.
macro_rules! fallible {
    ($($name:ident($ctx:ident, $mem:ident $(, $arg:ident)*) => $body:expr;)*) => {
        mod fallible {
            use super::*;
            $(pub unsafe extern "C" fn $name($ctx: *mut Ctx $(, $arg: u64)*) -> Answer {
                // SAFETY: compiled code passes the context of its own thread, which is in a heap.
                let $mem = unsafe { Mem::of($ctx) };
                guarded(|| {
                    let run = || -> Result<u64, Fail> { $body };
                    answer($ctx, run())
                })
            })*
        }
        fn fallible_rows(table: &mut [usize; RT_COUNT]) {
            $(debug_assert!(RtFn::$name.row().class == Class::Fallible);
            table[RtFn::$name as usize] = fallible::$name as *const () as usize;)*
        }
    };
}

macro_rules! leaf {
    ($($name:ident($mem:ident $(, $arg:ident)*) => $body:expr;)*) => {
        mod leaf {
            use super::*;
            $(pub unsafe extern "C" fn $name(ctx: *mut Ctx $(, $arg: u64)*) -> u64 {
                // SAFETY: compiled code passes the context of its own thread, which is in a heap.
                let $mem = unsafe { Mem::of(ctx) };
                let _ = $mem;
                guarded(|| $body)
            })*
        }
        fn leaf_rows(table: &mut [usize; RT_COUNT]) {
            $(debug_assert!(RtFn::$name.row().class == Class::Leaf);
            table[RtFn::$name as usize] = leaf::$name as *const () as usize;)*
        }
    };
}

fn desc(offset: u64) -> DescRef {
    DescRef(offset as u32)
}

fn obj(slot: u64) -> Obj {
    Obj::of(slot)
}

fn f(slot: u64) -> f64 {
    f64::from_bits(slot)
}

fallible! {
    // Memory. The row is reached when a free list is empty, so its context's stop word is looked at here.
    alloc_slow(ctx, mem, bytes) => {
        // SAFETY: as for `mem`.
        if unsafe { (*ctx).stop.load(Ordering::Relaxed) } & stop::KILL != 0 {
            return Err(Fail::new("killed", "ended from outside"));
        }
        Ok(mem.alloc(bytes as usize)?.slot())
    };
    unshare(ctx, mem, value) => Ok(mem.unshare(obj(value))?.slot());

    // Values of any type.
    show(ctx, mem, value, ty) => codec::show_text(mem, value, desc(ty));
    to_text(ctx, mem, value, ty) => codec::text_of(mem, value, desc(ty));
    edn_of(ctx, mem, value, ty) => codec::edn_of(mem, value, desc(ty));
    from_edn(ctx, mem, edn, result) => codec::from_edn(mem, edn, desc(result));
    read_edn(ctx, mem, string, result) => codec::read_edn(mem, string, desc(result));

    // Strings.
    str_concat(ctx, mem, a, b) => strings::concat(mem, a, b);
    str_join_all(ctx, mem, pieces) => strings::join_all(mem, obj(pieces));
    str_join(ctx, mem, separator, pieces) => strings::join(mem, separator, obj(pieces));
    str_nth(ctx, _mem, string, at) => strings::nth(string, at as i64);
    str_slice(ctx, mem, string, from, to) => strings::slice(mem, string, from as i64, to as i64);
    str_split(ctx, mem, separator, string) => strings::split(mem, separator, string);
    str_trim(ctx, mem, string) => strings::trim(mem, string);
    str_upper(ctx, mem, string) => strings::upper(mem, string);
    str_lower(ctx, mem, string) => strings::lower(mem, string);
    str_replace(ctx, mem, string, from, to) => strings::replace(mem, string, from, to);
    str_chars(ctx, mem, string, result) => strings::chars(mem, string, desc(result));
    str_from_chars(ctx, mem, chars) => strings::from_chars(mem, obj(chars));
    parse_i64(ctx, mem, string, result) => strings::parse_i64(mem, string, desc(result));
    parse_f64(ctx, mem, string, result) => strings::parse_f64(mem, string, desc(result));
    keyword_name(ctx, mem, keyword) => strings::keyword_name(mem, keyword);
    keyword_of(ctx, mem, name) => strings::keyword_of(mem, name);
    bytes_nth(ctx, _mem, bytes, at) => strings::bytes_nth(bytes, at as i64);
    bytes_of_str(ctx, mem, string) => strings::bytes_of(mem, string);
    str_of_bytes(ctx, mem, bytes, result) => strings::of_bytes(mem, bytes, desc(result));

    // Vectors.
    vec_empty(ctx, mem, result) => Ok(vector::with_capacity(mem, desc(result), 0)?.slot());
    vec_with_capacity(ctx, mem, n, result) => Ok(vector::with_capacity(mem, desc(result), n as usize)?.slot());
    vec_nth(ctx, _mem, vector, at) => vector::nth(obj(vector), at as i64);
    vec_assoc(ctx, mem, vector, at, element) => Ok(vector::assoc(mem, obj(vector), at as i64, element)?.slot());
    vec_conj(ctx, mem, vector, element) => Ok(vector::push(mem, obj(vector), element)?.slot());
    vec_concat(ctx, mem, vector, other) => Ok(vector::concat(mem, obj(vector), obj(other))?.slot());
    vec_slice(ctx, mem, vector, from, to) => Ok(vector::slice(mem, obj(vector), from as i64, to as i64)?.slot());
    vec_reverse(ctx, mem, vector) => Ok(vector::reverse(mem, obj(vector))?.slot());
    vec_sort(ctx, mem, vector) => Ok(vector::sort::sort(mem, obj(vector))?.slot());
    vec_sort_by(ctx, mem, vector, keys) => Ok(vector::sort::sort_by(mem, obj(vector), obj(keys))?.slot());

    // Maps and sets.
    map_empty(ctx, mem, result) => Ok(map::empty(mem, desc(result))?.slot());
    map_assoc(ctx, mem, map, key, value) => Ok(map::insert(mem, obj(map), key, value)?.slot());
    map_dissoc(ctx, mem, map, key) => Ok(map::remove(mem, obj(map), key)?.slot());
    map_get(ctx, mem, map, key, result) => {
        let found = map::get(obj(map), key);
        if let Some(entry) = found {
            retain_as(entry.value, obj(map).desc().arg1());
        }
        sum::option(mem, desc(result), found.map(|entry| entry.value))
    };
    map_entries(ctx, mem, map, result) => {
        let (map, result) = (obj(map), desc(result));
        let tuple = result.arg0();
        let (key, value) = (map.desc().arg0(), map.desc().arg1());
        items(mem, map, result, |entry| {
            retain_as(entry.key, key);
            retain_as(entry.value, value);
            sum::tuple(mem, tuple, &[entry.key, entry.value])
        })
    };
    map_keys(ctx, mem, map, result) => keys(mem, obj(map), desc(result));
    map_vals(ctx, mem, map, result) => {
        let value = obj(map).desc().arg1();
        items(mem, obj(map), desc(result), |entry| {
            retain_as(entry.value, value);
            Ok(entry.value)
        })
    };
    set_empty(ctx, mem, result) => Ok(map::empty(mem, desc(result))?.slot());
    set_conj(ctx, mem, set, element) => Ok(map::insert(mem, obj(set), element, 0)?.slot());
    set_disj(ctx, mem, set, element) => Ok(map::remove(mem, obj(set), element)?.slot());
    set_items(ctx, mem, set, result) => keys(mem, obj(set), desc(result));

    // Numbers.
    num_add(ctx, mem, a, b) => arithmetic::binary(mem, Op::Add, obj(a), obj(b));
    num_sub(ctx, mem, a, b) => arithmetic::binary(mem, Op::Sub, obj(a), obj(b));
    num_mul(ctx, mem, a, b) => arithmetic::binary(mem, Op::Mul, obj(a), obj(b));
    num_div(ctx, mem, a, b) => arithmetic::binary(mem, Op::Div, obj(a), obj(b));
    num_rem(ctx, mem, a, b) => arithmetic::binary(mem, Op::Rem, obj(a), obj(b));
    num_mod(ctx, mem, a, b) => arithmetic::binary(mem, Op::Mod, obj(a), obj(b));
    num_neg(ctx, mem, a) => arithmetic::signed(mem, obj(a), |n| -n);
    num_abs(ctx, mem, a) => arithmetic::signed(mem, obj(a), arithmetic::absolute);
    num_to_i64(ctx, _mem, a) => arithmetic::to_i64(obj(a));
    f64_fixed(ctx, mem, digits, value) => strings::fixed(mem, digits as i64, f(value));
    bigint_of_i64(ctx, mem, n) => number::make_bigint(mem, &(n as i64).into());
    decimal_of_bigint(ctx, mem, a) => arithmetic::to_decimal(mem, obj(a));
    i64_of_f64(ctx, _mem, value) => {
        let whole = f(value).trunc();
        // The bounds are exact: -2^63 is an i64 and 2^63 the first f64 that is not.
        if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
            Ok(whole as i64 as u64)
        } else {
            let mut text = Vec::new();
            wat_edn::write::float(&mut text, f(value));
            text.extend_from_slice(b" does not fit in an i64");
            Err(Fail::new("overflow", String::from_utf8_lossy(&text).into_owned()))
        }
    };
}

leaf! {
    drop_slow(mem, value) => {
        mem.drop(value);
        0
    };
    freeze(mem, value) => {
        mem.freeze(value);
        value
    };

    eq(_mem, a, b) => u64::from(equal_objects(a, b));
    cmp(_mem, a, b, ty) => compare(a, b, desc(ty)) as i64 as u64;
    hash(_mem, value, ty) => hash_of(value, desc(ty));

    str_count(_mem, string) => strings::count(string) as u64;
    str_starts(_mem, string, part) => u64::from(strings::starts_with(string, part));
    str_ends(_mem, string, part) => u64::from(strings::ends_with(string, part));
    str_contains(_mem, string, part) => u64::from(strings::contains(string, part));
    str_find(_mem, string, part) => strings::find(string, part) as u64;
    str_find_last(_mem, string, part) => strings::find_last(string, part) as u64;
    char_class(_mem, c) => strings::char_class(c);
    bytes_count(_mem, bytes) => text::bytes(bytes).len() as u64;

    vec_count(_mem, vector) => vector::count(obj(vector)) as u64;
    map_count(_mem, map) => map::count(obj(map)) as u64;
    map_contains(_mem, map, key) => u64::from(map::get(obj(map), key).is_some());
    set_count(_mem, set) => map::count(obj(set)) as u64;
    set_contains(_mem, set, element) => u64::from(map::get(obj(set), element).is_some());

    f64_pow(_mem, base, power) => f(base).powf(f(power)).to_bits();
    f64_exp(_mem, value) => f(value).exp().to_bits();
    f64_log(_mem, value) => f(value).ln().to_bits();
    f64_sin(_mem, value) => f(value).sin().to_bits();
    f64_cos(_mem, value) => f(value).cos().to_bits();
    f64_tan(_mem, value) => f(value).tan().to_bits();
    f64_asin(_mem, value) => f(value).asin().to_bits();
    f64_acos(_mem, value) => f(value).acos().to_bits();
    f64_atan(_mem, value) => f(value).atan().to_bits();
    f64_sinh(_mem, value) => f(value).sinh().to_bits();
    f64_cosh(_mem, value) => f(value).cosh().to_bits();
    f64_tanh(_mem, value) => f(value).tanh().to_bits();
    f64_log10(_mem, value) => f(value).log10().to_bits();
    f64_log2(_mem, value) => f(value).log2().to_bits();
    f64_exp_m1(_mem, value) => f(value).exp_m1().to_bits();
    f64_ln_1p(_mem, value) => f(value).ln_1p().to_bits();
    f64_cbrt(_mem, value) => f(value).cbrt().to_bits();
    f64_atan2(_mem, y, x) => f(y).atan2(f(x)).to_bits();
    f64_hypot(_mem, x, y) => f(x).hypot(f(y)).to_bits();
    f64_rem(_mem, a, b) => (f(a) % f(b)).to_bits();
    f64_mod(_mem, a, b) => floored(f(a), f(b)).to_bits();
    num_to_f64(_mem, a) => arithmetic::to_f64(obj(a)).to_bits();
}

/// The remainder with the divisor's sign.
fn floored(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
}

/// What `item` makes of each entry, in order, as a vector of type `result`.
fn items(
    mem: Mem,
    map: Obj,
    result: DescRef,
    item: impl Fn(Entry) -> Result<u64, Fail>,
) -> Result<u64, Fail> {
    let mut vector = vector::with_capacity(mem, result, map::count(map))?;
    for entry in map::entries(map) {
        vector = vector::push(mem, vector, item(entry)?)?;
    }
    Ok(vector.slot())
}

fn keys(mem: Mem, map: Obj, result: DescRef) -> Result<u64, Fail> {
    let key = map.desc().arg0();
    items(mem, map, result, |entry| {
        retain_as(entry.key, key);
        Ok(entry.key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Heap;
    use crate::testing::{Ty, region, value};

    type One = unsafe extern "C" fn(*mut Ctx, u64) -> Answer;
    type Leaf = unsafe extern "C" fn(*mut Ctx, u64) -> u64;

    fn context() -> Ctx {
        // SAFETY: the record holds numbers and raw pointers, for which zero is a value.
        let mut ctx: Ctx = unsafe { std::mem::zeroed() };
        ctx.region = crate::region::base() as u64;
        ctx
    }

    #[test]
    fn rows_work_through_the_table() {
        let types = region();
        let mut ctx = context();
        pure_rows(&mut ctx.rt);
        let mut heap = Heap::new(1 << 20);
        // SAFETY: the heap outlives its stay in the context.
        let outer = unsafe { Heap::enter(&raw mut *heap, &mut ctx) };
        let at = &raw mut ctx;
        // SAFETY: the rows' addresses are those of functions of these types.
        unsafe {
            let alloc: One = std::mem::transmute(ctx.rt[RtFn::alloc_slow as usize]);
            let drop: Leaf = std::mem::transmute(ctx.rt[RtFn::drop_slow as usize]);
            let convert: One = std::mem::transmute(ctx.rt[RtFn::i64_of_f64 as usize]);
            let cell = alloc(at, 24);
            assert_eq!(cell.status, 0);
            // The rest of the batch is there for compiled code to pop.
            assert_ne!((*at).free[1], 0);
            Obj::of(cell.value).set_header(types.desc(&Ty::Tuple(vec![Ty::I64, Ty::I64])), 0);
            assert_eq!(drop(at, cell.value), 0);
            assert_eq!((*at).free[1], cell.value);

            assert_eq!(convert(at, (-1.5f64).to_bits()).value as i64, -1);
            for out in [f64::NAN, f64::INFINITY, 9.3e18, -9.3e18] {
                assert_eq!(convert(at, out.to_bits()).status, 1);
            }
            assert_eq!(alloc(at, 1 << 21).status, 1);
            (*at).stop.store(stop::KILL, Ordering::Relaxed);
            assert_eq!(alloc(at, 16).status, 1);

            let map = value(Mem::of(at), &Ty::Map(Box::new(Ty::Str), Box::new(Ty::I64)), "{\"a\" 1}");
            let key = value(Mem::of(at), &Ty::Str, "\"a\"");
            type Get = unsafe extern "C" fn(*mut Ctx, u64, u64, u64) -> Answer;
            let get: Get = std::mem::transmute(ctx.rt[RtFn::map_get as usize]);
            let option = types.desc(&Ty::Option(Box::new(Ty::I64)));
            let found = get(at, map, key, u64::from(option.0));
            assert_eq!(Obj::of(found.value).get(0), 1);
            [map, key, found.value].into_iter().for_each(|slot| _ = drop(at, slot));
            Heap::leave(&mut ctx, outer);
        }
        assert_eq!(heap.live_objects(), 0);
    }

    #[test]
    fn the_rows_left_out_are_the_units_and_the_hosts() {
        let mut table = [0; RT_COUNT];
        pure_rows(&mut table);
        let first_of_host = RtFn::println as usize;
        let units = [
            "crash_now",
            "stack_overflow",
            "panic",
            "panic_plain",
            "assert_failed",
            "unwrap_failed",
            "attempt",
        ];
        for row in &RtFn::ALL[..first_of_host] {
            assert_eq!(table[*row as usize] == 0, units.contains(&row.row().name), "{}", row.row().name);
        }
        assert!(table[first_of_host..].iter().all(|&address| address == 0));
    }
}
