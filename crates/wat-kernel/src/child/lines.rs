//! A child's stderr as lines: cut, kept in a bounded tail, tagged for the way up. Pure bytes, no descriptors.

use std::collections::VecDeque;

/// A line longer than this is passed on in pieces.
const MAX_LINE: usize = 8 * 1024;
/// Bounds of the tail that a crash value carries.
const TAIL_LINES: usize = 40;
const TAIL_BYTES: usize = 16 * 1024;

/// Cuts bytes into lines and keeps the last of them.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    partial: Vec<u8>,
    tail: VecDeque<Vec<u8>>,
    tail_bytes: usize,
}

impl Lines {
    /// Takes bytes in and gives each completed line, without its newline.
    pub(crate) fn add(&mut self, mut bytes: &[u8], mut each: impl FnMut(&[u8])) {
        while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
            let (line, rest) = bytes.split_at(end);
            self.partial.extend_from_slice(line);
            self.complete(&mut each);
            bytes = &rest[1..];
        }
        self.partial.extend_from_slice(bytes);
        while self.partial.len() >= MAX_LINE {
            let rest = self.partial.split_off(MAX_LINE);
            self.complete(&mut each);
            self.partial = rest;
        }
    }

    /// The end of the stream completes a line that has no newline.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(&[u8])) {
        if !self.partial.is_empty() {
            self.complete(&mut each);
        }
    }

    fn complete(&mut self, each: &mut impl FnMut(&[u8])) {
        let line = std::mem::take(&mut self.partial);
        each(&line);
        self.tail_bytes += line.len();
        self.tail.push_back(line);
        while self.tail.len() > TAIL_LINES || self.tail_bytes > TAIL_BYTES {
            let Some(oldest) = self.tail.pop_front() else { break };
            self.tail_bytes -= oldest.len();
        }
    }

    pub(crate) fn tail(&self) -> Vec<String> {
        self.tail.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }
}

/// The line with the child's path in front, unless it already carries the path of a node below that child.
pub(crate) fn tagged(path: &str, line: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.len() + path.len() + 4);
    if !is_from_below(path, line) {
        text.push(b'[');
        text.extend_from_slice(path.as_bytes());
        text.extend_from_slice(b"] ");
    }
    text.extend_from_slice(line);
    text
}

fn is_from_below(path: &str, line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"[").and_then(|l| l.strip_prefix(path.as_bytes())) else {
        return false;
    };
    let Some(end) = rest.iter().position(|b| *b == b']') else { return false };
    rest.first() == Some(&b'/') && rest[..end].iter().all(|b| b.is_ascii_digit() || *b == b'/')
}

/// Lines on their way to this process's own stderr: bounded, oldest dropped first and counted.
#[derive(Debug, Default)]
pub(crate) struct Forward {
    queue: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped: u64,
    /// Bytes of the first line already written.
    sent: usize,
}

/// Bound of [`Forward`], in bytes.
const FORWARD: usize = 256 * 1024;
/// What a pipe takes whole or not at all.
const WHOLE: usize = libc::PIPE_BUF;
/// Bytes of lines that come together and are not written one by one. Far below the bound, so that none is dropped for that.
const AMPLE: usize = 16 * 1024;

impl Forward {
    pub(crate) fn push(&mut self, line: Vec<u8>) {
        self.bytes += line.len();
        self.queue.push_back(line);
        // A line that is partly out must be completed, so the second-oldest goes then.
        let victim = usize::from(self.sent > 0);
        while self.bytes > FORWARD {
            let Some(oldest) = self.queue.remove(victim) else { break };
            self.bytes -= oldest.len();
            self.dropped += 1;
        }
    }

    /// The first lines, up to [`WHOLE`] bytes; the first in any case.
    fn gathered(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(WHOLE);
        for line in &self.queue {
            if !text.is_empty() && text.len() + line.len() > WHOLE {
                break;
            }
            text.extend_from_slice(line);
        }
        text
    }

    /// So many bytes are out.
    fn written(&mut self, count: usize) {
        self.sent += count;
        while let Some(line) = self.queue.front().filter(|line| line.len() <= self.sent) {
            self.sent -= line.len();
            self.bytes -= line.len();
            self.queue.pop_front();
        }
    }

    /// Is there so much that it should not wait for more?
    pub(crate) fn is_ample(&self) -> bool {
        self.bytes >= AMPLE
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.dropped == 0
    }

