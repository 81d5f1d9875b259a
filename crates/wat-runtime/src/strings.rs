//! Operations on Strings, Bytes and keywords. Positions and lengths count Unicode scalar values; where a text is
//! ASCII they are bytes, and no scan is needed. Arguments are borrowed and results are new.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::Obj;
use crate::text::{bytes, make_bytes, make_keyword, make_string, make_string_of, str};
use crate::{sum, vector};
use wat_abi::desc::Builtin;

pub fn concat(mem: Mem, a: u64, b: u64) -> Result<u64, Fail> {
    make_string_of(mem, [str(a), str(b)].into_iter())
}

/// The strings of a vector one after another.
pub fn join_all(mem: Mem, strings: Obj) -> Result<u64, Fail> {
    let pieces: Vec<&str> = vector::iter(strings).map(str).collect();
    make_string_of(mem, pieces.iter().copied())
}

/// The strings of a vector with a separator between them.
pub fn join(mem: Mem, separator: u64, strings: Obj) -> Result<u64, Fail> {
    let mut pieces = Vec::with_capacity(2 * vector::count(strings));
    for piece in vector::iter(strings) {
        if !pieces.is_empty() {
            pieces.push(str(separator));
        }
        pieces.push(str(piece));
    }
    make_string_of(mem, pieces.iter().copied())
}

pub fn count(text: u64) -> usize {
    let bytes = bytes(text);
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count()
}

/// The byte at which scalar `at` begins; the length for the position just past the last.
fn offset(text: &str, at: i64) -> Option<usize> {
    let at = usize::try_from(at).ok()?;
    if text.is_ascii() {
        return (at <= text.len()).then_some(at);
    }
    let mut starts = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
    starts.nth(at)
}

/// The scalar value at position `at`.
pub fn nth(text: u64, at: i64) -> Result<u64, Fail> {
    let found = offset(str(text), at).and_then(|from| str(text)[from..].chars().next());
    found.map(|c| u64::from(u32::from(c))).ok_or_else(|| Fail::index(at, count(text)))
}

/// The text from scalar position `from` up to `to`.
pub fn slice(mem: Mem, text: u64, from: i64, to: i64) -> Result<u64, Fail> {
    let whole = str(text);
    let range = if from > to { None } else { Some((offset(whole, from), offset(whole, to))) };
    let Some((Some(start), Some(end))) = range else { return Err(Fail::range(from, to, count(text))) };
    make_string(mem, &whole[start..end])
}

/// The pieces between the separators; between all scalars when the separator is empty.
pub fn split(mem: Mem, separator: u64, text: u64) -> Result<u64, Fail> {
    let desc = DescRef::builtin(Builtin::StrVector);
    let (separator, text) = (str(separator), str(text));
    let mut pieces = vector::with_capacity(mem, desc, 4)?;
    if separator.is_empty() {
        for c in text.chars() {
            pieces = vector::push(mem, pieces, make_string(mem, c.encode_utf8(&mut [0; 4]))?)?;
        }
        return Ok(pieces.slot());
    }
    let mut from = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), separator) {
        pieces = vector::push(mem, pieces, make_string(mem, &text[from..at])?)?;
        from = at + separator.len();
    }
    Ok(vector::push(mem, pieces, make_string(mem, &text[from..])?)?.slot())
}

pub fn trim(mem: Mem, text: u64) -> Result<u64, Fail> {
    make_string(mem, str(text).trim())
}

pub fn upper(mem: Mem, text: u64) -> Result<u64, Fail> {
    make_string(mem, &str(text).to_uppercase())
}

pub fn lower(mem: Mem, text: u64) -> Result<u64, Fail> {
    make_string(mem, &str(text).to_lowercase())
}

pub fn starts_with(text: u64, part: u64) -> bool {
    bytes(text).starts_with(bytes(part))
}

pub fn ends_with(text: u64, part: u64) -> bool {
    bytes(text).ends_with(bytes(part))
}

pub fn contains(text: u64, part: u64) -> bool {
    memchr::memmem::find(bytes(text), bytes(part)).is_some()
}

/// Scalar position of the first occurrence, or -1.
pub fn find(text: u64, part: u64) -> i64 {
    match memchr::memmem::find(bytes(text), bytes(part)) {
        Some(at) => str(text)[..at].chars().count() as i64,
        None => -1,
    }
}

