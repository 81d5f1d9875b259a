//! Macro bodies are compiled and run like any program, in this process: each macro has an image in a region of its
//! own and a thread that answers its calls, one at a time, within a time and a memory limit. Its stdin and stdout are
//! the code of the call; there is nothing else for it to touch. `wat-check` decides what is run and what it means.
//!
//! One region at a time is the process's, so macros and the program they belong to take turns.

use std::os::fd::AsFd;
use std::os::unix::thread::JoinHandleExt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use wat_abi::context::{Ctx, stop};
use wat_abi::rtfn::{Answer, Class, RtFn};
use wat_check::hir::Defs;
use wat_check::{Code, Fault, MacroRunner, Node};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::{Fail, answer};
use wat_runtime::heap::{Heap, Mem};
use wat_runtime::object::Obj;
use wat_runtime::unit::program::run_program;
use wat_runtime::unit::region::Region;
use wat_runtime::unit::{self, Crash, Image, Outcome, Process, Remote, crash, edge};
use wat_runtime::{number, sum, text, vector};
use wat_source::{SourceMap, Symbol};
use wat_syntax::{Form, FormKind};

/// What one call may take: processor time, in all, memory.
const CPU_TIME: Duration = Duration::from_secs(2);
const WALL_TIME: Duration = Duration::from_secs(20);
const MEMORY: usize = 256 << 20;
/// Calls that may run out of time before no more are made.
const PATIENCE: usize = 3;
const STACK: usize = 64 << 20;
/// Code nested more deeply is no code that anybody reads.
const DEEPEST: usize = 1000;

/// Compiles macros and runs them.
#[derive(Default)]
pub struct Engine {
    programs: Vec<Program>,
    /// Calls that ran out of time.
    endless: usize,
}

struct Program {
    process: &'static Process,
    image: Image,
    worker: Option<Worker>,
}

/// The thread that answers the calls of one macro.
struct Worker {
    calls: Sender<Vec<Code>>,
    answers: Receiver<Result<Code, Fault>>,
    remote: Remote,
    thread: JoinHandle<()>,
}

impl MacroRunner for Engine {
    fn compile(
        &mut self,
        defs: &(dyn Defs + Sync),
        main: Symbol,
        sources: &SourceMap,
    ) -> Result<usize, String> {
        let module = wat_mir::lower(defs, main);
        let compiled = wat_codegen::compile(&module, sources)
            .unwrap_or_else(|defect| panic!("code generation of {main}: {defect}"));
        let file = unit::image::seal(&compiled.bytes).map_err(|e| format!("seal the image: {e}"))?;
        let region = Region::reserve().map_err(|e| format!("reserve memory for code: {e}"))?;
        let image = Image::map(region, file.as_fd())?;
        let process = Box::leak(Box::new(Process::new(image, rows(), MEMORY)?));
        self.programs.push(Program { process, image, worker: None });
        Ok(self.programs.len() - 1)
    }

    fn run(&mut self, program: usize, args: &[Code]) -> Result<Code, Fault> {
        if self.endless >= PATIENCE {
            return Err(fault("too many calls of macros have run out of time before this one"));
        }
        let program = &mut self.programs[program];
        wat_runtime::region::set_base(program.image.base());
        let worker = match program.worker.take() {
            Some(worker) => worker,
            None => Worker::start(program.process).map_err(|e| fault(&e))?,
        };
        let (answer, in_time) = worker.answer(args);
        if in_time {
            program.worker = Some(worker);
        } else {
            self.endless += 1;
        }
        answer
    }
}

fn fault(message: &str) -> Fault {
    Fault { message: message.to_string(), places: Vec::new() }
}

