//! `def`s are values: computing one neither touches the world nor needs itself. Decided on the finished HIR, by
//! following what each value mentions.

use crate::hir::{Body, Def, Defs, ExprKind};
use crate::protocol;
use crate::stdio::visit;
use rustc_hash::{FxHashMap, FxHashSet};
use wat_source::{Code, Diagnostic, Span, Symbol};

/// Runtime functions that touch the world outside the program's values.
const EFFECTS: &[&str] = &[
    "println",
    "eprintln",
    "readln",
    "try_readln",
    "args",
    "env_setting",
    "now",
    "ticks",
    "sleep",
    "stopped",
    "cancelled",
    "own_path",
    "spawn_process",
    "spawn_thread",
    "send",
    "recv",
    "call",
    "close",
    "wait",
    "stop",
    "kill",
    "peer_pid",
    "peer_path",
    "peer_status",
    "peer_sender",
    "peer_receiver",
    "peer_logs",
    "log_level",
    "set_log_level",
    "log_write",
    "is_late",
    "refuse_late",
    "deadline",
    "trace_id",
    "scope_deadline",
    "scope_fields",
    "scope_end",
    "channel",
    "sender_send",
    "receiver_recv",
    "end_peers",
    "select_any",
    "select_begin",
    "select_peer",
    "select_receiver",
    "select_exit",
    "select_after",
    "select_stopped",
    "select_cancelled",
    "select_signal",
    "select_wait",
    "service_offer",
    "service_program",
    "service_attach",
    "service_halt",
    "service_end",
    "service_share",
    "service_find",
    "service_spared",
    "mutation",
    "net_connect",
    "net_listen",
    "net_accept",
    "net_unlisten",
    "net_place",
    "net_address",
    "net_read",
    "net_read_edn",
    "net_write",
    "net_close_write",
    "net_close",
    "udp_open",
    "udp_address",
    "udp_send",
    "udp_receive",
    "udp_close",
    "http_listen",
    "http_address",
    "http_belong",
    "http_next",
    "http_answer",
    "http_begun",
    "http_exchange",
    "http_begin",
    "http_read",
    "http_write",
    "http_finish",
    "http_ask",
    "http_open",
    "http_upload",
    "http_incoming",
    "sqlite_open",
    "sqlite_exec",
    "sqlite_prepare",
    "sqlite_script",
    "sqlite_rows",
    "sqlite_cursor",
    "sqlite_next",
    "sqlite_end",
    "sqlite_close",
    "sqlite_tell",
    "random_seed",
    "crypto_random",
    "fs_read_text",
    "fs_read_bytes",
    "fs_write",
    "fs_info",
    "fs_entries",
    "fs_real_path",
    "fs_read_link",
    "fs_make_dir",
    "fs_make_dirs",
    "fs_remove",
    "fs_remove_all",
    "fs_rename",
    "fs_copy",
    "fs_symlink",
    "fs_set_mode",
    "fs_temp",
    "fs_open",
    "file_read_line",
    "file_read",
    "file_write",
    "file_seek",
    "file_sync",
    "file_close",
    "process_spawn",
    "process_run",
    "process_which",
    "env_get",
    "env_pairs",
    "env_word",
    "env_number",
];

/// Check every `def` among the definitions.
pub fn check(own: &[Def], defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let mut effects = Effects { defs, known: FxHashMap::default() };
    for def in own {
        let Body::Value(value) = &def.body else { continue };
        // A function as a value has its effects when it is called.
        if !matches!(value.kind, ExprKind::Lambda(_) | ExprKind::Def { .. }) {
            let found =
                mentions(def).into_iter().find_map(|(name, span)| Some((effects.of(name)?, name, span)));
            if let Some((effect, name, span)) = found {
                let mut diagnostic = Diagnostic::new(
                    Code::EffectInDef,
                    format!("the value of `{}` has an effect", def.name.name()),
                )
                .label(span, format!("`{}` touches the world outside", name.name()));
                if effect != name {
                    diagnostic = diagnostic.note(format!("by way of `{}`", effect.name()));
                }
                out.push(diagnostic.help("do it in a function that `main` calls"));
            }
        }
    }
    if !out.iter().any(|diagnostic| diagnostic.code == Code::DefCycle) {
        cycles(own, defs, out);
    }
}

