//! Random bytes from the system, for keys, nonces, salts and tokens.

use rustix::rand::{GetRandomFlags, getrandom};
use wat_host::{Halt, world_rows};
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::text;

world_rows! {
    crypto_random(_ctx, mem, count) => random(mem, count as i64);
}

/// The most bytes asked for at once.
const MOST: usize = 1 << 20;

fn random(mem: Mem, count: i64) -> Result<u64, Halt> {
    let count = usize::try_from(count).ok().filter(|&count| count <= MOST);
    let count =
        count.ok_or_else(|| Fail::new("invalid", format!("random bytes are asked for by 0 to {MOST}")))?;
    let mut bytes = vec![0; count];
    let mut filled = 0;
    while filled < count {
        match getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
            Ok(more) => filled += more,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Fail::new("defect", format!("getrandom: {error}")).into()),
        }
    }
    Ok(text::make_bytes(mem, &bytes)?)
}