/// Scalar position of the last occurrence, or -1.
pub fn find_last(text: u64, part: u64) -> i64 {
    match memchr::memmem::rfind(bytes(text), bytes(part)) {
        Some(at) => str(text)[..at].chars().count() as i64,
        None => -1,
    }
}

/// What Unicode says of a character, as a sum: 1 alphabetic, 2 numeric, 4 uppercase, 8 lowercase, 16 white space,
/// 32 control.
pub fn char_class(scalar: u64) -> u64 {
    let c = char::from_u32(scalar as u32).expect("a char is a Unicode scalar value");
    let is = [
        c.is_alphabetic(),
        c.is_numeric(),
        c.is_uppercase(),
        c.is_lowercase(),
        c.is_whitespace(),
        c.is_control(),
    ];
    is.into_iter().enumerate().map(|(bit, is)| u64::from(is) << bit).sum()
}

/// Every occurrence of `from`, none overlapping, replaced.
pub fn replace(mem: Mem, text: u64, from: u64, to: u64) -> Result<u64, Fail> {
    make_string(mem, &str(text).replace(str(from), str(to)))
}

/// The scalar values as a vector of type `desc`.
pub fn chars(mem: Mem, text: u64, desc: DescRef) -> Result<u64, Fail> {
    let scalars: Vec<u64> = str(text).chars().map(|c| u64::from(u32::from(c))).collect();
    Ok(vector::from_slots(mem, desc, &scalars)?.slot())
}

pub fn from_chars(mem: Mem, chars: Obj) -> Result<u64, Fail> {
    let text: String = vector::iter(chars).filter_map(|c| char::from_u32(c as u32)).collect();
    make_string(mem, &text)
}

/// A decimal integer with optional sign, and nothing else, as an Option of type `desc`.
pub fn parse_i64(mem: Mem, text: u64, desc: DescRef) -> Result<u64, Fail> {
    sum::option(mem, desc, str(text).parse::<i64>().ok().map(|value| value as u64))
}

/// A decimal number with optional sign, point and exponent, and nothing else, as an Option of type `desc`.
pub fn parse_f64(mem: Mem, text: u64, desc: DescRef) -> Result<u64, Fail> {
    let text = str(text);
    let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let value = if plain { text.parse::<f64>().ok().filter(|value| value.is_finite()) } else { None };
    sum::option(mem, desc, value.map(f64::to_bits))
}

/// The number with so many digits after the point; what is not finite as `str` writes it.
pub fn fixed(mem: Mem, digits: i64, value: f64) -> Result<u64, Fail> {
    let Some(digits) = usize::try_from(digits).ok().filter(|digits| *digits <= 100) else {
        return Err(Fail::new(
            "index",
            format!("{digits} digits after the point, where 0 to 100 may be asked for"),
        ));
    };
    if value.is_finite() {
        return make_string(mem, &format!("{value:.digits$}"));
    }
    let mut text = Vec::new();
    wat_edn::write::float(&mut text, value);
    make_string(mem, &String::from_utf8_lossy(&text))
}

/// The name of a keyword, without its colon.
pub fn keyword_name(mem: Mem, keyword: u64) -> Result<u64, Fail> {
    make_string(mem, str(keyword))
}

/// The keyword of a name.
pub fn keyword_of(mem: Mem, name: u64) -> Result<u64, Fail> {
    let name = str(name);
    if !wat_edn::is_keyword(name) {
        return Err(Fail::new("panic", format!("{name:?} is not the name of a keyword")));
    }
    make_keyword(mem, name)
}

pub fn bytes_nth(value: u64, at: i64) -> Result<u64, Fail> {
    let all = bytes(value);
    let byte = usize::try_from(at).ok().and_then(|at| all.get(at));
    byte.map(|&byte| u64::from(byte)).ok_or_else(|| Fail::index(at, all.len()))
}

/// The UTF-8 bytes of a String.
pub fn bytes_of(mem: Mem, text: u64) -> Result<u64, Fail> {
    make_bytes(mem, bytes(text))
}

