//! The names whose calls are not calls: special forms, sugar and heads of definitions. One row each.
//! What they mean is elsewhere; here is only that they exist.

macro_rules! specials {
    ($($variant:ident $name:literal;)*) => {
        /// A form that the checker itself knows.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Special { $($variant,)* }

        impl Special {
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// By short name; they all live in `wat.core`.
            pub fn by_name(name: &str) -> Option<Special> {
                match name { $($name => Some(Special::$variant),)* _ => None }
            }

            pub fn name(self) -> &'static str {
                match self { $(Special::$variant => $name,)* }
            }
        }
    };
}

specials! {
    // Heads of definitions.
    Ns "ns";
    Def "def";
    Defn "defn";
    Defstruct "defstruct";
    Defenum "defenum";
    Defalias "defalias";
    Defprotocol "defprotocol";
    Extend "extend";
    Defmacro "defmacro";
    Deftest "deftest";
    // Expressions.
    Fn "fn";
    Let "let";
    If "if";
    Do "do";
    Match "match";
    Loop "loop";
    Recur "recur";
    Try "try";
    Quote "quote";
    Tuple "tuple";
    With "with";
    Select "select";
    WithPeers "with-peers";
    // Sugar.
    When "when";
    Cond "cond";
    Case "case";
    IfLet "if-let";
    WhenLet "when-let";
    And "and";
    Or "or";
    Thread "->";
    ThreadLast "->>";
    For "for";
    Doseq "doseq";
    Str "str";
    Panic "panic!";
    Assert "assert";
    // Macros' own.
    Quasiquote "quasiquote";
    Unquote "unquote";
    UnquoteSplicing "unquote-splicing";
}

impl Special {
    /// Does it stand at the top of a file only?
    pub fn is_definition(self) -> bool {
        use Special::*;
        matches!(
            self,
            Ns | Def | Defn | Defstruct | Defenum | Defalias | Defprotocol | Extend | Defmacro | Deftest
        )
    }

    /// Must it keep its meaning? What is called like a function may be defined anew.
    pub fn is_reserved(self) -> bool {
        use Special::*;
        !matches!(self, Str | Tuple | With | Assert | Panic)
    }

    /// The definition that this form heads, by either spelling.
    pub fn definition(head: &str) -> Option<Special> {
        let short = head.strip_prefix("wat.core/").unwrap_or(head);
        Special::by_name(short).filter(|special| special.is_definition())
    }
}
