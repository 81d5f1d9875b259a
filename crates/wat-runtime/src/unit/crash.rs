//! What is said of a crash. [`Pending`] takes the description where it happens: its buffers are as large as they
//! will get when the thread starts, so that out of memory and stack overflow can be described too. [`Crash`] is
//! the same taken out of the unit, with functions, files and lines for code offsets; [`Crash::render`] makes the
//! EDN text of `#wat.kernel/Crash`, the only form in which a crash travels.

use super::image::Image;
use super::thread::Record;
use std::borrow::Cow;
use wat_abi::context::Ctx;
use wat_abi::rtfn::Answer;

/// Most bytes of a crash as text.
pub const MAX_TEXT: usize = 32 << 10;
const MAX_MESSAGE: usize = 4 << 10;
/// Most bytes of the data's and of the cause's text; a longer one is left out.
const MAX_DATA: usize = 8 << 10;
const MAX_CAUSE: usize = 12 << 10;
/// Most frames of a trace, from the innermost.
pub(super) const MAX_FRAMES: usize = 64;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    pub function: String,
    pub file: String,
    pub line: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crash {
    /// The keyword without its colon.
    pub kind: String,
    pub message: String,
    /// EDN text.
    pub data: Option<String>,
    pub place: Option<Place>,
    pub trace: Vec<Frame>,
    /// EDN text of the Crash of a peer that led to this one.
    pub cause: Option<String>,
}

/// What the unit does not know of its own crash: who it was and how the process ended.
#[derive(Clone, Default, Debug)]
pub struct Ending {
    pub path: String,
    pub program: String,
    pub signal: Option<i64>,
    pub exit: Option<i64>,
    pub stderr: Vec<String>,
    /// EDN text of a `wat.kernel/Usage`.
    pub usage: Option<String>,
    pub in_flight: i64,
    /// `no` or `unknown`, of a request.
    pub executed: Option<String>,
}

/// The description of a crash on its way to the saved point.
pub struct Pending {
    kind: String,
    message: String,
    data: Option<String>,
    cause: Option<String>,
    /// Region offsets inside the calls (or at the trap), innermost first.
    pub(super) frames: Vec<u32>,
    /// Whether `frames` is the trace of this crash already.
    pub(super) traced: bool,
}

impl Pending {
    pub(super) fn new() -> Pending {
        Pending {
            kind: String::with_capacity(32),
            message: String::with_capacity(MAX_MESSAGE),
            data: None,
            cause: None,
            frames: Vec::with_capacity(MAX_FRAMES),
            traced: false,
        }
    }

    /// Describes a crash anew. Does not allocate.
    fn set(&mut self, kind: &str, message: &str) {
        self.kind.clear();
        self.kind.push_str(cut(kind, 32));
        self.message.clear();
        self.message.push_str(cut(message, MAX_MESSAGE));
        (self.data, self.cause) = (None, None);
        self.frames.clear();
        self.traced = false;
    }

    /// The crash, with code offsets looked up; the buffers stay.
    pub(super) fn take(&mut self, image: &Image, program: Option<u32>) -> Crash {
        // The innermost place in the user's own text. A library function called in tail position leaves none: then it is
        // the program's.
        let (mut place, mut library) = (None, None);
        let mut trace = Vec::with_capacity(self.frames.len());
        for &at in &self.frames {
            let Some(func) = image.func_at(at) else { continue };
            let found = image.place_at(at);
            let (file, line) = found.map_or((func.file, func.line), |p| (p.file, p.line));
            let frame =
                Frame { function: image.name(func.name).to_owned(), file: image.file(file).to_owned(), line };
            let home = if frame.function.starts_with("wat.") { &mut library } else { &mut place };
            if home.is_none()
                && let Some(p) = found
            {
                *home = Some(Place { file: frame.file.clone(), line: p.line, column: p.column });
            }
            trace.push(frame);
        }
        self.frames.clear();
        self.traced = false;
        Crash {
            kind: self.kind.clone(),
            message: self.message.clone(),
            data: self.data.take(),
            place: place.or_else(|| program.map(|p| home(image, p))).or(library),
            trace,
            cause: self.cause.take(),
        }
    }
}

/// Where a program is defined.
fn home(image: &Image, program: u32) -> Place {
    let program = &image.programs()[program as usize];
    Place { file: image.file(program.file).to_owned(), line: program.line, column: 1 }
}

/// Describes a crash in a fallible runtime function and answers what makes compiled code leave the unit.
pub fn raise(ctx: *mut Ctx, kind: &str, message: &str) -> Answer {
    raise_with(ctx, kind, message, None, None)
}

/// The kind by which a program ends quietly and well, however deep it is in attempts: its reader has gone, or a
/// stop found it waiting. No program sees it.
pub const QUIET: &str = "quiet-end";

/// As [`raise`], with data and a cause as EDN texts.
// Runtime functions pass the context they were given and nothing else; an unsafe signature would make each of them
// repeat that.
#[allow(clippy::not_unsafe_ptr_arg_deref)]
pub fn raise_with(
    ctx: *mut Ctx,
    kind: &str,
    message: &str,
    data: Option<String>,
    cause: Option<String>,
) -> Answer {
    // SAFETY: the context a runtime function is given is this thread's.
    let context = unsafe { &mut *ctx };
    context.pending = 1;
    // Outside any unit nobody asks why.
    if !context.unit.is_null() {
        // SAFETY: a context with a unit is the first field of a record, and the runtime function has the thread.
        let pending = unsafe { &mut (*ctx.cast::<Record>()).pending };
        pending.set(kind, message);
        pending.data = data.filter(|d| d.len() <= MAX_DATA);
        pending.cause = cause.filter(|c| c.len() <= MAX_CAUSE);
    }
    Answer::CRASH
}