/// The text of UTF-8 bytes, as an Option of type `desc`.
pub fn of_bytes(mem: Mem, value: u64, desc: DescRef) -> Result<u64, Fail> {
    match std::str::from_utf8(bytes(value)) {
        Ok(text) => sum::option(mem, desc, Some(make_string(mem, text)?)),
        Err(_) => sum::option(mem, desc, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Ty, check_balance, region, text};

    #[test]
    fn positions_count_scalars() {
        check_balance(|mem| {
            let string = make_string(mem, "aé😀b").expect("room");
            assert_eq!(count(string), 4);
            assert_eq!(nth(string, 2), Ok(u64::from(u32::from('😀'))));
            for (from, to, wanted) in [(0, 4, "aé😀b"), (1, 3, "é😀"), (4, 4, ""), (3, 4, "b")] {
                let part = slice(mem, string, from, to).expect("in range");
                assert_eq!(str(part), wanted);
                mem.drop(part);
            }
            for (from, to) in [(-1, 2), (3, 2), (0, 5)] {
                assert_eq!(slice(mem, string, from, to).expect_err("out of range").kind, "index");
            }
            assert!(nth(string, 4).is_err() && nth(string, -1).is_err());
            let part = make_string(mem, "😀").expect("room");
            assert_eq!(
                (find(string, part), contains(string, part), starts_with(string, part)),
                (2, true, false)
            );
            [string, part].into_iter().for_each(|slot| mem.drop(slot));
        });
    }

    #[test]
    fn splitting_and_joining() {
        check_balance(|mem| {
            for (separator, whole, pieces) in [
                (",", "a,b,,c", "[\"a\" \"b\" \"\" \"c\"]"),
                (",", "", "[\"\"]"),
                ("", "aé", "[\"a\" \"é\"]"),
                ("--", "-----", "[\"\" \"\" \"-\"]"),
            ] {
                let [separator, string] =
                    [separator, whole].map(|part| make_string(mem, part).expect("room"));
                let split = split(mem, separator, string).expect("room");
                assert_eq!(text(split, &Ty::Vector(Box::new(Ty::Str))), pieces);
                let joined = join(mem, separator, Obj::of(split)).expect("room");
                assert_eq!(str(joined), whole);
                let all = join_all(mem, Obj::of(split)).expect("room");
                assert_eq!(str(all), whole.replace(str(separator), ""));
                [separator, string, split, joined, all].into_iter().for_each(|slot| mem.drop(slot));
            }
        });
    }

    #[test]
    fn numbers_in_text() {
        let (whole, float) = (Ty::Option(Box::new(Ty::I64)), Ty::Option(Box::new(Ty::F64)));
        check_balance(|mem| {
            for (input, int, float_text) in [
                ("42", "42", "42.0"),
                ("-7", "-7", "-7.0"),
                ("1.5e3", "nil", "1500.0"),
                ("9223372036854775808", "nil", "9223372036854775808.0"),
                ("", "nil", "nil"),
                (" 1", "nil", "nil"),
                ("nan", "nil", "nil"),
                ("inf", "nil", "nil"),
                ("1e999", "nil", "nil"),
                ("two", "nil", "nil"),
            ] {
                let string = make_string(mem, input).expect("room");
                let a = parse_i64(mem, string, region().desc(&whole)).expect("room");
                let b = parse_f64(mem, string, region().desc(&float)).expect("room");
                assert_eq!(text(a, &whole), int, "{input}");
                let shown = if float_text.starts_with("9223") { "9.223372036854776e18" } else { float_text };
                assert_eq!(text(b, &float), shown, "{input}");
                [string, a, b].into_iter().for_each(|slot| mem.drop(slot));
            }
        });
    }

    #[test]
    fn keywords_and_bytes() {
        let option = Ty::Option(Box::new(Ty::Str));
        check_balance(|mem| {
            let name = make_string(mem, "shop/cart").expect("room");
            let keyword = keyword_of(mem, name).expect("a name");
            assert_eq!(crate::text::stored_hash(keyword), wat_abi::hash::keyword("shop/cart"));
            let back = keyword_name(mem, keyword).expect("room");
            assert_eq!(str(back), "shop/cart");
            let wrong = make_string(mem, "a b").expect("room");
            assert!(keyword_of(mem, wrong).is_err());
            let raw = make_bytes(mem, &[0xff, 0x61]).expect("room");
            assert_eq!((bytes_nth(raw, 0), bytes_nth(raw, 2).is_err()), (Ok(0xff), true));
            assert_eq!(of_bytes(mem, raw, region().desc(&option)), Ok(0));
            let all = bytes_of(mem, name).expect("room");
            let text = of_bytes(mem, all, region().desc(&option)).expect("room");
            assert_eq!(str(Obj::of(text).get(0)), "shop/cart");
            [name, keyword, back, wrong, raw, all, text].into_iter().for_each(|slot| mem.drop(slot));
        });
    }
}
