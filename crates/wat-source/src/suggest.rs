//! "Did you mean": the one name close enough to what was written, or none.

/// The candidate nearest to `name` where it is near enough to bet on: at most a third of the letters differ
/// (optimal string alignment: insert, delete, replace, swap neighbours), and no other candidate is as near.
/// A candidate that differs only in case, or in `-` against `_`, is always near.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = name.chars().take(LONGEST + 1).collect();
    if written.len() > LONGEST {
        return None;
    }
    let limit = (written.len().max(3) / 3).min(3);
    let mut best: Option<(usize, &'a str)> = None;
    let mut tied = false;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().take(LONGEST + 1).collect();
        if candidate == name || letters.len() > LONGEST {
            continue;
        }
        let near = if folded(&letters) == folded(&written) {
            Some(0)
        } else if written.len() < 2 || letters.len().abs_diff(written.len()) > limit {
            None
        } else {
            Some(distance(&written, &letters)).filter(|&d| d <= limit && d < written.len())
        };
        let Some(near) = near else { continue };
        match best {
            Some((least, other)) if least == near => tied |= other != candidate,
            Some((least, _)) if least < near => {}
            _ => {
                best = Some((near, candidate));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, candidate)| candidate)
}

/// Longer names are no typing mistakes.
const LONGEST: usize = 64;

fn folded(letters: &[char]) -> Vec<char> {
    letters.iter().flat_map(|c| c.to_lowercase()).map(|c| if c == '_' { '-' } else { c }).collect()
}

/// Optimal string alignment, with three rows of the table.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (previous[j] + 1).min(row[j - 1] + 1).min(previous[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row[j] = least;
        }
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut row);
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let names = ["println", "eprintln", "print", "range", "reduce", "spawn-process", "Shape/Circle"];
        let near = |name| suggest(name, names);
        assert_eq!(near("pritn"), Some("print"));
        assert_eq!(near("prnitln"), Some("println"));
        assert_eq!(near("spawn_process"), Some("spawn-process"));
        assert_eq!(near("Spawn-Process"), Some("spawn-process"));
        assert_eq!(near("shape/circel"), Some("Shape/Circle"));
        assert_eq!(near("Shape/Circel"), Some("Shape/Circle"));
        assert_eq!(near("xyz"), None);
        assert_eq!(near("a"), None);
    }

    #[test]
    fn two_equally_near_names_are_no_suggestion() {
        assert_eq!(suggest("bar", ["baz", "bat"]), None);
        assert_eq!(suggest("bar", ["baz", "baz"]), Some("baz"));
    }
}