impl Worker {
    fn start(process: &'static Process) -> Result<Worker, String> {
        let (calls, given) = channel::<Vec<Code>>();
        let (sent, answers) = channel();
        let (ready, started) = channel();
        let live = move || match unit::Thread::new(process, STACK) {
            Err(e) => {
                let _ = ready.send(Err(format!("map a stack: {e}")));
            }
            Ok(mut thread) => {
                let _ = ready.send(Ok(thread.remote()));
                while let Ok(args) = given.recv() {
                    if sent.send(one(&mut thread, args)).is_err() {
                        break;
                    }
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("macro".to_string())
            .spawn(live)
            .map_err(|e| format!("start a thread: {e}"))?;
        let remote = started.recv().map_err(|_| "its thread ended at once".to_string())??;
        Ok(Worker { calls, answers, remote, thread })
    }

    /// What the macro answers, and whether it did in time.
    fn answer(&self, args: &[Code]) -> (Result<Code, Fault>, bool) {
        let lost = || Err(fault("its thread ended"));
        if self.calls.send(args.to_vec()).is_err() {
            return (lost(), false);
        }
        let (began, cpu) = (Instant::now(), self.cpu_time());
        loop {
            match self.answers.recv_timeout(Duration::from_millis(20)) {
                Ok(answer) => return (answer, true),
                Err(RecvTimeoutError::Disconnected) => return (lost(), false),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.cpu_time().saturating_sub(cpu) > CPU_TIME || began.elapsed() > WALL_TIME {
                break;
            }
        }
        loop {
            self.remote.ask(stop::KILL);
            match self.answers.recv_timeout(Duration::from_millis(1)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Err(Fault { places, .. })) => {
                    let message = format!("it took longer than {} s", CPU_TIME.as_secs());
                    return (Err(Fault { message, places }), false);
                }
                // It ended at the last moment.
                Ok(Ok(code)) => return (Ok(code), false),
                Err(RecvTimeoutError::Disconnected) => return (lost(), false),
            }
        }
    }

    /// The processor time the thread has used.
    fn cpu_time(&self) -> Duration {
        let mut clock: libc::clockid_t = 0;
        // SAFETY: an all-zero time is a time.
        let mut time: libc::timespec = unsafe { std::mem::zeroed() };
        // SAFETY: the thread has not been joined, so its handle is good; both records are ours.
        let failed = unsafe {
            libc::pthread_getcpuclockid(self.thread.as_pthread_t(), &raw mut clock) != 0
                || libc::clock_gettime(clock, &raw mut time) != 0
        };
        if failed { Duration::ZERO } else { Duration::new(time.tv_sec as u64, time.tv_nsec as u32) }
    }
}

/// What a call in progress has of the world: the code that goes in and the code that comes out.
struct Exchange {
    args: Vec<Code>,
    result: Option<Code>,
}

/// One call, in a heap of its own.
fn one(thread: &mut unit::Thread, args: Vec<Code>) -> Result<Code, Fault> {
    let mut exchange = Exchange { args, result: None };
    let object = thread.program_value(0);
    let ctx = thread.ctx();
    let mut heap = Heap::new(MEMORY);
    // SAFETY: the context is this thread's own; heap and exchange outlive the program's run, and both are taken out of
    // the context before they go. The object is that of the image's main program, which captures nothing.
    let outcome = unsafe {
        (*ctx).host = (&raw mut exchange).cast();
        let outer = Heap::enter(&raw mut *heap, &mut *ctx);
        let outcome = run_program(ctx, 0, object);
        Heap::leave(&mut *ctx, outer);
        (*ctx).host = std::ptr::null_mut();
        outcome
    };
    match outcome {
        Outcome::Done => exchange.result.ok_or_else(|| fault("it gave nothing")),
        Outcome::Crashed(crash) => Err(told(&crash)),
    }
}

/// A crash as the caller of the macro reads it.
fn told(crash: &Crash) -> Fault {
    let mut message = match crash.kind.as_str() {
        "out-of-memory" => format!("it needed more than {} MiB", MEMORY >> 20),
        _ => crash.message.clone(),
    };
    if let Some(data) = crash.data.as_deref().filter(|data| *data != "nil") {
        message = format!("{message}: {data}");
    }
    let place = crash.place.iter().map(|place| (place.file.clone(), place.line, place.column));
    let frames = crash.trace.iter().map(|frame| (frame.file.clone(), frame.line, 1));
    Fault { message, places: place.chain(frames).collect() }
}

// ---- the runtime table: values as everywhere, the code of the call as stdin and stdout, nothing else

fn rows() -> Box<unit::Table> {
    let mut rows = unit::empty_table();
    wat_runtime::table::pure_rows(&mut rows);
    unit::fill(&mut rows);
    wat_library::fill(&mut rows);
    rows[RtFn::readln as usize] = readln as *const () as usize;
    rows[RtFn::println as usize] = println as *const () as usize;
    for row in RtFn::ALL {
        if rows[*row as usize] == 0 {
            rows[*row as usize] = match row.row().class {
                Class::Leaf => nothing as *const () as usize,
                Class::Fallible | Class::Diverging => refuse as *const () as usize,
            };
        }
    }
    rows
}

extern "C" fn refuse(ctx: *mut Ctx) -> Answer {
    crash::raise(ctx, "effect", "a macro has nothing of the world outside to touch")
}

/// For the rows that cannot fail; checking has refused their callers.
extern "C" fn nothing(_: *mut Ctx) -> u64 {
    0
}

fn exchange<'a>(ctx: *mut Ctx) -> &'a mut Exchange {
    // SAFETY: compiled code runs with a context whose host `one` has set; it lives as long as the run, and each
    // runtime function takes it once.
    unsafe { &mut *(*ctx).host.cast::<Exchange>() }
}

extern "C" fn readln(ctx: *mut Ctx, desc: u64) -> Answer {
    // SAFETY: compiled code runs with a valid context whose heap has been entered.
    let mem = unsafe { Mem::of(ctx) };
    edge::guarded(|| {
        let option = DescRef(desc as u32);
        let made = || {
            let forms = vector_of(mem, sum::payload(option), &exchange(ctx).args)?;
            sum::option(mem, option, Some(forms))
        };
        answer(ctx, made())
    })
}

extern "C" fn println(ctx: *mut Ctx, slot: u64, _: u64) -> Answer {
    edge::guarded(|| {
        let read = code(slot, 0).map(|code| {
            exchange(ctx).result = Some(code);
            0
        });
        answer(ctx, read)
    })
}

fn vector_of(mem: Mem, desc: DescRef, items: &[Code]) -> Result<u64, Fail> {
    let slots: Vec<u64> = items.iter().map(|item| form(mem, desc.arg0(), item)).collect::<Result<_, _>>()?;
    Ok(vector::from_slots(mem, desc, &slots)?.slot())
}

/// Code as a value of `wat.core/Form`: the variant of its kind, its content, its place.
fn form(mem: Mem, desc: DescRef, code: &Code) -> Result<u64, Fail> {
    let (name, content) = match &code.node {
        Node::Scalar(kind) => match kind {
            FormKind::Bool(value) => ("Bool", Some(u64::from(*value))),
            FormKind::Int(value) => ("Int", Some(*value as u64)),
            FormKind::BigInt(value) => ("BigInt", Some(number::make_bigint(mem, value)?)),
            FormKind::Float(value) => ("Float", Some(value.to_bits())),
            FormKind::Decimal(value) => {
                let (digits, scale) = value.as_bigint_and_exponent();
                ("Decimal", Some(number::make_decimal(mem, &digits, scale)?))
            }
            FormKind::Str(value) => ("Str", Some(text::make_string(mem, value)?)),
            FormKind::Char(value) => ("Char", Some(u64::from(u32::from(*value)))),
            FormKind::Keyword(name) => ("Keyword", Some(text::make_keyword(mem, name.as_str())?)),
            _ => ("Nil", None),
        },
        Node::Symbol(name) => ("Symbol", Some(text::make_string(mem, name)?)),
        Node::List(items) => ("List", Some(vector_of(mem, content(desc, "List"), items)?)),
        Node::Vector(items) => ("Vector", Some(vector_of(mem, content(desc, "Vector"), items)?)),
        Node::Set(items) => ("Set", Some(vector_of(mem, content(desc, "Set"), items)?)),
        Node::Map(entries) => {
            let all = content(desc, "Map");
            let mut slots = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let pair = [form(mem, desc, key)?, form(mem, desc, value)?];
                slots.push(sum::tuple(mem, all.arg0(), &pair)?);
            }
            ("Map", Some(vector::from_slots(mem, all, &slots)?.slot()))
        }
        Node::Tagged(tag, value) => {
            let tag = text::make_string(mem, tag)?;
            let slots = [tag, form(mem, desc, value)?, code.at as u64];
            return Ok(mem.object_of(desc, variant(desc, "Tagged"), &slots)?.slot());
        }
    };
    let slots: Vec<u64> = content.into_iter().chain([code.at as u64]).collect();
    Ok(mem.object_of(desc, variant(desc, name), &slots)?.slot())
}

fn variant(desc: DescRef, name: &str) -> u8 {
    let found = (0..desc.variant_count()).find(|tag| desc.variant(*tag).name() == name);
    found.unwrap_or_else(|| panic!("wat.core/Form has a variant {name}")) as u8
}

/// The type of what a variant holds.
fn content(desc: DescRef, name: &str) -> DescRef {
    desc.variant(usize::from(variant(desc, name))).field(0)
}

/// A value of `wat.core/Form` as code.
fn code(slot: u64, depth: usize) -> Result<Code, Fail> {
    if depth > DEEPEST {
        return Err(Fail::new("limit", format!("its code is nested more than {DEEPEST} levels deep")));
    }
    let object = Obj::of(slot);
    let fields = object.variant();
    let all = |slot: u64| -> Result<Vec<Code>, Fail> {
        vector::iter(Obj::of(slot)).map(|item| code(item, depth + 1)).collect()
    };
    let first = object.get(0);
    let at = object.get(fields.len() - 1) as i64;
    let scalar = |kind| Ok(Node::Scalar(kind));
    let node = match fields.name() {
        "Nil" => scalar(FormKind::Nil),
        "Bool" => scalar(FormKind::Bool(first != 0)),
        "Int" => scalar(FormKind::Int(first as i64)),
        "BigInt" => scalar(FormKind::BigInt(number::bigint(Obj::of(first)))),
        "Float" => scalar(FormKind::Float(f64::from_bits(first))),
        "Decimal" => {
            let (digits, scale) = number::decimal(Obj::of(first));
            scalar(Form::decimal(digits, scale).kind)
        }
        "Str" => scalar(FormKind::Str(text::str(first).to_string())),
        "Char" => {
            scalar(FormKind::Char(u32::try_from(first).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')))
        }
        "Keyword" => scalar(FormKind::Keyword(Symbol::new(text::str(first)))),
        "Symbol" => Ok(Node::Symbol(text::str(first).to_string())),
        "List" => all(first).map(Node::List),
        "Vector" => all(first).map(Node::Vector),
        "Set" => all(first).map(Node::Set),
        "Map" => {
            let entries = vector::iter(Obj::of(first)).map(|pair| {
                let pair = Obj::of(pair);
                Ok((code(pair.get(0), depth + 1)?, code(pair.get(1), depth + 1)?))
            });
            entries.collect::<Result<_, Fail>>().map(Node::Map)
        }
        "Tagged" => {
            let value = code(object.get(1), depth + 1)?;
            Ok(Node::Tagged(text::str(first).to_string(), Box::new(value)))
        }
        other => panic!("wat.core/Form has no variant {other}"),
    };
    Ok(Code { node: node?, at })
}
