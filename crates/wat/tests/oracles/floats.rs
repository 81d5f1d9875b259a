//! Texts of f64: the digits that Rust's standard library finds, which wat does not use, and what Python reads.

use crate::batch::{fed, has, page, values};
use crate::random::Random;
use std::process::Command;

const ECHO: &str = "(defn main {:in f64 :out f64} [] -> nil (serve (fn [x] x)))";

/// Significant digits and the power of ten of the first.
fn digits(text: &str) -> (String, i32) {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let mantissa = mantissa.trim_start_matches('-');
    let point = mantissa.find('.').unwrap_or(mantissa.len()) as i32;
    let all = mantissa.replace('.', "");
    let zeros = all.bytes().take_while(|&b| b == b'0').count();
    let power: i32 = power.parse().expect("an exponent");
    (all.trim_matches('0').to_string(), point - zeros as i32 - 1 + power)
}

/// Of as few digits; where two such texts are as near to the number, wat's ends in an even digit.
fn same(ours: &(String, i32), theirs: &(String, i32), x: f64) -> bool {
    let (exact, _) = digits(&format!("{x:.800e}"));
    let tie = exact == format!("{}5", ours.0) && ours.0.ends_with(['0', '2', '4', '6', '8']);
    ours == theirs || (tie && ours.1 == theirs.1 && ours.0.len() == theirs.0.len())
}

fn numbers(random: &mut Random) -> Vec<f64> {
    let mut numbers = vec![
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        2.225_073_858_507_201e-308,
        1e15,
        1e16,
        1e-5,
        9.999999999999999e-6,
        1e21,
        1e22,
        1e23,
        9007199254740993.0,
        0.1,
        0.2 + 0.1,
        5e-5,
        1.0,
        123456789.0,
        4.35,
        2f64.powi(-1074) * 3.0,
        8.41e21,
        2.0e-3,
    ];
    // The powers of two are where the spacing changes; ten of them are where the layout does.
    numbers.extend((-1074..1024).map(|power| 2f64.powi(power)));
    numbers.extend((-323..309).map(|power| format!("1e{power}").parse::<f64>().expect("a number")));
    for _ in 0..4000 {
        numbers.push(f64::from_bits(random.next()));
        numbers.push((random.below(1 << 30) as f64) / 1000.0);
    }
    numbers.retain(|x| x.is_finite() && *x != 0.0);
    numbers
}

/// Guards: `write::float` and the printing of f64 by compiled programs.
#[test]
fn the_fewest_digits_are_those_of_another_printer() {
    let numbers = numbers(&mut Random::of(3));
    let texts: Vec<String> = numbers.iter().map(|x| format!("{x:e}")).collect();
    for ((x, theirs), ours) in numbers.iter().zip(&texts).zip(values(ECHO, &texts)) {
        assert!(same(&digits(&ours), &digits(theirs), *x), "{ours} {theirs}");
        assert_eq!(ours.parse::<f64>().map(f64::to_bits), Ok(x.to_bits()), "{ours}");
        let plain = (1e-5..1e16).contains(&x.abs());
        assert_eq!(ours.contains('e'), !plain, "the layout of {ours}");
        assert_eq!(ours.contains('.'), plain || digits(&ours).0.len() > 1, "the point of {ours}");
    }
}

/// Guards: the reading of f64, whose short numbers take a path of their own; halfway cases above all.
#[test]
fn numbers_are_read_to_the_nearest_f64_as_python_does() {
    if !has("python3", Command::new("python3").args(["-c", "1"])) {
        return;
    }
    let mut random = Random::of(4);
    let mut texts = Vec::new();
    for x in numbers(&mut random).into_iter().step_by(3) {
        let exact = format!("{x:.40e}");
        texts.push(exact);
        texts.push(format!("{:.*}", 3 + random.below(20), x.clamp(-1e18, 1e18)));
        texts.push(format!("{}e{}", random.next() >> random.below(60), random.below(600) as i64 - 320));
        texts.push(format!("{}.{}", random.next() >> random.below(60), random.next()));
    }
    // Exactly between two neighbours: it goes to the even one.
    for power in 0..40u32 {
        let odd = (1u128 << 53) + 1 + (u128::from(power) << 1);
        texts.push(format!("{}.0", odd << (power % 60)));
        texts.push(format!("{}.00000000000000000000000000000000000001", odd << (power % 60)));
    }
    let theirs = fed(Command::new("python3").arg(page("number.py")), &texts);
    let mut compared = 0;
    let finite: Vec<(String, String)> =
        texts.into_iter().zip(theirs).filter(|(_, bits)| !bits.ends_with("ff0000000000000")).collect();
    let given: Vec<String> = finite.iter().map(|(text, _)| text.clone()).collect();
    for ((text, bits), ours) in finite.iter().zip(values(ECHO, &given)) {
        let ours: f64 = ours.parse().expect("a number");
        assert_eq!(&format!("{:016x}", ours.to_bits()), bits, "{text}");
        compared += 1;
    }
    assert!(compared > 10_000, "{compared}");
}
