//! `wat.random`'s one row: the operating system's randomness. Generators are values and written in wat.

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};
use wat_host::Halt;
use wat_runtime::fail::Fail;

wat_host::world_rows! {
    random_seed(ctx, mem) => word().map_err(Halt::from);
}

/// 64 random bits.
fn word() -> Result<u64, Fail> {
    let mut word = [0; 8];
    loop {
        match getrandom(&mut word, GetRandomFlags::empty()) {
            // So few bytes come whole or not at all.
            Ok(_) => return Ok(u64::from_ne_bytes(word)),
            Err(Errno::INTR) => {}
            Err(e) => return Err(Fail::new("io", format!("getrandom: {e}"))),
        }
    }
}
