use super::compare::compare;
use super::equal::equal;
use super::hash::hash;
use crate::heap::message::Message;
use crate::testing::{Ty, check_balance, region, text, value};
use crate::{codec, heap::Heap, object::Obj};
use std::cmp::Ordering;

fn order(ty: Ty, sorted: &[&str]) {
    let desc = region().desc(&ty);
    check_balance(|mem| {
        let values: Vec<u64> = sorted.iter().map(|text| value(mem, &ty, text)).collect();
        for (i, &a) in values.iter().enumerate() {
            for (j, &b) in values.iter().enumerate() {
                assert_eq!(compare(a, b, desc), i.cmp(&j), "{} {}", sorted[i], sorted[j]);
                assert_eq!(
                    i == j && !sorted[i].contains("NaN"),
                    equal(a, b, desc),
                    "{} {}",
                    sorted[i],
                    sorted[j]
                );
            }
        }
        values.into_iter().for_each(|value| mem.drop_as(value, desc));
    });
}

#[test]
fn the_order_of_values() {
    order(Ty::F64, &["##-Inf", "-1.0", "0.0", "1e-300", "2.0", "##Inf", "##NaN"]);
    order(Ty::I64, &["-9223372036854775808", "-1", "0", "7"]);
    order(Ty::Str, &["\"\"", "\"a\"", "\"aa\"", "\"b\"", "\"é\"", "\"😀\""]);
    order(
        Ty::BigInt,
        &["-36893488147419103232N", "-1N", "0N", "1N", "18446744073709551616N", "18446744073709551617N"],
    );
    order(Ty::Decimal, &["-1e10M", "-1.5M", "0.00M", "1e-9M", "0.3M", "0.31M", "3M", "1e10M"]);
    order(Ty::Vector(Box::new(Ty::I64)), &["[]", "[1]", "[1 1]", "[1 2]", "[2]"]);
    order(Ty::Tuple(vec![Ty::I64, Ty::Str]), &["[1 \"a\"]", "[1 \"b\"]", "[2 \"a\"]"]);
    order(Ty::Option(Box::new(Ty::I64)), &["nil", "1", "2"]);
    order(
        Ty::Edn,
        &[
            "nil", "false", "true", "1", "2", "1.0", "\\a", ":a", "a", "\"a\"", "[1]", "[1 2]", "(1)",
            "{:a 1}", "#{1}", "#a 1",
        ],
    );
}

fn same(ty: Ty, a: &str, b: &str, wanted: bool) {
    let desc = region().desc(&ty);
    check_balance(|mem| {
        let (x, y) = (value(mem, &ty, a), value(mem, &ty, b));
        assert_eq!(equal(x, y, desc), wanted, "{a} {b}");
        if compare(x, y, desc) == Ordering::Equal {
            assert_eq!(hash(x, desc), hash(y, desc), "{a} {b}");
        }
        mem.drop_as(x, desc);
        mem.drop_as(y, desc);
    });
}

#[test]
fn equality_is_deep_and_ieee_but_for_keys() {
    same(Ty::F64, "##NaN", "##NaN", false);
    same(Ty::F64, "0.0", "-0.0", true);
    same(Ty::Vector(Box::new(Ty::F64)), "[0.0 1.0]", "[-0.0 1.0]", true);
    same(Ty::Vector(Box::new(Ty::F64)), "[##NaN]", "[##NaN]", false);
    same(Ty::Set(Box::new(Ty::F64)), "#{##NaN 0.0}", "#{-0.0 ##NaN}", true);
    same(Ty::Map(Box::new(Ty::Str), Box::new(Ty::F64)), "{\"a\" ##NaN}", "{\"a\" ##NaN}", false);
    same(Ty::Decimal, "0.30M", "0.3M", true);
    same(Ty::Decimal, "0M", "0.000M", true);
    same(Ty::Decimal, "100M", "1e2M", true);
    same(Ty::Set(Box::new(Ty::Decimal)), "#{1.0M 2M}", "#{2.00M 1M}", true);
    same(Ty::Edn, "{:a [1 2.0 \"x\" nil] b #{1 2}}", "{b #{2 1} :a [1 2.0 \"x\" nil]}", true);
    same(Ty::Edn, "[1]", "(1)", false);
    same(Ty::Edn, "1", "1.0", false);
    same(Ty::Edn, "#t {:a 1}", "#t {:a 1}", true);
}

