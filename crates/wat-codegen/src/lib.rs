//! MIR to image bytes: machine code by Cranelift, descriptors, constants and tables in one segment.
//!
//! It knows the layouts of wat-abi and nothing of inference, processes or the implementation of the runtime.
//! Begin with [`compile`]; [`lower`] turns one function into a [`Piece`](piece::Piece) (code with relocations,
//! places and traps, independent of where it will lie), [`link`] lays pieces out.

mod constant;
mod control;
mod data;
mod describe;
mod link;
mod lower;
mod memory;
mod piece;
mod prim;
mod target;
mod thunk;

use wat_mir::mir::Module;
use wat_source::SourceMap;

/// One segment at region offset 0, as `wat_abi::image` lays it out.
pub struct Image {
    pub bytes: Vec<u8>,
}

/// Compiles every function of the module and links the image. An error is a limit of the image format or a
/// defect of an earlier phase, never a mistake in a program.
pub fn compile(module: &Module, sources: &SourceMap) -> Result<Image, String> {
    let isa = target::host()?;
    let mut data = data::Data::new();
    let types = describe::types(module, &mut data)?;
    let consts = constant::constants(module, &types, &mut data)?;
    let mut compiler = piece::Compiler::new(&*isa);
    let mut pieces = Vec::with_capacity(module.funcs.len());
    for index in 0..module.funcs.len() {
        pieces.push(lower::function(&mut compiler, module, &types, index)?);
    }
    let thunks = thunk::all(&mut compiler)?;
    let features = target::feature_word(&*isa);
    let linked = link::Input { module, sources, types: &types, consts: &consts, pieces, thunks, features };
    Ok(Image { bytes: link::link(linked, data)? })
}
