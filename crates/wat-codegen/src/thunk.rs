//! The functions through which Rust enters compiled code: System V outside, the Tail convention inside. Each
//! puts the context into the pinned register; the runtime's unit entry has saved that register.

use crate::lower::{register, tail_signature};
use crate::piece::{Compiler, Piece};
use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, UserFuncName, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::FunctionBuilder;
use wat_abi::layout::Repr;

/// In the order of `wat_abi::image::Thunks`.
pub fn all(compiler: &mut Compiler<'_>) -> Result<[Piece; 4], String> {
    Ok([
        thunk(compiler, 0, Repr::I)?,
        thunk(compiler, 0, Repr::F)?,
        thunk(compiler, 1, Repr::I)?,
        thunk(compiler, 1, Repr::F)?,
    ])
}

fn thunk(compiler: &mut Compiler<'_>, args: usize, result: Repr) -> Result<Piece, String> {
    let config = compiler.isa().frontend_config();
    let mut sig = Signature::new(CallConv::SystemV);
    sig.params.resize(2 + args, AbiParam::new(types::I64));
    sig.returns.push(AbiParam::new(types::I64));
    compiler.context.func.name = UserFuncName::testcase("thunk");
    compiler.context.func.signature = sig;
    let mut b = FunctionBuilder::new(&mut compiler.context.func, &mut compiler.builder);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let params = b.block_params(entry).to_vec();
    b.ins().set_pinned_reg(params[0]);
    let callee = b.import_signature(tail_signature((0..args).map(|_| Repr::P), result));
    let call = b.ins().call_indirect(callee, params[1], &params[2..]);
    let mut value = b.inst_results(call)[0];
    if register(result) == types::F64 {
        value = b.ins().bitcast(types::I64, MemFlagsData::new(), value);
    }
    b.ins().return_(&[value]);
    b.seal_all_blocks();
    b.finalize(config);
    compiler.finish("thunk", &[])
}
