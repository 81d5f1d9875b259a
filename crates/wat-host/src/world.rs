//! How crates above this one define rows of the runtime table that touch the world.

/// Defines fallible rows and a `fill` that puts them into a table. Each row names its context, its heap, its slots, and an
/// expression of type `Result<u64, Halt>`:
///
/// ```text
/// world_rows! { fs_read(ctx, mem, path, result) => read(ctx, mem, path, DescRef(result as u32)); }
/// ```
#[macro_export]
macro_rules! world_rows {
    ($($name:ident($ctx:ident, $mem:ident $(, $arg:ident)*) => $body:expr;)*) => {
        mod rows {
            use super::*;
            $(pub extern "C" fn $name(
                $ctx: *mut ::wat_abi::context::Ctx $(, $arg: u64)*
            ) -> ::wat_abi::rtfn::Answer {
                let $mem = $crate::mem($ctx);
                $crate::answer($ctx, || {
                    let _ = $mem;
                    $body
                })
            })*
        }

        /// Puts this room's rows into a table.
        pub fn fill(table: &mut ::wat_runtime::unit::Table) {
            $(table[::wat_abi::rtfn::RtFn::$name as usize] = rows::$name as *const () as usize;)*
        }
    };
}
