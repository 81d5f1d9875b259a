//! Replies going out: to descriptor 1, or into the channel of a thread; and lines to stderr.

use crate::host::{Halt, Host, host};
use crate::parcel::Parcel;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wat_abi::context::Ctx;
use wat_abi::desc::Kind;
use wat_kernel::see::Wait;
use wat_kernel::{Interrupt, SendError, Sender, WriteError};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::text;

pub enum Output {
    /// `lines`: a String is written bare.
    Descriptor {
        lines: bool,
    },
    Channel {
        replies: Sender<Parcel>,
        shared: Arc<crate::kin::ThreadShared>,
    },
}

/// `(println v)`.
pub fn println(ctx: *mut Ctx, slot: u64, desc: DescRef) -> Result<u64, Halt> {
    let Host { node, waiter, output, scratch, .. } = host(ctx);
    match output {
        Output::Descriptor { lines } => {
            scratch.clear();
            if *lines && desc.kind() == Kind::Str {
                let bytes = text::bytes(slot);
                if bytes.contains(&b'\n') {
                    let message = "a String written as a line contains a line feed";
                    return Err(Fail::new("malformed-output", message).into());
                }
                scratch.extend_from_slice(bytes);
            } else {
                line(scratch, slot, desc, node.value_limit)?;
            }
            scratch.push(b'\n');
            let written = node.process.write(waiter, scratch);
            keep_small(scratch);
            match written {
                Ok(()) => {
                    waiter.count_written();
                    Ok(0)
                }
                Err(WriteError::Closed) => Err(Halt::Quiet),
                Err(WriteError::Interrupted(why)) => Err(why.into()),
                Err(WriteError::Deadlock { .. }) => Err(Fail::new("lost", "stdout cannot be written").into()),
                Err(WriteError::System(e)) => Err(Fail::new("lost", format!("write stdout: {e}")).into()),
            }
        }
        Output::Channel { replies, shared } => {
            let parcel = Parcel::of(slot, desc, node.value_limit)?;
            let bytes = parcel.bytes;
            let _about = waiter.about(Wait::Stdout, None);
            match replies.send_through_stop(waiter, parcel, bytes) {
                Ok(()) => {
                    waiter.count_written();
                    Ok(0)
                }
                // What a released thread still writes is dropped.
                Err(SendError::Closed(_)) if shared.released.load(Ordering::SeqCst) => Ok(0),
                Err(
                    SendError::Closed(_) | SendError::Late(_) | SendError::Interrupted(Interrupt::Stopped, _),
                ) => Err(Halt::Quiet),
                Err(SendError::Interrupted(Interrupt::Killed, _)) => Err(Halt::Killed),
            }
        }
    }
}

/// `(eprintln v)`. A closed stderr is not an error.
pub fn eprintln(ctx: *mut Ctx, slot: u64, desc: DescRef) -> Result<u64, Halt> {
    let Host { node, waiter, scratch, .. } = host(ctx);
    scratch.clear();
    line(scratch, slot, desc, node.value_limit)?;
    scratch.push(b'\n');
    let written = node.process.write_error(waiter, scratch);
    keep_small(scratch);
    match written {
        Err(WriteError::Interrupted(Interrupt::Killed)) => Err(Halt::Killed),
        _ => Ok(0),
    }
}

/// The EDN of a value, within the limits that hold on every edge of the tree.
pub fn line(out: &mut Vec<u8>, slot: u64, desc: DescRef, value_limit: usize) -> Result<(), Fail> {
    codec::encode_within(slot, desc, out, wat_edn::Limits { bytes: value_limit, depth: 256 })
        .map_err(Fail::from)
}

/// Gives back what one large value needed.
fn keep_small(scratch: &mut Vec<u8>) {
    scratch.shrink_to(64 * 1024);
}