impl Crash {
    /// A crash that happened in no compiled code.
    pub fn new(kind: &str, message: impl Into<String>) -> Crash {
        Crash {
            kind: kind.to_owned(),
            message: message.into(),
            data: None,
            place: None,
            trace: Vec::new(),
            cause: None,
        }
    }

    /// `#wat.kernel/Crash {…}` in at most [`MAX_TEXT`] bytes: frames go first, from the outermost, then what else
    /// is long.
    pub fn render(&self, ending: &Ending) -> String {
        let mut frames = self.trace.len();
        loop {
            let text = self.text(ending, frames, true);
            if text.len() <= MAX_TEXT {
                return text;
            }
            if frames == 0 {
                return self.text(ending, 0, false);
            }
            frames /= 2;
        }
    }

    fn text(&self, ending: &Ending, frames: usize, whole: bool) -> String {
        let mut out = String::with_capacity(1024);
        let optional = |text: &Option<String>| match text {
            Some(text) if whole => Cow::Owned(text.clone()),
            _ => Cow::Borrowed("nil"),
        };
        out.push_str("#wat.kernel/Crash {:kind :");
        out.push_str(&self.kind);
        out.push_str(" :path ");
        string(&mut out, &ending.path);
        out.push_str(" :program ");
        string(&mut out, &ending.program);
        out.push_str(" :message ");
        string(&mut out, &self.message);
        out.push_str(" :data ");
        out.push_str(&optional(&self.data));
        out.push_str(" :place ");
        match &self.place {
            None => out.push_str("nil"),
            Some(p) => {
                out.push_str("#wat.kernel/Place {:file ");
                string(&mut out, &p.file);
                out.push_str(&format!(" :line {} :column {}}}", p.line, p.column));
            }
        }
        out.push_str(" :trace [");
        for (i, f) in self.trace[..frames].iter().enumerate() {
            out.push_str(if i == 0 { "#wat.kernel/Frame {:fn " } else { " #wat.kernel/Frame {:fn " });
            string(&mut out, &f.function);
            out.push_str(" :file ");
            string(&mut out, &f.file);
            out.push_str(&format!(" :line {}}}", f.line));
        }
        out.push_str("] :cause ");
        out.push_str(&optional(&self.cause));
        let number = |n: Option<i64>| n.map_or("nil".to_owned(), |n| n.to_string());
        out.push_str(&format!(" :signal {} :exit {} :stderr [", number(ending.signal), number(ending.exit)));
        let lines = if whole { &ending.stderr[..] } else { &[] };
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                out.push(' ');
            }
            string(&mut out, line);
        }
        out.push_str("] :usage ");
        out.push_str(&optional(&ending.usage));
        out.push_str(&format!(" :in-flight {} :executed ", ending.in_flight));
        match &ending.executed {
            None => out.push_str("nil"),
            Some(word) => {
                out.push(':');
                out.push_str(word);
            }
        }
        out.push('}');
        out
    }
}

fn string(out: &mut String, text: &str) {
    let mut bytes = std::mem::take(out).into_bytes();
    wat_edn::write::string(&mut bytes, text);
    *out = String::from_utf8(bytes).expect("the writer makes UTF-8 of UTF-8");
}

/// The first at most `max` bytes, ending at a character.
fn cut(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_renders_as_the_reserved_record() {
        let crash = Crash {
            kind: "panic".into(),
            message: "cart is \"empty\"".into(),
            data: Some("{:cart 17}".into()),
            place: Some(Place { file: "worker.wat".into(), line: 12, column: 3 }),
            trace: vec![Frame { function: "shop/total".into(), file: "worker.wat".into(), line: 12 }],
            cause: None,
        };
        let ending =
            Ending { path: "/2/0".into(), program: "shop/main".into(), exit: Some(1), ..Ending::default() };
        assert_eq!(
            crash.render(&ending),
            "#wat.kernel/Crash {:kind :panic :path \"/2/0\" :program \"shop/main\" \
             :message \"cart is \\\"empty\\\"\" :data {:cart 17} \
             :place #wat.kernel/Place {:file \"worker.wat\" :line 12 :column 3} \
             :trace [#wat.kernel/Frame {:fn \"shop/total\" :file \"worker.wat\" :line 12}] :cause nil \
             :signal nil :exit 1 :stderr [] :usage nil :in-flight 0 :executed nil}"
        );
    }

    #[test]
    fn long_traces_are_cut() {
        let frame = Frame { function: "f".repeat(900), file: "x.wat".into(), line: 1 };
        let crash = Crash { trace: vec![frame; 64], ..Crash::new("panic", "m".repeat(4000)) };
        let text = crash.render(&Ending { stderr: vec!["e".repeat(20_000)], ..Ending::default() });
        assert!(text.len() <= MAX_TEXT && text.contains(":fn"));
        let text = crash.render(&Ending { stderr: vec!["e".repeat(40_000)], ..Ending::default() });
        assert!(text.len() <= MAX_TEXT);
    }

    #[test]
    fn cutting_respects_characters() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
    }
}
