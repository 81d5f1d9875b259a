use super::cells::{ROOT, WIDTH};
use super::*;
use crate::testing::{Ty, check_balance, live, region, vector_of};
use crate::text;
use proptest::prelude::*;

/// What is done to one of several versions of a vector; the version is kept, and so shared, when `share`.
#[derive(Debug, Clone)]
enum Op {
    Push(u32),
    PushMany(u16),
    Assoc(u16, u32),
    Slice(u16, u16),
    Rest,
    Concat(u8),
    Reverse,
    Sort,
    Drop,
}

fn ops() -> impl Strategy<Value = Vec<(u8, bool, Op)>> {
    let op = prop_oneof![
        4 => any::<u32>().prop_map(Op::Push),
        2 => (0u16..1500).prop_map(Op::PushMany),
        4 => (any::<u16>(), any::<u32>()).prop_map(|(i, x)| Op::Assoc(i, x)),
        2 => (any::<u16>(), any::<u16>()).prop_map(|(a, b)| Op::Slice(a, b)),
        2 => Just(Op::Rest),
        2 => any::<u8>().prop_map(Op::Concat),
        1 => Just(Op::Reverse),
        1 => Just(Op::Sort),
        1 => Just(Op::Drop),
    ];
    proptest::collection::vec((any::<u8>(), any::<bool>(), op), 1..40)
}

fn element(mem: Mem, strings: bool, x: u32) -> u64 {
    if strings { text::make_string(mem, &format!("{x:010}")).expect("room") } else { u64::from(x) }
}

fn read(strings: bool, slot: u64) -> u32 {
    if strings { text::str(slot).parse().expect("a number") } else { slot as u32 }
}

fn agree(strings: bool, ops: Vec<(u8, bool, Op)>) {
    let desc = region().desc(&Ty::Vector(Box::new(if strings { Ty::Str } else { Ty::I64 })));
    check_balance(|mem| {
        let empty = with_capacity(mem, desc, 0).expect("room");
        let mut versions: Vec<(Obj, Vec<u32>)> = vec![(empty, Vec::new())];
        for (which, share, op) in ops {
            let at = usize::from(which) % versions.len();
            let (vector, mut model) = if share {
                versions[at].0.retain();
                (versions[at].0, versions[at].1.clone())
            } else {
                versions.swap_remove(at)
            };
            let n = model.len();
            let vector = match op {
                Op::Push(x) => {
                    model.push(x);
                    push(mem, vector, element(mem, strings, x)).expect("room")
                }
                Op::PushMany(count) => {
                    model.extend(0..u32::from(count));
                    (0..u32::from(count))
                        .fold(vector, |v, x| push(mem, v, element(mem, strings, x)).expect("room"))
                }
                Op::Assoc(i, x) if n > 0 => {
                    let i = usize::from(i) % n;
                    model[i] = x;
                    assoc(mem, vector, i as i64, element(mem, strings, x)).expect("in range")
                }
                Op::Slice(a, b) => {
                    let (a, b) = (usize::from(a) % (n + 1), usize::from(b) % (n + 1));
                    let (from, to) = (a.min(b), a.max(b));
                    model = model[from..to].to_vec();
                    slice(mem, vector, from as i64, to as i64).expect("in range")
                }
                Op::Rest if n > 0 => {
                    model.remove(0);
                    slice(mem, vector, 1, n as i64).expect("in range")
                }
                Op::Concat(other) if !versions.is_empty() => {
                    let (other, more) = &versions[usize::from(other) % versions.len()];
                    if n + more.len() < 20_000 {
                        model.extend(more);
                        concat(mem, vector, *other).expect("room")
                    } else {
                        vector
                    }
                }
                Op::Reverse => {
                    model.reverse();
                    reverse(mem, vector).expect("room")
                }
                Op::Sort => {
                    model.sort();
                    sort::sort(mem, vector).expect("room")
                }
                Op::Drop if !versions.is_empty() => {
                    mem.drop(vector.slot());
                    continue;
                }
                _ => vector,
            };
            versions.push((vector, model));
            for (vector, model) in &versions {
                assert_eq!(count(*vector), model.len());
                assert!(iter(*vector).map(|slot| read(strings, slot)).eq(model.iter().copied()));
                for i in (0..model.len()).step_by(97) {
                    assert_eq!(read(strings, get(*vector, i)), model[i]);
                }
            }
        }
        versions.into_iter().for_each(|(vector, _)| mem.drop(vector.slot()));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn numbers_agree_with_vec(ops in ops()) {
        agree(false, ops);
    }

    #[test]
    fn strings_agree_with_vec(ops in ops()) {
        agree(true, ops);
    }
}

#[test]
fn a_shared_tree_grows_by_many_levels() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let flat: Vec<u64> = (0..70).collect();
        let flat = vector_of(mem, desc, &flat);
        Obj::of(flat).retain();
        let mut tree = push(mem, Obj::of(flat), 70).expect("room");
        assert_eq!(tree.tag(), TREE);
        for i in 71..70_000 {
            tree = push(mem, tree, i).expect("room");
        }
        assert!(iter(tree).eq(0..70_000));
        // A shared version costs one path, not a copy.
        let before = live(mem);
        tree.retain();
        let changed = assoc(mem, tree, 35_000, 1).expect("in range");
        assert!(live(mem) - before <= 6, "{} cells for one update", live(mem) - before);
        assert_eq!((get(changed, 35_000), get(tree, 35_000)), (1, 35_000));
        mem.drop(changed.slot());
        mem.drop(tree.slot());
        mem.drop(flat);
    });
}

