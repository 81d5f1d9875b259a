//! How crates above this one define rows of the runtime table that need nothing but values.

/// Defines fallible rows and a `fill` that puts them into a table. Each row names its heap, its slots, and an expression
/// of type `Result<u64, Fail>`:
///
/// ```text
/// value_rows! { regex_find(mem, regex, text, result) => find(mem, regex, text, DescRef(result as u32)); }
/// ```
#[macro_export]
macro_rules! value_rows {
    ($($name:ident($mem:ident $(, $arg:ident)*) => $body:expr;)*) => {
        mod rows {
            use super::*;
            $(pub extern "C" fn $name(
                ctx: *mut ::wat_abi::context::Ctx $(, $arg: u64)*
            ) -> ::wat_abi::rtfn::Answer {
                // SAFETY: compiled code passes the context of its own thread, which is in a heap.
                let $mem = unsafe { $crate::heap::Mem::of(ctx) };
                $crate::unit::edge::guarded(|| {
                    let _ = $mem;
                    let run = || -> Result<u64, $crate::fail::Fail> { $body };
                    $crate::fail::answer(ctx, run())
                })
            })*
        }

        /// Puts this room's rows into a table.
        pub fn fill(table: &mut $crate::unit::Table) {
            $(table[::wat_abi::rtfn::RtFn::$name as usize] = rows::$name as *const () as usize;)*
        }
    };
}