    /// Hands what waits to `write`, which says how much it took, until it takes no more. An error drops everything:
    /// nobody reads this stderr any more. `shown` makes a whole line of what was dropped.
    pub(crate) fn flush(
        &mut self,
        shown: impl Fn(Vec<u8>) -> Vec<u8>,
        mut write: impl FnMut(&[u8]) -> std::io::Result<usize>,
    ) {
        loop {
            if self.dropped > 0 && self.sent == 0 {
                let notice = shown(format!("[wat] {} lines of stderr dropped", self.dropped).into_bytes());
                self.dropped = 0;
                self.bytes += notice.len();
                self.queue.push_front(notice);
            }
            let Some(line) = self.queue.front() else { return };
            // Short lines go together, as many as a pipe takes whole: nobody else's line comes between.
            let gathered = (self.sent == 0 && self.queue.len() > 1).then(|| self.gathered());
            match write(gathered.as_deref().unwrap_or(&line[self.sent..])) {
                Ok(count) => self.written(count),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    *self = Forward::default();
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_newlines_and_at_the_bound() {
        let mut lines = Lines::default();
        let mut got: Vec<Vec<u8>> = Vec::new();
        lines.add(b"one\ntw", |l| got.push(l.to_vec()));
        lines.add(b"o\n", |l| got.push(l.to_vec()));
        lines.add(&[b'x'; MAX_LINE + 5], |l| got.push(l.to_vec()));
        lines.finish(|l| got.push(l.to_vec()));
        assert_eq!(got[0], b"one");
        assert_eq!(got[1], b"two");
        assert_eq!((got[2].len(), got[3].len()), (MAX_LINE, 5));
    }

    #[test]
    fn the_tail_is_bounded() {
        let mut lines = Lines::default();
        for i in 0..10_000 {
            lines.add(format!("line {i}\n").as_bytes(), |_| {});
        }
        let tail = lines.tail();
        assert_eq!(tail.len(), TAIL_LINES);
        assert_eq!(tail.last().map(String::as_str), Some("line 9999"));
    }

    #[test]
    fn a_tag_is_added_once_and_cannot_be_forged_upwards() {
        assert_eq!(tagged("/0", b"hi"), b"[/0] hi");
        assert_eq!(tagged("/0", b"[/0/1] hi"), b"[/0/1] hi");
        assert_eq!(tagged("/0", b"[/1] hi"), b"[/0] [/1] hi");
        assert_eq!(tagged("/0", b"[/0] hi"), b"[/0] [/0] hi");
        assert_eq!(tagged("/0", b"[/01] hi"), b"[/0] [/01] hi");
    }

    #[test]
    fn short_lines_are_written_together_and_never_split_without_need() {
        let mut forward = Forward::default();
        for i in 0..1000 {
            forward.push(format!("line {i}\n").into_bytes());
        }
        forward.push([&[b'x'; 2 * WHOLE][..], b"\n"].concat());
        forward.push(b"last\n".to_vec());
        let (mut out, mut calls) = (Vec::new(), 0);
        forward.flush(
            |notice| notice,
            |bytes| {
                calls += 1;
                assert!(bytes.len() <= WHOLE || bytes.starts_with(b"x"), "{}", bytes.len());
                assert!(bytes.ends_with(b"\n"));
                out.extend_from_slice(bytes);
                Ok(bytes.len())
            },
        );
        assert!(calls < 10, "{calls} calls");
        let lines: Vec<&[u8]> = out.split(|byte| *byte == b'\n').collect();
        assert_eq!((lines.len(), lines[999], lines[1001]), (1003, &b"line 999"[..], &b"last"[..]));
        assert!(forward.is_empty());
    }

    #[test]
    fn a_blocked_stderr_drops_the_oldest_and_says_so() {
        let mut forward = Forward::default();
        for i in 0..100_000 {
            forward.push(format!("{i}\n").into_bytes());
        }
        assert!(forward.bytes <= FORWARD);
        let mut out = Vec::new();
        forward.flush(
            |notice| [&notice[..], b"\n"].concat(),
            |bytes| {
                out.extend_from_slice(&bytes[..bytes.len().min(3)]);
                Ok(bytes.len().min(3))
            },
        );
        let text = String::from_utf8(out).expect("digits");
        assert!(text.starts_with("[wat] "), "{}", &text[..40]);
        assert!(text.ends_with("99999\n"));
        assert!(forward.is_empty());
    }
}