/// A tree of the numbers, which only a shared vector becomes.
fn tree(mem: Mem, desc: DescRef, numbers: std::ops::Range<u64>) -> Obj {
    let all: Vec<u64> = numbers.collect();
    tree::of_flat(mem, Obj::of(vector_of(mem, desc, &all))).expect("room")
}

/// The greatest distance from the root to a leaf, and whether neighbours that would fit into one node are two.
fn shape(node: Obj, shift: usize) -> (usize, bool) {
    if shift == 0 || cells::buffer(node).is_some() {
        return (shift / tree::BITS, false);
    }
    let below = shift - tree::BITS;
    let children = node.slots(1, count(node));
    let items = |child: u64| tree::items(Obj::of(child), below);
    let wasteful = children.windows(2).any(|two| items(two[0]) + items(two[1]) <= WIDTH);
    let below = children.iter().map(|&child| shape(Obj::of(child), below));
    below.fold((1, wasteful), |(height, waste), (h, w)| (height.max(h + 1), waste | w))
}

#[test]
fn concatenation_and_slices_of_trees_make_few_cells() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let (left, right) = (tree(mem, desc, 0..70_001), tree(mem, desc, 70_001..150_000));
        left.retain();
        let before = live(mem);
        let both = concat(mem, left, right).expect("room");
        assert!(live(mem) - before <= 100, "{} cells for one concatenation", live(mem) - before);
        assert!(iter(both).eq(0..150_000));
        both.retain();
        let before = live(mem);
        let part = slice(mem, both, 12_345, 123_456).expect("in range");
        assert!(live(mem) - before <= 40, "{} cells for one slice", live(mem) - before);
        assert!(iter(part).eq(12_345..123_456));
        [left, right, both, part].into_iter().for_each(|v| mem.drop(v.slot()));
    });
}

/// What is done to a shared flat vector of a million elements costs the cells of a way through a tree, not a copy.
#[test]
fn a_shared_flat_vector_is_taken_from_and_changed_by_windows() {
    const MILLION: u64 = 1_000_000;
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let numbers: Vec<u64> = (0..MILLION).collect();
        let flat = Obj::of(vector_of(mem, desc, &numbers));
        let spent = |made: &dyn Fn() -> Obj, cells: usize| {
            flat.retain();
            let before = (live(mem), mem.heap().used());
            let made = made();
            assert!(live(mem) - before.0 <= cells, "{} cells", live(mem) - before.0);
            assert!(mem.heap().used() - before.1 <= 256 << 10, "{} bytes", mem.heap().used() - before.1);
            made
        };
        let part = spent(&|| slice(mem, flat, 7, 999_990).expect("in range"), 3);
        assert!(iter(part).eq(7..999_990));
        let longer = spent(&|| push(mem, flat, 5).expect("room"), 100);
        assert!(iter(longer).eq((0..MILLION).chain([5])));
        let changed = spent(&|| assoc(mem, flat, 500_000, 5).expect("in range"), 140);
        assert_eq!([499_999, 500_000, 500_001].map(|i| get(changed, i)), [499_999, 5, 500_001]);
        let both = spent(&|| concat(mem, flat, flat).expect("room"), 300);
        assert!(iter(both).eq((0..MILLION).chain(0..MILLION)));
        // Copies of windows take only what they show.
        let part = slice(mem, part, 100_000, 110_000).expect("in range");
        let message = crate::heap::message::copy_slot(mem, part.slot(), desc).expect("room");
        assert!(iter(Obj::of(message)).eq(100_007..110_007));
        assert_eq!(
            count(Obj::of(Obj::of(message).get(ROOT))),
            10_000 - count(Obj::of(part.get(cells::TAIL)))
        );
        let changed_copy = assoc(mem, Obj::of(message), 5_000, 1).expect("in range");
        assert_eq!((get(changed_copy, 4_999), get(changed_copy, 5_000)), (105_006, 1));
        // What is short does not keep what is long alive.
        let short = slice(mem, part, 10, 210).expect("in range");
        assert_eq!(short.tag(), FLAT);
        let all = [flat, longer, changed, both, changed_copy, short];
        all.into_iter().for_each(|v| mem.drop(v.slot()));
    });
}

