//! Tokens into [`Value`]s, with a stack of its own instead of recursion.

use crate::error::{ErrorKind, LexError, LiteralError, ReadError};
use crate::instant::Instant;
use crate::lexer::{Lexer, Token};
use crate::limits::Limits;
use crate::position::Position;
use crate::value::{Kind, Mix, Value, hash, scalar_hash};
use crate::{number, uuid};

pub(crate) fn one(text: &[u8], limits: Limits) -> Result<Value, ReadError> {
    let parse = || {
        let mut lexer = Lexer::new(text).with_depth(limits.depth);
        let Some(value) = value(&mut lexer, limits)? else {
            return Err(LexError { kind: ErrorKind::UnexpectedEnd, offset: text.len() });
        };
        match lexer.next_token()? {
            Token::Eof => Ok(value),
            _ => Err(LexError { kind: ErrorKind::TrailingText, offset: lexer.token_start() }),
        }
    };
    parse().map_err(|error| ReadError::locate(error, text, Position::START, 0))
}

pub(crate) fn all(text: &[u8], limits: Limits) -> Result<Vec<Value>, ReadError> {
    let parse = || {
        let mut lexer = Lexer::new(text).with_depth(limits.depth);
        let mut values = Vec::new();
        while let Some(value) = value(&mut lexer, limits)? {
            values.push(value);
        }
        Ok(values)
    };
    parse().map_err(|error| ReadError::locate(error, text, Position::START, 0))
}

/// A collection or tag whose end is still to come.
struct Open<'a> {
    form: Form<'a>,
    /// Where it opens.
    offset: usize,
    items: Vec<Value>,
    /// Hash and place of each key or element, of maps and sets; scalars are hashed at the end, if at all, unless `mix`
    /// wants their hashes at once.
    keys: Vec<(u64, usize)>,
    /// Its hash so far, if it is or stands within a key or an element.
    mix: Option<Mix>,
}

#[derive(Clone, Copy, PartialEq)]
enum Form<'a> {
    List,
    Vector,
    Map,
    Set,
    Tag(&'a str),
}

impl Open<'_> {
    /// Whether the next item is compared with others.
    fn wants_key(&self) -> bool {
        match self.form {
            Form::Set => true,
            Form::Map => self.items.len().is_multiple_of(2),
            _ => false,
        }
    }
}

/// The next value, or nothing at the end of the text.
pub(crate) fn value(lexer: &mut Lexer<'_>, limits: Limits) -> Result<Option<Value>, LexError> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut first = None;
    loop {
        let token = lexer.next_token()?;
        let mut offset = lexer.token_start();
        let fail = |kind| Err(LexError { kind, offset });
        if token != Token::Eof && lexer.offset() - *first.get_or_insert(offset) > limits.bytes {
            return fail(ErrorKind::TooLarge);
        }
        let form = match token {
            Token::OpenList => Some(Form::List),
            Token::OpenVector => Some(Form::Vector),
            Token::OpenMap => Some(Form::Map),
            Token::OpenSet => Some(Form::Set),
            Token::Tag(name) => Some(Form::Tag(name)),
            _ => None,
        };
        if let Some(form) = form {
            if open.len() >= limits.depth {
                return fail(ErrorKind::TooDeep);
            }
            let hashed = open.last().is_some_and(|outer| outer.mix.is_some() || outer.wants_key());
            let mut mix = hashed.then(|| Mix::new(kind_of(form)));
            if let (Some(mix), Form::Tag(name)) = (&mut mix, form) {
                mix.add(hash(&name));
            }
            open.push(Open { form, offset, items: Vec::new(), keys: Vec::new(), mix });
            continue;
        }
        let (mut item, mut item_hash) = match token {
            Token::Eof if open.is_empty() => return Ok(None),
            Token::Eof => return fail(ErrorKind::UnexpectedEnd),
            Token::CloseList | Token::CloseVector | Token::CloseBrace => {
                let Some(inner) = open.pop() else { return fail(ErrorKind::Unbalanced) };
                let matches = match inner.form {
                    Form::List => token == Token::CloseList,
                    Form::Vector => token == Token::CloseVector,
                    Form::Map | Form::Set => token == Token::CloseBrace,
                    Form::Tag(_) => {
                        return Err(LexError { kind: ErrorKind::MissingValue, offset: inner.offset });
                    }
                };
                if !matches {
                    return fail(ErrorKind::Unbalanced);
                }
                offset = inner.offset;
                close(inner, lexer.token_start())?
            }
            scalar => {
                let value = convert(scalar, offset)?;
                let hashed = open.last().is_some_and(|outer| outer.mix.is_some());
                let hash = if hashed { scalar_hash(&value) } else { 0 };
                (value, hash)
            }
        };
        loop {
            let Some(outer) = open.last_mut() else { return Ok(Some(item)) };
            if let Form::Tag(name) = outer.form {
                (item, item_hash) = tag(name, item, item_hash, outer)?;
                offset = outer.offset;
                open.pop();
                continue;
            }
            if outer.wants_key() {
                outer.keys.push((item_hash, offset));
            }
            if let Some(mix) = &mut outer.mix {
                mix.add(item_hash);
            }
            outer.items.push(item);
            break;
        }
    }
}