/// The hash orders map entries everywhere: these may never change.
#[test]
fn hash_vectors() {
    let cases: [(Ty, &str); 8] = [
        (Ty::I64, "42"),
        (Ty::F64, "1.5"),
        (Ty::Str, "\"wat\""),
        (Ty::Keyword, ":wat"),
        (Ty::Decimal, "0.30M"),
        (Ty::Vector(Box::new(Ty::I64)), "[1 2 3]"),
        (Ty::Edn, "[1 2 3]"),
        (Ty::Map(Box::new(Ty::I64), Box::new(Ty::Str)), "{1 \"a\"}"),
    ];
    let hashes: Vec<u64> = check_balance(|mem| {
        let hashes = cases.iter().map(|(ty, text)| {
            let desc = region().desc(ty);
            let slot = value(mem, ty, text);
            let hash = hash(slot, desc);
            mem.drop_as(slot, desc);
            hash
        });
        hashes.collect()
    });
    assert_eq!(hashes[5], hashes[6], "a value of dynamic type hashes as what it holds");
    assert_eq!(hashes, HASHES, "{hashes:#x?}");
}

const HASHES: [u64; 8] = [
    0x6c83_e553_fd14_97ed,
    0xc5b5_4de2_d7c2_7d6d,
    0x8226_7579_5bcc_e026,
    0xe943_0c0e_34be_8407,
    0xac14_a92e_3724_3b0e,
    0xe77f_629e_9e3a_3cbf,
    0xe77f_629e_9e3a_3cbf,
    0x9417_ebc1_7abe_64d6,
];

const LONG: usize = 1_000_000;

#[test]
fn a_list_of_a_million_nodes_is_like_any_other() {
    for (ty, first) in [(Ty::Node, false), (Ty::Tree, true)] {
        let desc = region().desc(&ty);
        let link = desc.variant(0).field(usize::from(!first));
        let mut other = Heap::new(1 << 30);
        check_balance(|mem| {
            let build = |last: u64| {
                let mut next = 0;
                let mut node = 0;
                for i in 0..LONG {
                    let value = if i == 0 { last } else { i as u64 };
                    let fields = if first { [next, value] } else { [value, next] };
                    node = mem.object_of(desc, 0, &fields).expect("room").slot();
                    next = mem.object_of(link, 1, &[node]).expect("room").slot();
                }
                mem.free_cell(Obj::of(next));
                node
            };
            let (a, b, c) = (build(5), build(5), build(6));
            assert!(equal(a, b, desc));
            assert!(!equal(a, c, desc));
            assert_eq!(compare(a, b, desc), Ordering::Equal);
            assert_eq!(compare(a, c, desc), Ordering::Less);
            assert_eq!(hash(a, desc), hash(b, desc));
            assert_ne!(hash(a, desc), hash(c, desc));
            let copy = Message::copy(a, desc).expect("room").adopt(other.mem()).expect("room");
            assert!(equal(a, copy, desc));
            other.mem().drop(copy);
            let mut out = Vec::new();
            assert_eq!(codec::encode(a, desc, &mut out), Err(codec::Limit::Depth(256)));
            mem.drop(a);
            mem.drop(b);
            mem.drop(c);
        });
        assert_eq!(other.live_objects(), 0);
    }
}

#[test]
fn frozen_values_are_shared_and_never_counted() {
    let ty = Ty::Map(Box::new(Ty::Str), Box::new(Ty::Vector(Box::new(Ty::Str))));
    let desc = region().desc(&ty);
    let mut other = Heap::new(usize::MAX);
    check_balance(|mem| {
        let map = value(mem, &ty, "{\"a\" [\"x\" \"y\"] \"b\" []}");
        mem.freeze(map);
        mem.drop(map);
        Obj::of(map).retain();
        assert_eq!(crate::heap::message::copy_slot(other.mem(), map, desc).expect("room"), map);
        let key = value(mem, &Ty::Str, "\"c\"");
        let items = value(mem, &Ty::Vector(Box::new(Ty::Str)), "[\"z\"]");
        let more = crate::map::insert(mem, Obj::of(map), key, items).expect("room");
        assert_eq!(crate::map::count(Obj::of(map)), 2);
        assert_eq!(text(map, &ty).len() + 10, text(more.slot(), &ty).len());
        mem.drop(more.slot());
    });
}