/// Macros run while a program is compiled, where there is nothing to touch.
pub fn check_macros(macros: &FxHashSet<Symbol>, defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let mut effects = Effects { defs, known: FxHashMap::default() };
    for def in macros.iter().filter_map(|name| defs.def(*name)) {
        let found = mentions(def).into_iter().find_map(|(name, span)| Some((effects.of(name)?, name, span)));
        if let Some((effect, name, span)) = found {
            let mut diagnostic = Diagnostic::new(
                Code::EffectInMacro,
                format!("the macro `{}` has an effect", def.name.name()),
            )
            .label(span, format!("`{}` touches the world outside", name.name()));
            if effect != name {
                diagnostic = diagnostic.note(format!("by way of `{}`", effect.name()));
            }
            out.push(diagnostic.help("let the code that it makes do this"));
        }
    }
}

struct Effects<'a> {
    defs: &'a dyn Defs,
    known: FxHashMap<Symbol, Option<Symbol>>,
}

impl Effects<'_> {
    /// The definition with the effect that this one has or reaches; None for a `def`, which is judged itself.
    fn of(&mut self, name: Symbol) -> Option<Symbol> {
        if let Some(known) = self.known.get(&name) {
            return *known;
        }
        self.known.insert(name, None);
        let def = self.defs.def(name)?;
        let found = match &def.body {
            Body::Intrinsic(intrinsic) => EFFECTS.contains(&intrinsic.as_str()).then_some(name),
            Body::Value(_) => None,
            // Generic code may come to any of its implementations.
            Body::Method { .. } => {
                protocol::all(self.defs, name).into_iter().find_map(|(next, _)| self.of(next))
            }
            Body::Fn(body) => {
                let mut own = false;
                visit(body, false, &mut |e| {
                    own |= matches!(e.kind, ExprKind::Select(_) | ExprKind::WithPeers { .. });
                });
                if own { Some(name) } else { mentions(def).into_iter().find_map(|(next, _)| self.of(next)) }
            }
        };
        self.known.insert(name, found);
        found
    }
}

/// Definitions mentioned in a body, with the places; not inside programs.
fn mentions(def: &Def) -> Vec<(Symbol, Span)> {
    let mut found = Vec::new();
    if let Body::Fn(body) | Body::Value(body) = &def.body {
        visit(body, false, &mut |e| match &e.kind {
            ExprKind::Def { name, .. } | ExprKind::Call { name, .. } => found.push((*name, e.span)),
            _ => {}
        });
    }
    found
}

/// What a definition mentions; of a method, whatever implements it.
fn reached(def: &Def, defs: &dyn Defs) -> Vec<(Symbol, Span)> {
    match def.body {
        Body::Method { .. } => {
            protocol::all(defs, def.name).into_iter().map(|(name, _)| (name, def.span)).collect()
        }
        _ => mentions(def),
    }
}

/// A value that reaches itself through functions and other values.
fn cycles(own: &[Def], defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let edges: FxHashMap<Symbol, Vec<(Symbol, Span)>> =
        own.iter().map(|def| (def.name, reached(def, defs))).collect();
    let mut reported: FxHashSet<Symbol> = FxHashSet::default();
    for def in own.iter().filter(|def| matches!(def.body, Body::Value(_))) {
        let mut seen: FxHashSet<Symbol> = FxHashSet::default();
        let mut from: FxHashMap<Symbol, Symbol> = FxHashMap::default();
        let mut open = vec![def.name];
        let mut closing = None;
        while let Some(name) = open.pop() {
            for (next, _) in edges.get(&name).into_iter().flatten() {
                if *next == def.name {
                    closing = Some(name);
                } else if edges.contains_key(next) && seen.insert(*next) {
                    from.insert(*next, name);
                    open.push(*next);
                }
            }
        }
        let Some(mut step) = closing else { continue };
        let mut circle = vec![def.name.name(), step.name()];
        while let Some(before) = from.get(&step) {
            step = *before;
            circle.push(step.name());
        }
        if circle.last() != Some(&def.name.name()) {
            circle.push(def.name.name());
        }
        circle.dedup();
        circle.reverse();
        let members: Vec<Symbol> = seen.iter().copied().chain([def.name]).collect();
        if members.iter().any(|name| reported.contains(name)) {
            continue;
        }
        reported.insert(def.name);
        out.push(
            Diagnostic::new(Code::DefCycle, format!("the value of `{}` needs itself", def.name.name()))
                .at(def.span)
                .note(circle.join(" → ")),
        );
    }
}
