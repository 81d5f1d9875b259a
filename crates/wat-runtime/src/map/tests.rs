use super::cells::{COLLISION, LEVELS, NODE};
use super::*;
use crate::testing::{Ty, check_balance, region};
use crate::text;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
enum Op {
    Insert(u16, u32),
    Remove(u16),
    /// Inserts or removes a run of keys.
    Many(u16, u8, bool),
    Drop,
}

fn ops() -> impl Strategy<Value = Vec<(u8, bool, Op)>> {
    let key = || prop_oneof![3 => 0u16..40, 1 => 0u16..2000];
    let op = prop_oneof![
        6 => (key(), any::<u32>()).prop_map(|(k, v)| Op::Insert(k, v)),
        6 => key().prop_map(Op::Remove),
        2 => (key(), any::<u8>(), any::<bool>()).prop_map(|(k, n, add)| Op::Many(k, n, add)),
        1 => Just(Op::Drop),
    ];
    proptest::collection::vec((any::<u8>(), any::<bool>(), op), 1..60)
}

fn key_slot(mem: Mem, strings: bool, key: u16) -> u64 {
    if strings { text::make_string(mem, &format!("key {key}")).expect("room") } else { u64::from(key) }
}

fn read_key(strings: bool, slot: u64) -> u16 {
    if strings { text::str(slot)[4..].parse().expect("a number") } else { slot as u16 }
}

fn put(mem: Mem, map: Obj, strings: bool, key: u16, value: u32) -> Obj {
    insert(mem, map, key_slot(mem, strings, key), u64::from(value)).expect("room")
}

fn take(mem: Mem, map: Obj, strings: bool, key: u16) -> Obj {
    let key = key_slot(mem, strings, key);
    let map = remove(mem, map, key).expect("room");
    if strings {
        mem.drop(key);
    }
    map
}

fn agree(strings: bool, ops: Vec<(u8, bool, Op)>) {
    let key = if strings { Ty::Str } else { Ty::I64 };
    let desc = region().desc(&Ty::Map(Box::new(key), Box::new(Ty::I64)));
    check_balance(|mem| {
        let mut versions = vec![(empty(mem, desc).expect("room"), BTreeMap::<u16, u32>::new())];
        for (which, share, op) in ops {
            let at = usize::from(which) % versions.len();
            let (mut map, mut model) = if share {
                versions[at].0.retain();
                (versions[at].0, versions[at].1.clone())
            } else {
                versions.swap_remove(at)
            };
            match op {
                Op::Insert(k, v) => {
                    map = put(mem, map, strings, k, v);
                    model.insert(k, v);
                }
                Op::Remove(k) => {
                    map = take(mem, map, strings, k);
                    model.remove(&k);
                }
                Op::Many(first, n, add) => {
                    for k in first..first + u16::from(n) {
                        if add {
                            map = put(mem, map, strings, k, u32::from(n));
                            model.insert(k, u32::from(n));
                        } else {
                            map = take(mem, map, strings, k);
                            model.remove(&k);
                        }
                    }
                }
                Op::Drop if !versions.is_empty() => {
                    mem.drop(map.slot());
                    continue;
                }
                Op::Drop => {}
            }
            for (k, v) in &model {
                let slot = key_slot(mem, strings, *k);
                assert_eq!(get(map, slot).expect("it was put there").value, u64::from(*v));
                if strings {
                    mem.drop(slot);
                }
            }
            check_order(mem, map, strings, &model);
            versions.push((map, model));
        }
        versions.into_iter().for_each(|(map, _)| mem.drop(map.slot()));
    });
}

/// The same entries put in another order make the same walk, and the walk is by hash.
fn check_order(mem: Mem, map: Obj, strings: bool, model: &BTreeMap<u16, u32>) {
    let walk: Vec<(u64, u16, u64)> =
        entries(map).map(|e| (e.hash, read_key(strings, e.key), e.value)).collect();
    assert_eq!(walk.len(), model.len());
    assert_eq!(count(map), model.len());
    assert!(walk.is_sorted_by_key(|entry| entry.0));
    let mut other = empty(mem, map.desc()).expect("room");
    for (k, v) in model.iter().rev() {
        other = put(mem, other, strings, *k, *v);
    }
    assert!(crate::value::equal::equal_objects(map.slot(), other.slot()));
    assert!(entries(other).map(|e| (e.hash, read_key(strings, e.key), e.value)).eq(walk));
    mem.drop(other.slot());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn number_keys_agree_with_a_tree(ops in ops()) {
        agree(false, ops);
    }

    #[test]
    fn string_keys_agree_with_a_tree(ops in ops()) {
        agree(true, ops);
    }

    /// Hashes of few different values, so that nodes split late and collide, straight into the trie.
    #[test]
    fn colliding_hashes_agree(keys in proptest::collection::vec((0u64..4, 0u32..14, 0u64..50), 1..200)) {
        let desc = region().desc(&Ty::Set(Box::new(Ty::I64)));
        let shape = Shape::of(desc);
        check_balance(|mem| {
            let mut top = trie::empty(mem, shape).expect("room");
            let mut model = BTreeMap::new();
            for &(high, level, key) in &keys {
                let hash = high << (59u32.saturating_sub(5 * level));
                let key = key << 20 | high << 8 | u64::from(level);
                let entry = Entry { hash, key, value: 0 };
                let added;
                (top, added) = trie::insert(mem, top, shape, 0, entry).expect("room");
                assert_eq!(added, model.insert((hash, key), ()).is_none());
            }
            check_canonical(top, 0);
            for (n, &(hash, key)) in model.keys().enumerate() {
                assert!(trie::find(top, shape, hash, key).is_some());
                if n % 2 == 0 {
                    top.retain();
                    let shared = trie::remove(mem, top, shape, hash, key).expect("room");
                    assert!(trie::find(shared, shape, hash, key).is_none());
                    assert!(trie::find(top, shape, hash, key).is_some());
                    mem.drop(shared.slot());
                }
            }
            while let Some(((hash, key), ())) = model.pop_first() {
                top = trie::remove(mem, top, shape, hash, key).expect("room");
                check_canonical(top, 0);
                let map = mem.object_of(desc, TRIE, &[model.len() as u64, top.slot()]).expect("room");
                assert!(entries(map).map(|e| (e.hash, e.key)).eq(model.keys().copied()));
                mem.free_cell(map);
            }
            mem.drop(top.slot());
        });
    }
}

