//! The table of diagnostic codes: one entry per kind of mistake, from which its name, severity, summary and
//! page derive. Names are stable for ever; a page is `errors/NAME.md`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::diagnostic::Severity;

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $summary:literal;)*) => {
        /// The stable name of a kind of mistake.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Code {
            $(#[doc = $summary] $variant,)*
        }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The kebab-case name.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// What went wrong, in one line.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$variant => $summary,)* }
            }

            /// The page that `wat explain` prints, in Markdown.
            pub fn page(self) -> &'static str {
                match self {
                    $(Code::$variant => include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"), "/../../errors/", $name, ".md"
                    )),)*
                }
            }
        }
    };
}

codes! {
    // Reading.
    UnbalancedBracket "unbalanced-bracket" Error "a bracket is never closed, or closes nothing";
    UnexpectedToken "unexpected-token" Error "a character or form that cannot stand here";
    BadLiteral "bad-literal" Error "a number, character, map or tagged literal that is not one, or is out of range";
    BadEscape "bad-escape" Error "an escape that strings and characters do not have";
    UnterminatedString "unterminated-string" Error "a string without its closing quote";
    DuplicateKey "duplicate-key" Error "a map or set literal holds the same key twice";
    NotUtf8 "not-utf8" Error "a source file that is not UTF-8";
    TooDeep "too-deep" Error "forms nested more deeply than the reader allows";
    BadName "bad-name" Error "a name that is not spelled as its kind demands";
    CannotRead "cannot-read" Error "a source file that cannot be read";
    BadProject "bad-project" Error "a project file that does not say what a project is";

    // Names and files.
    UnboundName "unbound-name" Error "a name that nothing defines";
    UnboundType "unbound-type" Error "a type that nothing defines";
    UnknownTypeVariable "unknown-type-variable" Error "a type variable that the signature does not introduce";
    UnknownNamespace "unknown-namespace" Error "a namespace that no file defines";
    NamespaceMismatch "namespace-mismatch" Error "a file whose `ns` does not fit its path";
    PrivateName "private-name" Error "a name that only its own file may use";
    ImportCycle "import-cycle" Error "files that use each other in a circle";
    Redefinition "redefinition" Error "a name defined twice in one namespace";
    ShadowedPrelude "shadowed-prelude" Warning "a definition hides a name of the prelude";

    // The shape of a file.
    MissingMain "missing-main" Error "a program without `main`";
    BadMain "bad-main" Error "a `main` that takes parameters or has a result";
    StrayExpression "stray-expression" Error "a top-level expression in a file that defines `main`";

    // Special forms and definitions.
    BadSyntax "bad-syntax" Error "a special form that is not shaped as it must be";
    UnsupportedForm "unsupported-form" Error "a form that has no meaning in this place";
    UnknownAttribute "unknown-attribute" Error "an attribute that definitions do not have";
    RecurOutsideLoop "recur-outside-loop" Error "`recur` where there is no loop to repeat, or not as its last step";
    TryOutside "try-outside" Error "`try` where no enclosing function could return the failure";
    EffectInDef "effect-in-def" Error "a `def` whose value has an effect";
    DefCycle "def-cycle" Error "`def`s that need each other's values";
    BadType "bad-type" Error "a type that is not written as one, or has the wrong number of arguments";
    TooManyVariants "too-many-variants" Error "an enum with more variants than a tag can number";
    ArgumentLimit "argument-limit" Error "more parameters, fields or arguments than allowed";

    // Types.
    TypeMismatch "type-mismatch" Error "a value of one type where another is needed";
    WrongArity "wrong-arity" Error "a call with too many or too few arguments";
    NotAFunction "not-a-function" Error "a value is called that is not a function";
    NotCallableProgram "not-callable-program" Error "a Program value is called; it can only be spawned";
    AmbiguousType "ambiguous-type" Error "a type that nothing determines";
    InfiniteType "infinite-type" Error "a type that would contain itself";
    PolymorphicRecursion "polymorphic-recursion" Error "a definition that refers to itself at other types than its own";
    MissingBound "missing-bound" Error "a type does not implement a protocol that is needed";
    DuplicateImplementation "duplicate-implementation" Error "a protocol implemented twice for one type";
    OrphanExtend "orphan-extend" Error "an `extend` in a file of neither the type nor the protocol";
    ClosedProtocol "closed-protocol" Error "an `extend` of a protocol that is the language's own";
    MissingMethod "missing-method" Error "an implementation without one of its protocol's methods";
    UnknownMethod "unknown-method" Error "an implementation of a method that its protocol does not have";
    UnknownField "unknown-field" Error "a field that the struct or variant does not have";
    MissingField "missing-field" Error "a struct or variant built without one of its fields";
    DuplicateField "duplicate-field" Error "a field named twice";

    // Macros.
    MacroFailed "macro-failed" Error "a macro crashed, did not end, or gave something that is no code";
    MacroBeforeDefinition "macro-before-definition" Error "a macro is called above its definition";
    EffectInMacro "effect-in-macro" Error "a macro touches the world outside while the program is compiled";

    // Patterns.
    BadPattern "bad-pattern" Error "a form that is no pattern, or not one for this type";
    RefutablePattern "refutable-pattern" Error "a pattern that may fail where it must not";
    MissingCase "missing-case" Error "a match that some value falls through";
    UnreachableArm "unreachable-arm" Warning "a match arm that no value reaches";

    // Values that go nowhere.
    UnusedResult "unused-result" Error "a Result is dropped, and with it the failure it may hold";
    UnusedValue "unused-value" Warning "a value is computed and dropped";

    // Programs.
    NotWire "not-wire" Error "a value that cannot cross a process boundary would have to";
    ContractViolation "contract-violation" Error "a program reads or writes another type than it declares";
}

impl Code {
    /// The code of a kebab-case name.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        let name = String::deserialize(deserializer)?;
        Code::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("no diagnostic code `{name}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_lead_back() {
        for &code in Code::ALL {
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert_eq!(Code::from_name(code.name()), Some(code));
        }
    }

    #[test]
    fn every_page_names_its_code_and_shows_the_mistake_and_the_cure() {
        for &code in Code::ALL {
            let page = code.page();
            assert!(page.starts_with(&format!("# {}\n", code.name())), "title of errors/{code}.md");
            let (example, cure) = page
                .split_once("\n## Example\n")
                .and_then(|(_, rest)| rest.split_once("\n## Cure\n"))
                .unwrap_or_else(|| panic!("errors/{code}.md has an example and a cure"));
            let mark = format!("{}[{code}]", code.severity().name());
            assert!(!example.contains("```wat\n") || example.contains(&mark), "mark in errors/{code}.md");
            assert!(cure.contains("\n```") && !cure.contains(&mark), "cure in errors/{code}.md");
            assert!(page.lines().count() <= 40, "length of errors/{code}.md");
        }
    }

    #[test]
    fn every_page_belongs_to_a_code() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../errors");
        for entry in std::fs::read_dir(folder).expect("errors/ is there") {
            let path = entry.expect("errors/ is readable").path();
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("pages have UTF-8 names");
            assert!(Code::from_name(name).is_some(), "errors/{name}.md has no code");
        }
    }
}
