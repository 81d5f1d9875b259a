//! Pieces to one segment: places for code, tables, relocation, the header.

use crate::constant::Constants;
use crate::data::Data;
use crate::describe::Types;
use crate::piece::{Piece, Reloc, Target};
use rustc_hash::FxHashMap;
use wat_abi::image::{Func, Global, Header, MAGIC, PAGE, Place, Program, Record, Thunks, TrapSite};
use wat_mir::mir::Module;
use wat_source::{FileId, SourceMap, Span};

pub struct Input<'a> {
    pub module: &'a Module,
    pub sources: &'a SourceMap,
    pub types: &'a Types,
    pub consts: &'a Constants,
    pub pieces: Vec<Piece>,
    pub thunks: [Piece; 4],
    pub features: u64,
}

pub fn link(input: Input<'_>, mut data: Data) -> Result<Vec<u8>, String> {
    let module = input.module;
    let pieces: Vec<&Piece> = input.pieces.iter().chain(&input.thunks).collect();

    // Where each piece lies from the start of code, which is not known yet.
    let mut starts = Vec::with_capacity(pieces.len());
    let mut code_len = 0usize;
    for piece in &pieces {
        code_len = code_len.next_multiple_of(piece.align as usize);
        starts.push(code_len as u32);
        code_len += piece.code.len();
    }

    let mut files = Files { sources: input.sources, known: FxHashMap::default(), offsets: Vec::new() };
    let mut header =
        Header { magic: MAGIC, abi_hash: wat_abi::ABI_HASH, features: input.features, ..Header::default() };

    let mut funcs = Vec::with_capacity(module.funcs.len());
    let mut places = Vec::new();
    let mut traps = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let start = starts[i];
        if let Some(func) = module.funcs.get(i) {
            let place = files.place(start, func.span, &mut data);
            let end = start + piece.code.len() as u32;
            let name = data.name(func.name.as_str());
            funcs.push(Func { start, end, name, file: place.file, line: place.line });
            if piece.places.first().is_none_or(|(at, _)| *at > 0) {
                places.push(place);
            }
        }
        for (at, span) in &piece.places {
            places.push(files.place(start + at, *span, &mut data));
        }
        traps
            .extend(piece.traps.iter().map(|(at, trap)| TrapSite { offset: start + at, code: *trap as u32 }));
    }

    let mut programs = Vec::with_capacity(module.programs.len());
    for p in &module.programs {
        let order: Vec<u32> = p.globals.iter().map(|g| g.0).collect();
        let place = files.place(0, p.span, &mut data);
        programs.push(Program {
            name: data.name(p.name.as_str()),
            code: starts[p.func.index()],
            desc: input.types.offset(p.ty),
            input: input.types.offset(p.input),
            output: input.types.offset(p.output),
            globals: data.table(&order),
            file: place.file,
            line: place.line,
        });
    }
    let mut globals = Vec::with_capacity(module.globals.len());
    for g in &module.globals {
        globals.push(Global {
            name: data.name(g.name.as_str()),
            code: starts[g.init.index()],
            desc: input.types.offset(g.ty),
        });
    }
    header.files = data.table(&files.offsets);

    // All other tables hold code offsets: room for them is the last thing below the code.
    let table_bytes = size_of_val(&programs[..])
        + size_of_val(&globals[..])
        + size_of_val(&funcs[..])
        + size_of_val(&places[..])
        + size_of_val(&traps[..])
        + 5 * 8;
    let code = (data.offset() as usize + table_bytes).next_multiple_of(PAGE as usize);
    let len = (code + code_len).next_multiple_of(PAGE as usize);
    if len >= wat_abi::layout::REGION_SIZE / 2 {
        return Err("the program is too large for one image".into());
    }
    let base = code as u32;
    programs.iter_mut().for_each(|p| p.code += base);
    globals.iter_mut().for_each(|g| g.code += base);
    funcs.iter_mut().for_each(|f| (f.start, f.end) = (f.start + base, f.end + base));
    places.iter_mut().for_each(|p| p.offset += base);
    traps.iter_mut().for_each(|t| t.offset += base);
    header.programs = data.table(&programs);
    header.globals = data.table(&globals);
    header.funcs = data.table(&funcs);
    header.places = data.table(&places);
    header.traps = data.table(&traps);
    let [call0, call0_f, call1, call1_f] = [0, 1, 2, 3].map(|i| base + starts[module.funcs.len() + i]);
    header.thunks = Thunks { call0, call0_f, call1, call1_f };
    header.len = len as u32;
    header.code = base;

    for (at, func) in &input.consts.code {
        data.write(*at, &u64::from(base + starts[func.index()]).to_le_bytes());
    }
    let mut bytes = data.into_bytes();
    // Between sections lies zero below the code; between functions, an instruction that traps.
    bytes.resize(code, 0);
    bytes.resize(len, 0xcc);
    for (piece, start) in pieces.iter().zip(&starts) {
        let at = (base + start) as usize;
        bytes[at..at + piece.code.len()].copy_from_slice(&piece.code);
        for reloc in &piece.relocs {
            let target = match reloc.target {
                Target::Func(f) => base + starts[f as usize],
                Target::Const(c) => input.consts.offsets[c as usize],
            };
            relocate(&mut bytes, base + start, reloc, target)?;
        }
    }
    header.content_hash = *blake3::hash(&bytes[PAGE as usize..]).as_bytes();
    bytes[..size_of::<Header>()].copy_from_slice(header.as_bytes());
    Ok(bytes)
}

fn relocate(bytes: &mut [u8], piece: u32, reloc: &Reloc, target: u32) -> Result<(), String> {
    let at = piece + reloc.at;
    let value = i64::from(target) + reloc.addend - i64::from(at);
    let value = i32::try_from(value).map_err(|_| "a call reaches too far".to_owned())?;
    bytes[at as usize..at as usize + 4].copy_from_slice(&value.to_le_bytes());
    Ok(())
}

/// The files of spans, numbered from 1 in order of appearance.
struct Files<'a> {
    sources: &'a SourceMap,
    known: FxHashMap<FileId, u32>,
    offsets: Vec<u32>,
}

impl Files<'_> {
    fn place(&mut self, offset: u32, span: Span, data: &mut Data) -> Place {
        if span.is_none() {
            return Place { offset, file: 0, line: 0, column: 0 };
        }
        let span = self.sources.placed(span);
        let file = match self.known.get(&span.file) {
            Some(&n) => n,
            None => {
                self.offsets.push(data.name(self.sources.path(span.file)));
                let n = self.offsets.len() as u32;
                self.known.insert(span.file, n);
                n
            }
        };
        let at = self.sources.position(span);
        Place { offset, file, line: at.line, column: at.column }
    }
}