/// Below the top no node holds one lone entry, and only full collisions are trees, in balance.
fn check_canonical(node: Obj, level: u32) {
    if node.tag() == COLLISION {
        assert!(level == LEVELS && count(node) > 1);
        assert_eq!(check_balanced(node.slot()), count(node));
        return;
    }
    assert_eq!(node.tag(), NODE);
    let fragments = cells::Fragments::of(node);
    assert_eq!(fragments.entries & fragments.nodes, 0);
    if level > 0 {
        assert!(fragments.entries.count_ones() + fragments.nodes.count_ones() * 2 >= 2);
    }
    let stride = Shape::of(node.desc()).stride();
    for slot in fragments.first_node(stride)..fragments.slots(stride) {
        check_canonical(Obj::of(node.get(slot)), level + 1);
    }
}

/// Checks that no side of a tree is more than three times as heavy as the other; answers its size.
fn check_balanced(slot: u64) -> usize {
    let Some(node) = Obj::maybe(slot) else { return 0 };
    let (left, right) = (check_balanced(node.get(cells::LEFT)), check_balanced(node.get(cells::RIGHT)));
    assert!(left < 3 * (right + 1) && right < 3 * (left + 1), "{left} {right}");
    assert_eq!(count(node), left + right + 1);
    left + right + 1
}

#[test]
fn hostile_keys_cost_no_more_than_a_tree() {
    let desc = region().desc(&Ty::Set(Box::new(Ty::I64)));
    let shape = Shape::of(desc);
    check_balance(|mem| {
        let mut top = trie::empty(mem, shape).expect("room");
        let keys = 100_000u64;
        for i in 0..keys {
            let key = if i % 2 == 0 { i } else { 2 * keys - i };
            let entry = Entry { hash: 7, key, value: 0 };
            (top, _) = trie::insert(mem, top, shape, 0, entry).expect("room");
        }
        check_canonical(top, 0);
        for key in (0..keys).step_by(4) {
            top = trie::remove(mem, top, shape, 7, key).expect("room");
        }
        check_canonical(top, 0);
        let map = mem.object_of(desc, TRIE, &[keys / 4 * 3, top.slot()]).expect("room");
        let walk: Vec<u64> = entries(map).map(|e| e.key).collect();
        assert!(walk.is_sorted() && walk.len() as u64 == keys / 4 * 3);
        mem.drop(map.slot());
    });
}

#[test]
fn float_keys_are_the_same_by_the_total_order() {
    let desc = region().desc(&Ty::Map(Box::new(Ty::F64), Box::new(Ty::I64)));
    check_balance(|mem| {
        let mut map = empty(mem, desc).expect("room");
        for (i, x) in
            [0.0, -0.0, f64::NAN, -f64::NAN, 1.5, f64::from_bits(0x7ff8_0000_0000_0001)].iter().enumerate()
        {
            map = insert(mem, map, x.to_bits(), i as u64).expect("room");
        }
        assert_eq!(count(map), 3);
        assert_eq!(get(map, 0.0f64.to_bits()).expect("there").value, 1);
        assert_eq!(get(map, f64::NAN.to_bits()).expect("there").value, 5);
        mem.drop(map.slot());
    });
}

#[test]
fn a_unique_map_is_changed_in_place() {
    let desc = region().desc(&Ty::Map(Box::new(Ty::I64), Box::new(Ty::I64)));
    check_balance(|mem| {
        let mut map = empty(mem, desc).expect("room");
        for i in 0..100_000u64 {
            map = insert(mem, map, i * 7919, i).expect("room");
        }
        for i in 0..100_000u64 {
            let before = map;
            map = insert(mem, map, i * 7919, i + 1).expect("room");
            assert_eq!(before, map);
        }
        assert_eq!(get(map, 7919 * 500).expect("there").value, 501);
        mem.drop(map.slot());
    });
}
