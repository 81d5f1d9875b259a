//! Rules about system calls as a BPF program: a binary search over call numbers, then checks of arguments.
//!
//! The kernel runs the program for every number once when it is installed, to know which calls need no filter at all,
//! so the length of a path counts, not the length of the program. Not here: which calls are allowed (`mod.rs`).

use libc::{
    BPF_ABS, BPF_ALU, BPF_AND, BPF_JA, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, sock_filter,
};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow,
    /// It answers this error.
    Errno(i32),
    /// It ends the process, which says first which call it was.
    End,
}

/// A condition on one argument: a 32-bit word of it, masked, is one of the values, or is not the value.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) word: Word,
    pub(super) mask: u32,
    pub(super) test: Test,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    OneOf(Vec<u32>),
    Not(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    /// The lower half of the argument of this number.
    Low(u32),
    High(u32),
}

/// What holds for one call: the first of the alternatives all of whose checks hold allows it.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) number: u32,
    pub(super) alternatives: Vec<Vec<Check>>,
    pub(super) otherwise: Verdict,
}

/// Of `seccomp_data`: the number, the machine, then after the instruction pointer the arguments.
const NUMBER: u32 = 0;
const MACHINE: u32 = 4;
const ARGUMENTS: u32 = 16;
/// AUDIT_ARCH_X86_64
const X86_64: u32 = 0xc000_003e;

/// The program; calls without a rule get `default`.
pub(super) fn assemble(mut rules: Vec<Rule>, default: Verdict) -> Vec<sock_filter> {
    rules.sort_by_key(|rule| rule.number);
    let mut out = vec![
        load(MACHINE),
        jump(BPF_JEQ, X86_64, 1, 0),
        give_raw(libc::SECCOMP_RET_KILL_PROCESS),
        load(NUMBER),
    ];
    out.extend(search(&stretches(rules, default)));
    out
}

/// From this number on, up to the next stretch's.
struct Stretch {
    from: u32,
    code: Vec<sock_filter>,
}

/// All numbers, neighbours of the same fate together.
fn stretches(rules: Vec<Rule>, default: Verdict) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = vec![Stretch { from: 0, code: vec![give(default)] }];
    let mut push = |from: u32, code: Vec<sock_filter>| {
        let last = out.last_mut().expect("one is there from the start");
        if last.from == from {
            last.code = code;
        } else if !same(&last.code, &code) || code.len() > 1 {
            out.push(Stretch { from, code });
        }
    };
    for rule in rules {
        push(rule.number, checks(&rule));
        push(rule.number + 1, vec![give(default)]);
    }
    out
}

fn same(a: &[sock_filter], b: &[sock_filter]) -> bool {
    let parts = |f: &sock_filter| (f.code, f.jt, f.jf, f.k);
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| parts(a) == parts(b))
}

/// The number is in the accumulator.
fn search(stretches: &[Stretch]) -> Vec<sock_filter> {
    if let [one] = stretches {
        return one.code.clone();
    }
    let (below, above) = stretches.split_at(stretches.len() / 2);
    let (below, above) = (search(below), search(above));
    let first = stretches[stretches.len() / 2].from;
    let mut out = match u8::try_from(below.len()) {
        Ok(length) => vec![jump(BPF_JGE, first, length, 0)],
        Err(_) => {
            let far = sock_filter { code: (BPF_JMP | BPF_JA) as u16, jt: 0, jf: 0, k: below.len() as u32 };
            vec![jump(BPF_JGE, first, 0, 1), far]
        }
    };
    out.extend(below);
    out.extend(above);
    out
}

fn checks(rule: &Rule) -> Vec<sock_filter> {
    let mut out = vec![give(rule.otherwise)];
    for alternative in rule.alternatives.iter().rev() {
        let mut one = vec![give(Verdict::Allow)];
        for check in alternative.iter().rev() {
            // What follows when it holds is `one`; when not, the code behind that.
            let mut code = vec![load(place(check.word))];
            if check.mask != u32::MAX {
                code.push(sock_filter {
                    code: (BPF_ALU | BPF_AND | BPF_K) as u16,
                    jt: 0,
                    jf: 0,
                    k: check.mask,
                });
            }
            let behind = one.len() as u8;
            match &check.test {
                Test::Not(value) => code.push(jump(BPF_JEQ, *value, behind, 0)),
                Test::OneOf(values) => {
                    for (i, value) in values.iter().enumerate() {
                        let rest = (values.len() - 1 - i) as u8;
                        let fail = if rest == 0 { behind } else { 0 };
                        code.push(jump(BPF_JEQ, *value, rest, fail));
                    }
                }
            }
            code.extend(one);
            one = code;
        }
        one.extend(out);
        out = one;
    }
    if out.len() > 1 && rule.alternatives.iter().any(Vec::is_empty) {
        return vec![give(Verdict::Allow)];
    }
    out
}

