//! The formatter: text → the same forms in the house style. Lines that the writer broke stay broken, so that a
//! program keeps its shape; what is decided here is indentation, spaces, and where a line that is too long breaks.
//!
//! Not here: files and commands, and what a name means beyond the table of forms with bodies in `style.rs`. Begin
//! with [`format`]; the tree is in `tree.rs`, the lines in `layout.rs`.

mod layout;
mod style;
mod tree;

use wat_source::{Diagnostic, FileId};

/// A line longer than this is broken.
pub const WIDTH: usize = 120;

/// How the reader's additions to EDN are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Spelling {
    /// `'x` stays `'x`.
    #[default]
    Short,
    /// `'x` becomes `(quote x)`, which any EDN reader reads.
    Edn,
    /// Colon paths stay colon paths, for programs that show them.
    Kept,
}

/// Alignment of columns may take a second look: two rows that met by chance part when one of them moves.
const PASSES: usize = 6;

/// The text in the house style; what is wrong with it where it does not read.
///
/// # Panics
/// When the result reads as other forms than the text: a defect of wat.
pub fn format(file: FileId, text: &str, spelling: Spelling) -> Result<String, Vec<Diagnostic>> {
    let reading = wat_syntax::read(file, text);
    if reading.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(reading.diagnostics);
    }
    let mut out = pass(text, spelling);
    for _ in 1..PASSES {
        let again = pass(&out, spelling);
        if again == out {
            break;
        }
        out = again;
    }
    let after = wat_syntax::read(file, &out);
    assert!(
        after.diagnostics.is_empty() && after.forms == reading.forms,
        "formatting keeps the forms:\n{out}"
    );
    Ok(out)
}

fn pass(text: &str, spelling: Spelling) -> String {
    let mut items = tree::parse(text, spelling == Spelling::Kept);
    if spelling == Spelling::Edn {
        items = tree::long_forms(items);
    }
    layout::lay_out(&items)
}