fn kind_of(form: Form<'_>) -> Kind {
    match form {
        Form::List => Kind::List,
        Form::Vector => Kind::Vector,
        Form::Map => Kind::Map,
        Form::Set => Kind::Set,
        Form::Tag(_) => Kind::Tagged,
    }
}

/// A collection whose closing bracket stands at `end`, and its hash if wanted.
fn close(mut open: Open<'_>, end: usize) -> Result<(Value, u64), LexError> {
    let hashed = open.mix.is_some();
    let hash = open.mix.as_ref().map_or(0, Mix::finish);
    let value = match open.form {
        Form::List => Value::List(open.items),
        Form::Vector => Value::Vector(open.items),
        Form::Set => {
            check_duplicates(&mut open.keys, hashed, ErrorKind::DuplicateElement, |i| &open.items[i])?;
            Value::Set(open.items)
        }
        Form::Map | Form::Tag(_) => {
            if !open.items.len().is_multiple_of(2) {
                return Err(LexError { kind: ErrorKind::MissingMapValue, offset: end });
            }
            check_duplicates(&mut open.keys, hashed, ErrorKind::DuplicateKey, |i| &open.items[2 * i])?;
            let mut items = open.items.into_iter();
            let mut entries = Vec::with_capacity(items.len() / 2);
            while let (Some(key), Some(value)) = (items.next(), items.next()) {
                entries.push((key, value));
            }
            Value::Map(entries)
        }
    };
    Ok((value, hash))
}

/// As many scalar keys as are compared each with each, which for a few is faster than hashing them.
const FEW: usize = 8;

/// Refuses the first key that repeats an earlier one. Unless `hashed`, the hashes of scalar keys are still missing.
fn check_duplicates<'v>(
    keys: &mut [(u64, usize)],
    hashed: bool,
    kind: ErrorKind,
    key: impl Fn(usize) -> &'v Value,
) -> Result<(), LexError> {
    if !hashed {
        if keys.len() <= FEW && (0..keys.len()).all(|i| key(i).is_scalar()) {
            let repeats = |i: &usize| (0..*i).any(|earlier| key(earlier) == key(*i));
            return match (1..keys.len()).find(repeats) {
                Some(later) => Err(LexError { kind, offset: keys[later].1 }),
                None => Ok(()),
            };
        }
        for (i, (hash, _)) in keys.iter_mut().enumerate() {
            if key(i).is_scalar() {
                *hash = scalar_hash(key(i));
            }
        }
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by_key(|&i| (keys[i].0, i));
    let mut first = None;
    for run in order.chunk_by(|&a, &b| keys[a].0 == keys[b].0) {
        let repeats = |n: &usize| run[..*n].iter().any(|&earlier| key(earlier) == key(run[*n]));
        if let Some(n) = (1..run.len()).find(repeats) {
            first = Some(first.map_or(run[n], |other: usize| other.min(run[n])));
        }
    }
    if let Some(later) = first {
        return Err(LexError { kind, offset: keys[later].1 });
    }
    Ok(())
}

/// The value tagged `name`, and its hash.
fn tag(name: &str, item: Value, item_hash: u64, open: &mut Open<'_>) -> Result<(Value, u64), LexError> {
    let invalid = |_: LiteralError| LexError { kind: ErrorKind::InvalidLiteral, offset: open.offset };
    let value = match (name, &item) {
        ("inst", Value::Str(text)) => Value::Inst(Instant::parse(text).map_err(invalid)?),
        ("uuid", Value::Str(text)) => Value::Uuid(uuid::parse(text).map_err(invalid)?),
        ("inst" | "uuid", _) => return Err(invalid(LiteralError::Malformed)),
        _ => {
            let hash = open.mix.as_mut().map_or(0, |mix| {
                mix.add(item_hash);
                mix.finish()
            });
            return Ok((Value::tagged(name, item), hash));
        }
    };
    let hash = if open.mix.is_some() { scalar_hash(&value) } else { 0 };
    Ok((value, hash))
}

fn convert(token: Token<'_>, offset: usize) -> Result<Value, LexError> {
    let out_of_range = LexError { kind: ErrorKind::NumberOutOfRange, offset };
    Ok(match token {
        Token::True => Value::Bool(true),
        Token::False => Value::Bool(false),
        Token::Int(n) => Value::Int(n),
        Token::Float(x) => Value::Float(x),
        Token::BigInt(text) => Value::BigInt(Box::new(number::parse_bigint(text).map_err(|_| out_of_range)?)),
        Token::Decimal(text) => {
            Value::Decimal(Box::new(number::parse_decimal(text).map_err(|_| out_of_range)?))
        }
        Token::IntOutOfRange(_) | Token::FloatOutOfRange(_) => return Err(out_of_range),
        Token::Str(text) => Value::Str(text.to_str().into_owned()),
        Token::Char(c) => Value::Char(c),
        Token::Keyword(name) => Value::Keyword(name.to_string()),
        Token::Symbol(name) => Value::Symbol(name.to_string()),
        _ => Value::Nil,
    })
}