fn place(word: Word) -> u32 {
    match word {
        Word::Low(n) => ARGUMENTS + 8 * n,
        Word::High(n) => ARGUMENTS + 8 * n + 4,
    }
}

fn load(offset: u32) -> sock_filter {
    sock_filter { code: (BPF_LD | BPF_W | BPF_ABS) as u16, jt: 0, jf: 0, k: offset }
}

fn jump(test: u32, value: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: (BPF_JMP | test | BPF_K) as u16, jt, jf, k: value }
}

fn give(verdict: Verdict) -> sock_filter {
    give_raw(match verdict {
        Verdict::Allow => libc::SECCOMP_RET_ALLOW,
        Verdict::Errno(number) => libc::SECCOMP_RET_ERRNO | number as u32,
        Verdict::End => libc::SECCOMP_RET_TRAP,
    })
}

fn give_raw(action: u32) -> sock_filter {
    sock_filter { code: (BPF_RET | BPF_K) as u16, jt: 0, jf: 0, k: action }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the program as the kernel would.
    fn run(program: &[sock_filter], number: u32, args: [u64; 6]) -> u32 {
        let mut data = [0u32; 16];
        (data[0], data[1]) = (number, X86_64);
        for (i, arg) in args.iter().enumerate() {
            data[4 + 2 * i] = *arg as u32;
            data[5 + 2 * i] = (*arg >> 32) as u32;
        }
        let (mut at, mut a) = (0, 0);
        loop {
            let f = &program[at];
            at += 1;
            let code = u32::from(f.code);
            match code & 0x07 {
                BPF_LD => a = data[f.k as usize / 4],
                BPF_ALU => a &= f.k,
                BPF_RET => return f.k,
                _ if code & 0xf0 == BPF_JA => at += f.k as usize,
                _ => {
                    let holds = if code & 0xf0 == BPF_JEQ { a == f.k } else { a >= f.k };
                    at += usize::from(if holds { f.jt } else { f.jf });
                }
            }
        }
    }

    fn low(arg: u32, values: &[u32]) -> Check {
        Check { word: Word::Low(arg), mask: u32::MAX, test: Test::OneOf(values.to_vec()) }
    }

    #[test]
    fn every_number_meets_its_own_rule() {
        let rule = |number, alternatives, otherwise| Rule { number, alternatives, otherwise };
        // Long enough that a jump over half of it needs more than eight bits.
        let mut rules: Vec<Rule> = (0..200)
            .map(|n| rule(n * 2, vec![vec![low(1, &[n, 7])]], Verdict::Errno(n as i32 + 1)))
            .collect();
        rules.push(rule(501, vec![vec![]], Verdict::End));
        rules.push(rule(502, vec![], Verdict::End));
        let program = assemble(rules, Verdict::Errno(99));
        let allow = libc::SECCOMP_RET_ALLOW;
        let errno = |n: u32| libc::SECCOMP_RET_ERRNO | n;
        for n in 0..200u32 {
            assert_eq!(run(&program, n * 2, [0, u64::from(n), 0, 0, 0, 0]), allow, "{n}");
            assert_eq!(run(&program, n * 2, [0, 7, 0, 0, 0, 0]), allow, "{n}");
            assert_eq!(run(&program, n * 2, [7, 1000, 0, 0, 0, 0]), errno(n + 1), "{n}");
            assert_eq!(run(&program, n * 2 + 1, [0; 6]), errno(99), "{n}");
        }
        assert_eq!(run(&program, 501, [0; 6]), allow);
        assert_eq!(run(&program, 502, [0; 6]), libc::SECCOMP_RET_TRAP);
        assert_eq!(run(&program, u32::MAX, [0; 6]), errno(99));
    }

    #[test]
    fn alternatives_are_tried_in_turn_and_all_checks_of_one_must_hold() {
        let high = Check { word: Word::High(0), mask: u32::MAX, test: Test::OneOf(vec![0]) };
        let masked = Check { word: Word::Low(2), mask: 0b10, test: Test::OneOf(vec![0]) };
        let other = Check { word: Word::Low(0), mask: 4, test: Test::Not(0) };
        let alternatives = vec![vec![low(0, &[1]), high], vec![low(0, &[2]), masked], vec![other]];
        let program = assemble(vec![Rule { number: 5, alternatives, otherwise: Verdict::End }], Verdict::End);
        let allowed = |args| run(&program, 5, args) == libc::SECCOMP_RET_ALLOW;
        assert!(allowed([1, 0, 2, 0, 0, 0]) && allowed([2, 0, 1, 0, 0, 0]));
        assert!(!allowed([1 | 1 << 32, 0, 0, 0, 0, 0]) && !allowed([2, 0, 2, 0, 0, 0]));
        assert!(!allowed([3, 0, 0, 0, 0, 0]) && allowed([5, 0, 0, 0, 0, 0]));
    }
}
