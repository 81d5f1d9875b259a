//! Making blocks: locals, statements, terminators.

use super::FnLower;
use crate::mir::{Block, BlockId, Local, LocalInfo, Prim, Rvalue, Stmt, StmtKind, Term, Type, TypeId};
use wat_abi::layout::Repr;
use wat_abi::rtfn::{Param, Ret, RtFn};
use wat_abi::trap::Trap;

impl FnLower<'_, '_> {
    pub fn local(&mut self, ty: TypeId) -> Local {
        let info = self.special.types.local(ty);
        self.raw_local(info)
    }

    fn raw_local(&mut self, info: LocalInfo) -> Local {
        let local = Local(u32::try_from(self.locals.len()).expect("fewer than 2^32 locals fit in memory"));
        self.locals.push(info);
        local
    }

    pub fn block(&mut self) -> BlockId {
        let id = BlockId(u32::try_from(self.blocks.len()).expect("fewer than 2^32 blocks fit in memory"));
        self.blocks.push(Block {
            params: Vec::new(),
            stmts: Vec::new(),
            term: Term::Trap(Trap::Unreachable),
            term_span: self.span,
        });
        self.edges.push(0);
        id
    }

    /// A block with one parameter, for a value.
    pub fn join(&mut self, ty: TypeId) -> BlockId {
        let block = self.block();
        self.block_param(block, ty);
        block
    }

    pub fn block_param(&mut self, block: BlockId, ty: TypeId) -> Local {
        let local = self.local(ty);
        self.blocks[block.index()].params.push(local);
        local
    }

    /// Writes on in `block`, where an edge leads to it.
    pub fn enter(&mut self, block: BlockId) -> bool {
        let reached = self.edges[block.index()] > 0;
        self.current = reached.then_some(block);
        reached
    }

    /// Writes on in a block made by [`join`](Self::join) and gives its value.
    pub fn enter_join(&mut self, block: BlockId) -> Option<Local> {
        self.enter(block).then(|| self.blocks[block.index()].params[0])
    }

    pub fn push(&mut self, kind: StmtKind) {
        if let Some(block) = self.current {
            let span = self.span;
            self.blocks[block.index()].stmts.push(Stmt { kind, span });
        }
    }

    pub fn end(&mut self, term: Term) {
        if let Some(block) = self.current.take() {
            term.each_target(&mut |to| self.edges[to.index()] += 1);
            let block = &mut self.blocks[block.index()];
            block.term = term;
            block.term_span = self.span;
        }
    }

    pub fn jump(&mut self, to: BlockId, args: Vec<Local>) {
        self.end(Term::Jump(to, args));
    }

    pub fn branch(&mut self, test: Local, then: BlockId, other: BlockId) {
        self.end(Term::Branch { test, then, other });
    }

    pub fn trap(&mut self, trap: Trap) {
        // A block of its own, so that values need not be dropped on the way.
        let block = self.block();
        self.jump(block, Vec::new());
        self.blocks[block.index()].term = Term::Trap(trap);
    }

    pub fn let_(&mut self, ty: TypeId, rvalue: Rvalue) -> Local {
        let local = self.local(ty);
        self.push(StmtKind::Let(local, rvalue));
        local
    }

    pub fn int(&mut self, value: i64) -> Local {
        let ty = self.special.types.plain(Type::I64);
        self.let_(ty, Rvalue::ConstI(value))
    }

    pub fn nil(&mut self) -> Local {
        let ty = self.special.types.plain(Type::Nil);
        self.let_(ty, Rvalue::ConstI(0))
    }

    pub fn id_of(&mut self, ty: Type) -> TypeId {
        self.special.types.plain(ty)
    }

    /// An operation with a result of this plain type.
    pub fn prim(&mut self, ty: Type, prim: Prim, args: Vec<Local>) -> Local {
        let ty = self.special.types.plain(ty);
        self.let_(ty, Rvalue::Prim(prim, args))
    }

    pub fn repr_of(&self, local: Local) -> Repr {
        self.locals[local.index()].repr
    }

    /// A call of a runtime function: `types` are the types of the arguments in wat. None when it diverges.
    pub fn rt(&mut self, func: RtFn, args: Vec<Local>, types: &[TypeId], result: TypeId) -> Option<Local> {
        let row = func.row();
        let descs = row
            .params
            .iter()
            .filter_map(|p| match p {
                Param::DR => Some(result),
                Param::D0 => types.first().copied(),
                Param::D1 => types.get(1).copied(),
                Param::D2 => types.get(2).copied(),
                _ => None,
            })
            .collect();
        if row.result == Ret::Never {
            self.end(Term::Diverge { func, args, descs });
            return None;
        }
        Some(self.let_(result, Rvalue::Rt { func, args, descs }))
    }

    /// All fields of an object of a known variant; ownership decides whether the object is taken apart.
    pub fn unpack(&mut self, obj: Local, ty: TypeId, variant: u32) -> Vec<Local> {
        let fields: Vec<Local> =
            self.special.types.fields(ty, variant).into_iter().map(|t| self.local(t)).collect();
        if !fields.is_empty() {
            let numbered = fields.iter().enumerate().map(|(i, l)| (i as u32, *l)).collect();
            self.push(StmtKind::Unpack { obj, fields: numbered });
        }
        fields
    }

    /// A value of a sum or tuple type.
    pub fn construct(&mut self, ty: TypeId, variant: u32, fields: Vec<Local>) -> Local {
        let rvalue = match self.special.types.get(ty) {
            Type::Sum(sum) if sum.is_plain_enum() => Rvalue::ConstI(i64::from(variant)),
            Type::Sum(sum) if fields.is_empty() && sum.kind != crate::mir::SumKind::Struct => {
                Rvalue::Immediate(u16::try_from(variant).expect("checking bounds the number of variants"))
            }
            _ if fields.is_empty() => Rvalue::Const(self.special.constant(crate::mir::Const::Empty(ty))),
            _ => {
                let tag = u8::try_from(variant).expect("checking bounds the variants with fields");
                Rvalue::New { ty, tag, fields }
            }
        };
        self.let_(ty, rvalue)
    }

    /// The variant number of an enum value.
    pub fn tag(&mut self, value: Local) -> Local {
        match self.repr_of(value) {
            Repr::P => {
                let ty = self.special.types.plain(Type::I64);
                self.let_(ty, Rvalue::Tag(value))
            }
            _ => value,
        }
    }
}
