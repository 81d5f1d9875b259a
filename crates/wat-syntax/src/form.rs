//! A form: one value of source text, with its place. Not a typed expression; what a list means is decided later.

use std::hash::{Hash, Hasher};

use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use wat_source::{Span, Symbol};

/// A form and where it was written. Equality is that of the datum: spans do not count.
#[derive(Clone, Debug)]
pub struct Form {
    pub kind: FormKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum FormKind {
    Nil,
    Bool(bool),
    Int(i64),
    BigInt(BigInt),
    Float(f64),
    /// The scale is kept: `1.50M` is not `1.5M` as a form.
    Decimal(BigDecimal),
    Str(String),
    Char(char),
    /// Without its colon.
    Keyword(Symbol),
    /// A name; a colon path `:a::b` is the symbol `a/b`.
    Symbol(Symbol),
    List(Vec<Form>),
    Vector(Vec<Form>),
    /// In the order written, keys distinct.
    Map(Vec<(Form, Form)>),
    /// In the order written, distinct.
    Set(Vec<Form>),
    /// `#inst`: a date `YYYY-MM-DD`, or a date and time with offset, checked, as written.
    Inst(String),
    Uuid(u128),
    /// Any other tag with its value.
    Tagged(Symbol, Box<Form>),
    /// Stands where something was wrong and has been reported.
    Error,
}

impl Form {
    pub fn new(kind: FormKind, span: Span) -> Form {
        Form { kind, span }
    }

    pub fn symbol(name: impl Into<Symbol>, span: Span) -> Form {
        Form::new(FormKind::Symbol(name.into()), span)
    }

    pub fn keyword(name: impl Into<Symbol>, span: Span) -> Form {
        Form::new(FormKind::Keyword(name.into()), span)
    }

    pub fn list(items: Vec<Form>, span: Span) -> Form {
        Form::new(FormKind::List(items), span)
    }

    pub fn vector(items: Vec<Form>, span: Span) -> Form {
        Form::new(FormKind::Vector(items), span)
    }

    pub fn string(text: impl Into<String>, span: Span) -> Form {
        Form::new(FormKind::Str(text.into()), span)
    }

    pub fn int(value: i64, span: Span) -> Form {
        Form::new(FormKind::Int(value), span)
    }

    /// The Decimal `digits` × 10^-`scale`, in no place.
    pub fn decimal(digits: BigInt, scale: i64) -> Form {
        Form::new(FormKind::Decimal(BigDecimal::new(digits, scale)), Span::NONE)
    }

    pub fn nil(span: Span) -> Form {
        Form::new(FormKind::Nil, span)
    }

    pub fn error(span: Span) -> Form {
        Form::new(FormKind::Error, span)
    }

    pub fn as_symbol(&self) -> Option<Symbol> {
        match self.kind {
            FormKind::Symbol(name) => Some(name),
            _ => None,
        }
    }

