//! MIR as text, for people and tests. Not a format: nothing reads it back.

use crate::mir::{
    Const, Func, FuncId, GlobalId, Local, Module, ProgramId, Rvalue, StmtKind, Sum, Term, Type, TypeId,
};
use std::fmt::{self, Write};
use wat_abi::layout::Repr;

/// How a text names what lies outside the function.
pub trait Names {
    fn func(&self, id: FuncId) -> String;
    fn global(&self, id: GlobalId) -> String;
    fn program(&self, id: ProgramId) -> String;
}

impl Names for Module {
    fn func(&self, id: FuncId) -> String {
        format!("@{}:{}", self.funcs[id.index()].name, id.0)
    }
    fn global(&self, id: GlobalId) -> String {
        format!("${}", self.globals[id.index()].name)
    }
    fn program(&self, id: ProgramId) -> String {
        format!("!{}:{}", self.programs[id.index()].name, id.0)
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, program) in self.programs.iter().enumerate() {
            let (input, output) = (type_text(self, program.input), type_text(self, program.output));
            writeln!(
                f,
                "program {} {input} -> {output} = {}",
                self.program(ProgramId(at as u32)),
                self.func(program.func)
            )?;
            for global in &program.globals {
                writeln!(f, "  needs {}", self.global(*global))?;
            }
        }
        for global in &self.globals {
            writeln!(
                f,
                "global ${} {} = {}",
                global.name,
                type_text(self, global.ty),
                self.func(global.init)
            )?;
        }
        for at in 0..self.funcs.len() {
            let id = FuncId(at as u32);
            write!(f, "\nfunc {}{}", self.func(id), func_text(self, &self.funcs[at], self))?;
        }
        Ok(())
    }
}

/// A type, structs and enums by name.
pub fn type_text(module: &Module, id: TypeId) -> String {
    let list = |head: &str, ids: &[TypeId]| {
        let mut text = format!("({head}");
        for id in ids {
            text.push(' ');
            text.push_str(&type_text(module, *id));
        }
        text + ")"
    };
    match &module.types[id.index()] {
        Type::Vector(t) => list("Vector", &[*t]),
        Type::Map(k, v) => list("Map", &[*k, *v]),
        Type::Set(t) => list("Set", &[*t]),
        Type::Tuple(ts) => list("Tuple", ts),
        Type::Closure(ts) => list("Closure", ts),
        Type::Program(ts) => list("Program", ts),
        Type::Sum(Sum { name, args, .. }) if args.is_empty() => name.to_string(),
        Type::Sum(Sum { name, args, .. }) => list(name.as_str(), args),
        scalar => format!("{scalar:?}"),
    }
}

fn const_text(module: &Module, constant: &Const, names: &dyn Names) -> String {
    match constant {
        Const::Str(s) => format!("{s:?}"),
        Const::Keyword(k) => format!(":{k}"),
        Const::Symbol(s) => format!("'{s}"),
        Const::BigInt(s) => format!("{s}N"),
        Const::Decimal(s) => format!("{s}M"),
        Const::Uuid(u) => format!("uuid {u:032x}"),
        Const::Func(f, _) => format!("fn {}", names.func(*f)),
        Const::Program(p, _) => format!("program {}", names.program(*p)),
        Const::Empty(t) => format!("empty {}", type_text(module, *t)),
    }
}

fn locals_text(locals: &[Local]) -> String {
    locals.iter().map(|l| format!("%{}", l.0)).collect::<Vec<_>>().join(", ")
}

fn types_text(module: &Module, ids: &[TypeId]) -> String {
    ids.iter().map(|t| format!(" {}", type_text(module, *t))).collect()
}

fn rvalue_text(module: &Module, rvalue: &Rvalue, names: &dyn Names) -> String {
    match rvalue {
        Rvalue::ConstI(n) => n.to_string(),
        Rvalue::ConstF(bits) => format!("{:?}", f64::from_bits(*bits)),
        Rvalue::Const(c) => const_text(module, &module.consts[c.index()], names),
        Rvalue::Immediate(n) => format!("variant {n}"),
        Rvalue::Prim(p, args) => format!("{p:?} {}", locals_text(args)),
        Rvalue::Call(f, args) => format!("call {}({})", names.func(*f), locals_text(args)),
        Rvalue::Apply { callee, args, .. } => format!("apply %{}({})", callee.0, locals_text(args)),
        Rvalue::Rt { func, args, descs } => {
            format!("{}({}){}", func.row().name, locals_text(args), types_text(module, descs))
        }
        Rvalue::New { ty, tag, fields } => {
            format!("new {}.{tag}({})", type_text(module, *ty), locals_text(fields))
        }
        Rvalue::Closure { func, captures, .. } => {
            format!("closure {}({})", names.func(*func), locals_text(captures))
        }
        Rvalue::Program { program, captures, .. } => {
            format!("closure {}({})", names.program(*program), locals_text(captures))
        }
        Rvalue::Slot { obj, index } => format!("%{}.{index}", obj.0),
        Rvalue::Tag(l) => format!("tag %{}", l.0),
        Rvalue::SetSlot { obj, index, value } => format!("%{}.{index} := %{}", obj.0, value.0),
        Rvalue::Global(g) => names.global(*g),
    }
}

fn term_text(module: &Module, term: &Term, names: &dyn Names) -> String {
    match term {
        Term::Return(l) => format!("return %{}", l.0),
        Term::Jump(to, args) => format!("jump b{}({})", to.0, locals_text(args)),
        Term::Branch { test, then, other } => format!("if %{} b{} else b{}", test.0, then.0, other.0),
        Term::Switch { on, cases, default } => {
            let mut text = format!("switch %{}", on.0);
            for (n, to) in cases {
                let _ = write!(text, " {n}=>b{}", to.0);
            }
            text + &format!(" else b{}", default.0)
        }
        Term::TailCall(f, args) => format!("tail {}({})", names.func(*f), locals_text(args)),
        Term::TailApply { callee, args } => format!("tail apply %{}({})", callee.0, locals_text(args)),
        Term::Diverge { func, args, descs } => {
            format!("diverge {}({}){}", func.row().name, locals_text(args), types_text(module, descs))
        }
        Term::Trap(trap) => format!("trap {}", trap.kind()),
    }
}

/// A function after its name.
pub fn func_text(module: &Module, func: &Func, names: &dyn Names) -> String {
    let local = |l: Local| {
        let info = func.locals[l.index()];
        match info.ty {
            Some(ty) if info.repr == Repr::P => format!("%{}: {}", l.0, type_text(module, ty)),
            _ => format!("%{}: {:?}", l.0, info.repr),
        }
    };
    let mut text = format!(" -> {:?}\n", func.result);
    for (at, block) in func.blocks.iter().enumerate() {
        let params: Vec<String> = block.params.iter().map(|p| local(*p)).collect();
        let _ = writeln!(text, "b{at}({}):", params.join(", "));
        for stmt in &block.stmts {
            let _ = match &stmt.kind {
                StmtKind::Let(l, rvalue) => {
                    writeln!(text, "  {} = {}", local(*l), rvalue_text(module, rvalue, names))
                }
                StmtKind::Dup(l) => writeln!(text, "  dup %{}", l.0),
                StmtKind::Drop(l) => writeln!(text, "  drop %{}", l.0),
                StmtKind::Unpack { obj, fields } => {
                    let fields: Vec<String> = fields.iter().map(|f| local(f.1)).collect();
                    writeln!(text, "  {} = unpack %{}", fields.join(", "), obj.0)
                }
            };
        }
        let _ = writeln!(text, "  {}", term_text(module, &block.term, names));
    }
    text
}