#[test]
fn a_tree_stays_low_however_it_was_put_together() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        // Pieces of all sizes taken from a long vector and put behind each other.
        let source = tree(mem, desc, 0..5_000);
        let mut all = tree(mem, desc, 0..100);
        let mut model: Vec<u64> = (0..100).collect();
        for n in 0..600 {
            let (from, length) = (n * 37 % 3_000, 65 + n * 101 % 300);
            source.retain();
            let piece = slice(mem, source, from as i64, (from + length) as i64).expect("in range");
            all = concat(mem, all, piece).expect("room");
            mem.drop(piece.slot());
            model.extend(from..from + length);
            if n % 3 == 0 {
                all = push(mem, all, n).expect("room");
                model.push(n);
            }
            if n % 50 == 49 {
                all = slice(mem, all, 33, count(all) as i64 - 7).expect("in range");
                model.drain(..33);
                model.truncate(model.len() - 7);
            }
        }
        assert!(iter(all).eq(model.iter().copied()));
        assert!(model.len() > 100_000);
        let (height, wasteful) = shape(Obj::of(all.get(ROOT)), all.get(cells::SHIFT) as usize);
        assert!(height <= 4 && !wasteful, "height {height} for {} elements", model.len());
        [source, all].into_iter().for_each(|v| mem.drop(v.slot()));
    });
}

#[test]
fn a_unique_vector_stays_an_array() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let mut vector = with_capacity(mem, desc, 0).expect("room");
        for i in 0..1_000_000 {
            vector = push(mem, vector, i).expect("room");
        }
        assert_eq!(vector.tag(), FLAT);
        let mut sum = 0;
        while count(vector) > 0 {
            sum += get(vector, 0);
            vector = slice(mem, vector, 1, count(vector) as i64).expect("in range");
        }
        assert_eq!(sum, 499_999_500_000);
        mem.drop(vector.slot());
    });
}

#[test]
fn positions_out_of_range_are_refused() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let vector = Obj::of(vector_of(mem, desc, &[1, 2, 3]));
        for i in [-1, 3, i64::MAX, i64::MIN] {
            assert_eq!(nth(vector, i).expect_err("out of range").kind, "index");
        }
        for (from, to) in [(-1, 2), (2, 1), (0, 4), (4, 4)] {
            assert!(slice(mem, vector, from, to).is_err());
        }
        assert_eq!(nth(vector, 2), Ok(3));
        mem.drop(vector.slot());
    });
}

#[test]
fn sorting_by_keys_is_stable() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let items: Vec<u64> = (0..100).collect();
        let keys: Vec<u64> = (0..100).map(|i| i % 3).collect();
        let (vector, keys) = (vector_of(mem, desc, &items), vector_of(mem, desc, &keys));
        let sorted = sort::sort_by(mem, Obj::of(vector), Obj::of(keys)).expect("room");
        let wanted = [0, 1, 2].iter().flat_map(|&k| (0..100).filter(move |i| i % 3 == k));
        assert!(iter(sorted).eq(wanted));
        mem.drop(sorted.slot());
        mem.drop(keys);
    });
}

/// Without the bound the count of one put behind itself again and again would pass what a number holds.
#[test]
fn a_vector_put_behind_itself_ends_at_the_most_there_can_be() {
    let desc = region().desc(&Ty::Vector(Box::new(Ty::I64)));
    check_balance(|mem| {
        let mut all = tree(mem, desc, 0..100);
        let refused = loop {
            let twice = concat(
                mem,
                {
                    all.retain();
                    all
                },
                all,
            );
            mem.drop(all.slot());
            match twice {
                Ok(twice) => all = twice,
                Err(refused) => break refused,
            }
        };
        assert_eq!(refused.kind, "limit");
    });
}
