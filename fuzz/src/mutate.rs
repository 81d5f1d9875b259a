//! Inputs made of other inputs: pieces cut, repeated, moved, joined, bytes changed, nesting and numbers blown up. The same
//! seed gives the same inputs, as long as the target accepts the same ones.

pub struct Mutator {
    seeds: Vec<Vec<u8>>,
    /// How many of them are files; after those stand inputs that were kept.
    given: usize,
    is_text: bool,
    state: u64,
}

/// What means something in some format.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "#",
    ":",
    ",",
    ";",
    "'",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    " ",
    "0",
    "9",
    "-",
    "+",
    ".",
    "e",
    "E",
    "N",
    "M",
    "/",
    "%",
    "^",
    "$",
    "*",
    "?",
    "|",
    "~",
    "`",
    "~@",
    "@",
    "<-",
    "->",
    "::",
    "&",
    "_",
    "\\p{L}",
    "\\u00e9",
    "\\ud800",
    "\\x",
    "null",
    "nil",
    "true",
    "1e999",
    "1e-999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-0.0",
    "##NaN",
    "é",
    "☃",
    "😀",
    "\u{feff}",
    "\u{2028}",
    "\u{301}",
    "#_",
    "#inst ",
    "#uuid ",
    "T",
    "Z",
    "+01:00",
    "%Q",
    "{1000}",
    "(?",
    "(?i:",
    "Content-Length: 7\r\n",
    "chunked",
    "ffffffff",
    "HTTP/1.1",
    "(defn ",
    "(let [",
    "(fn [",
    "(match ",
    "(recur ",
    "select ",
    "where ",
    "--",
];

/// Longest input, in bytes.
const LONGEST: usize = 4096;
/// Inputs that are kept to be mutated further.
const KEPT: usize = 2048;

impl Mutator {
    pub fn new(seeds: Vec<Vec<u8>>, is_text: bool, seed: u64) -> Mutator {
        // Never zero, in which state the generator would stay.
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Mutator { given: seeds.len(), seeds, is_text, state }
    }

    /// At least 0, below `n`: Xorshift* (Vigna, 2016).
    fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n.max(1)
    }

    fn seed(&mut self) -> Vec<u8> {
        let i = self.below(self.seeds.len());
        self.seeds[i].clone()
    }

    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..1 + self.below(5) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        if self.is_text { String::from_utf8_lossy(&input).into_owned().into_bytes() } else { input }
    }

    /// An input that was accepted is worth more changes, now and then.
    pub fn keep(&mut self, input: &[u8]) {
        if self.below(32) != 0 {
            return;
        }
        if self.seeds.len() < self.given + KEPT {
            self.seeds.push(input.to_vec());
        } else {
            let i = self.given + self.below(KEPT);
            self.seeds[i] = input.to_vec();
        }
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let length = self.below(input.len() - at + 1).min(64);
        match self.below(10) {
            0 => drop(input.drain(at..at + length)),
            1 => {
                let piece = input[at..at + length].to_vec();
                let times = 1 + self.below(40);
                input.splice(at..at, piece.repeat(times));
            }
            2 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                let to = from + self.below(other.len() - from + 1);
                input.splice(at.., other[from..to].iter().copied());
            }
            3 if !input.is_empty() => {
                let at = at.min(input.len() - 1);
                input[at] = self.below(256) as u8;
            }
            4 if !input.is_empty() => {
                let at = at.min(input.len() - 1);
                input[at] ^= 1 << self.below(8);
            }
            5 => {
                let (open, close) =
                    [("[", "]"), ("{", "}"), ("(", ")"), ("{\"a\":", "}"), ("#a ", "")][self.below(5)];
                let depth = 1 + self.below(300);
                let end = at + length;
                input.splice(end..end, close.repeat(depth).bytes());
                input.splice(at..at, open.repeat(depth).bytes());
            }
            6 => {
                let count = 1 + self.below(40);
                let digits: Vec<u8> = (0..count).map(|_| b'0' + self.below(10) as u8).collect();
                input.splice(at..at, digits);
            }
            7 => {
                // A piece goes elsewhere.
                let piece: Vec<u8> = input.drain(at..at + length).collect();
                let to = self.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            _ => {
                let piece = PIECES[self.below(PIECES.len())];
                input.splice(at..at, piece.bytes());
            }
        }
        input.truncate(4 * LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(seed: u64) -> Vec<Vec<u8>> {
        let mut mutator = Mutator::new(vec![b"[1 2]".to_vec(), "é {:a \"b\"}".into()], true, seed);
        (0..500).map(|_| mutator.next()).collect()
    }

    #[test]
    fn a_seed_gives_the_same_inputs_again() {
        assert_eq!(inputs(3), inputs(3));
        assert_ne!(inputs(3), inputs(4));
    }

    #[test]
    fn inputs_differ_are_text_and_bounded() {
        let mut all = inputs(5);
        assert!(all.iter().all(|input| input.len() <= 3 * LONGEST && std::str::from_utf8(input).is_ok()));
        all.sort();
        all.dedup();
        assert!(all.len() > 400, "{} different inputs", all.len());
    }
}
