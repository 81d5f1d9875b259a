//! What is done for children that ask: the kinds of requests, each with its check and its work. Not here: how a request
//! travels (`wat_kernel::ask`), nor how anything is opened.

use crate::net::opening;
use wat_kernel::Process;
use wat_kernel::Waiter;
use wat_kernel::ask::{self, Answer, Asked};

/// The opener of every process that runs this library.
pub struct Opener;

impl ask::Opener for Opener {
    fn permits(&self, asked: &Asked) -> Result<(), Vec<u8>> {
        opening::permits(asked)
    }

    fn open(
        &self,
        asked: &Asked,
        _carried: Vec<std::os::fd::OwnedFd>,
        process: &Process,
        waiter: &Waiter,
    ) -> Answer {
        opening::open(asked, process, waiter)
    }
}
