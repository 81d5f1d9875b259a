//! Where a cell of a row begins, for errors: the crate tells where a row begins and no more. It knows quotes, delimiters and
//! ends of lines as the crate does, and no types.

use wat_edn::Position;

/// What a place in a row is asked for.
#[derive(Clone, Copy)]
pub enum Part {
    /// The cell of this number, or the end of the row where it has fewer.
    Cell(usize),
    /// The quote that no other closes.
    OpenQuote,
}

/// The place of a part of the row that begins at the byte `start` of `text`.
pub fn of(text: &[u8], start: usize, delimiter: u8, part: Part) -> Position {
    let start = start.min(text.len());
    Position::START.advance(&text[..start + offset(&text[start..], delimiter, part)])
}

/// The part's first byte in a row.
fn offset(row: &[u8], delimiter: u8, part: Part) -> usize {
    let (mut at, mut number) = (0, 0);
    loop {
        if matches!(part, Part::Cell(wanted) if wanted == number) {
            return at;
        }
        let begin = at;
        if row.get(at) == Some(&b'"') {
            match closing(row, at + 1) {
                Some(close) => at = close + 1,
                None if matches!(part, Part::OpenQuote) => return begin,
                None => return row.len(),
            }
        }
        // What follows a closing quote belongs to the cell.
        let ends = |&b: &u8| b == delimiter || b == b'\r' || b == b'\n';
        let Some(end) = row[at..].iter().position(ends) else { return row.len() };
        at += end;
        if row[at] != delimiter {
            return at;
        }
        at += 1;
        number += 1;
    }
}

/// The quote that ends the cell, past doubled ones.
fn closing(row: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += row.get(at..)?.iter().position(|&b| b == b'"')?;
        if row.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, start: usize, part: Part) -> (u64, u64) {
        let Position { line, column } = of(text.as_bytes(), start, b',', part);
        (line, column)
    }

    #[test]
    fn cells_are_found_behind_quotes_and_lines() {
        let text = "\n\na,é,\"b\n\"\"c,\",d\r\nx";
        assert_eq!(place(text, 2, Part::Cell(0)), (3, 1));
        assert_eq!(place(text, 2, Part::Cell(1)), (3, 3));
        assert_eq!(place(text, 2, Part::Cell(2)), (3, 5));
        assert_eq!(place(text, 2, Part::Cell(3)), (4, 7));
        assert_eq!(place(text, 2, Part::Cell(9)), (4, 8));
    }

    #[test]
    fn an_open_quote_is_where_it_opens() {
        assert_eq!(place("a,\"b\"\"", 0, Part::OpenQuote), (1, 3));
        assert_eq!(place("a,\"b\"c\"d,\"e", 0, Part::OpenQuote), (1, 10));
    }
}