    pub fn as_keyword(&self) -> Option<Symbol> {
        match self.kind {
            FormKind::Keyword(name) => Some(name),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Form]> {
        match &self.kind {
            FormKind::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_vector(&self) -> Option<&[Form]> {
        match &self.kind {
            FormKind::Vector(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&[(Form, Form)]> {
        match &self.kind {
            FormKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn as_set(&self) -> Option<&[Form]> {
        match &self.kind {
            FormKind::Set(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            FormKind::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self.kind {
            FormKind::Int(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            FormKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_symbol(&self, name: &str) -> bool {
        self.as_symbol().is_some_and(|symbol| symbol == name)
    }

    pub fn is_keyword(&self, name: &str) -> bool {
        self.as_keyword().is_some_and(|symbol| symbol == name)
    }

    pub fn is_nil(&self) -> bool {
        matches!(self.kind, FormKind::Nil)
    }

    pub fn is_error(&self) -> bool {
        matches!(self.kind, FormKind::Error)
    }

    /// The symbol at the head of a list: `fn` of `(fn [x] x)`.
    pub fn head(&self) -> Option<Symbol> {
        self.as_list()?.first()?.as_symbol()
    }

    /// Is it a list with this symbol at its head?
    pub fn is_call(&self, name: &str) -> bool {
        self.head().is_some_and(|head| head == name)
    }

    /// What follows the head of a list with this symbol at its head.
    pub fn call(&self, name: &str) -> Option<&[Form]> {
        if self.is_call(name) { self.as_list().map(|items| &items[1..]) } else { None }
    }

    /// The value of a keyword key of a map.
    pub fn get(&self, key: &str) -> Option<&Form> {
        self.as_map()?.iter().find(|(k, _)| k.is_keyword(key)).map(|(_, value)| value)
    }

    /// The forms directly inside, in the order written; a map's keys and values alternate.
    pub fn children(&self) -> Vec<&Form> {
        match &self.kind {
            FormKind::List(items) | FormKind::Vector(items) | FormKind::Set(items) => items.iter().collect(),
            FormKind::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
            FormKind::Tagged(_, value) => vec![value],
            _ => Vec::new(),
        }
    }

    /// Is anything in it [`FormKind::Error`]? Then a diagnostic has been given already.
    pub fn has_error(&self) -> bool {
        match &self.kind {
            FormKind::Error => true,
            FormKind::List(items) | FormKind::Vector(items) | FormKind::Set(items) => {
                items.iter().any(Form::has_error)
            }
            FormKind::Map(entries) => entries.iter().any(|(k, v)| k.has_error() || v.has_error()),
            FormKind::Tagged(_, value) => value.has_error(),
            _ => false,
        }
    }

    /// What it is, for messages: `a list`, `a number`, `the symbol`.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            FormKind::Nil => "nil",
            FormKind::Bool(_) => "a bool",
            FormKind::Int(_) => "an integer",
            FormKind::BigInt(_) => "a BigInt",
            FormKind::Float(_) => "a float",
            FormKind::Decimal(_) => "a Decimal",
            FormKind::Str(_) => "a string",
            FormKind::Char(_) => "a character",
            FormKind::Keyword(_) => "a keyword",
            FormKind::Symbol(_) => "a name",
            FormKind::List(_) => "a list",
            FormKind::Vector(_) => "a vector",
            FormKind::Map(_) => "a map",
            FormKind::Set(_) => "a set",
            FormKind::Inst(_) => "an instant",
            FormKind::Uuid(_) => "a uuid",
            FormKind::Tagged(..) => "a tagged value",
            FormKind::Error => "an error",
        }
    }
}

impl PartialEq for Form {
    fn eq(&self, other: &Form) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Form {}

impl Hash for Form {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

/// Equal as text: NaN is NaN, `0.0` is not `-0.0`, and a Decimal's scale counts.
impl PartialEq for FormKind {
    fn eq(&self, other: &FormKind) -> bool {
        use FormKind::*;
        match (self, other) {
            (Nil, Nil) | (Error, Error) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (BigInt(a), BigInt(b)) => a == b,
            (Float(a), Float(b)) => float_bits(*a) == float_bits(*b),
            (Decimal(a), Decimal(b)) => a.as_bigint_and_exponent() == b.as_bigint_and_exponent(),
            (Str(a), Str(b)) | (Inst(a), Inst(b)) => a == b,
            (Char(a), Char(b)) => a == b,
            (Keyword(a), Keyword(b)) | (Symbol(a), Symbol(b)) => a == b,
            (List(a), List(b)) | (Vector(a), Vector(b)) | (Set(a), Set(b)) => a == b,
            (Map(a), Map(b)) => a == b,
            (Uuid(a), Uuid(b)) => a == b,
            (Tagged(a, x), Tagged(b, y)) => a == b && x == y,
            _ => false,
        }
    }
}

impl Eq for FormKind {}

impl Hash for FormKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        use FormKind::*;
        std::mem::discriminant(self).hash(state);
        match self {
            Nil | Error => {}
            Bool(value) => value.hash(state),
            Int(value) => value.hash(state),
            BigInt(value) => value.hash(state),
            Float(value) => float_bits(*value).hash(state),
            Decimal(value) => value.as_bigint_and_exponent().hash(state),
            Str(text) | Inst(text) => text.hash(state),
            Char(value) => value.hash(state),
            Keyword(name) | Symbol(name) => name.hash(state),
            List(items) | Vector(items) | Set(items) => items.hash(state),
            Map(entries) => entries.hash(state),
            Uuid(value) => value.hash(state),
            Tagged(tag, value) => {
                tag.hash(state);
                value.hash(state);
            }
        }
    }
}

/// All NaN are one datum, because all are written `##NaN`.
fn float_bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}
