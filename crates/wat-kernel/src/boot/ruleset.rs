//! The Landlock layer of a process: which paths and ports its grants open; all else is closed.
//!
//! What the running kernel lacks is left out, and `wat doctor` says so. Not here: system calls that Landlock does not
//! know (`filter/`).

use crate::authority::{Authority, Grant};
use crate::sys::{fd, seccomp};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, PathBeneath, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, Scope,
};
use std::error::Error;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The newest rights named here; an older kernel has fewer.
const KNOWN: ABI = ABI::V6;
/// What resolves names of hosts.
const HOSTS: &str = "/etc/hosts";
/// Landlock's own bound on layers.
pub const MAX_LAYERS: u8 = 16;

/// Adds the layer to the calling thread; who does not open its sockets itself has no use for any port; the binary, if any, stays executable. A path that is not there is named in the
/// error; where they have been opened before, `held` is what the paths of the grants lead to, in their order.
pub(super) fn restrict(
    authority: &Authority,
    opens: bool,
    binary: Option<BorrowedFd>,
    held: &[OwnedFd],
) -> io::Result<()> {
    let mut set = closed(authority, opens).map_err(system)?;
    if opens
        && authority.kinds().net
        && let Ok(hosts) = open(Path::new(HOSTS))
    {
        set = allow(set, hosts.as_fd(), reads())?;
    }
    let mut held = held.iter();
    for grant in authority.grants() {
        let named = |e: io::Error| io::Error::new(e.kind(), format!("{grant}: {e}"));
        let mut add = |set, at: &Path, rights| match held.next() {
            Some(file) => allow(set, file.as_fd(), rights),
            None => allow(set, open(at).map_err(named)?.as_fd(), rights),
        };
        set = match grant {
            Grant::Read(at) => add(set, at, reads())?,
            Grant::Write(at) => add(set, at, writes())?,
            Grant::Connect(_, Some(port)) if opens => {
                set.add_rule(NetPort::new(*port, AccessNet::ConnectTcp)).map_err(system)?
            }
            Grant::Listen(port) if opens => {
                set.add_rule(NetPort::new(*port, AccessNet::BindTcp)).map_err(system)?
            }
            Grant::Connect(..) | Grant::ConnectUnix(_) | Grant::Listen(_) | Grant::Run(_) => set,
        };
    }
    let Some(set) = Option::<OwnedFd>::from(set) else { return Ok(()) };
    if let Some(binary) = binary {
        // The library would look at what kind of file it is, by a call that the filter of a process without file grants
        // has no room for.
        seccomp::open_beneath(set.as_fd(), binary, (AccessFs::Execute | AccessFs::ReadFile).bits())?;
    }
    seccomp::restrict(set.as_fd())
}

/// A ruleset that closes everything the kernel can close, but for ports where whoever opens itself may connect to any.
fn closed(authority: &Authority, opens: bool) -> Result<RulesetCreated, RulesetError> {
    let any_port = opens && authority.grants().iter().any(|grant| matches!(grant, Grant::Connect(_, None)));
    let net: BitFlags<AccessNet> =
        if any_port { AccessNet::BindTcp.into() } else { AccessNet::from_all(KNOWN) };
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(net)?
        .scope(Scope::from_all(KNOWN))?
        .create()
}

fn reads() -> BitFlags<AccessFs> {
    AccessFs::ReadFile | AccessFs::ReadDir
}

/// No devices are made, and none spoken to.
fn writes() -> BitFlags<AccessFs> {
    AccessFs::from_write(KNOWN) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev)
}

fn allow(set: RulesetCreated, place: BorrowedFd, rights: BitFlags<AccessFs>) -> io::Result<RulesetCreated> {
    set.add_rule(PathBeneath::new(place, rights)).map_err(system)
}

/// To point at it; not to read it.
pub(crate) fn open(path: &Path) -> io::Result<OwnedFd> {
    fd::open(&CString::new(path.as_os_str().as_bytes())?, libc::O_PATH)
}

/// The system's error inside the library's.
fn system(error: RulesetError) -> io::Error {
    let mut inner: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(one) = inner {
        if let Some(system) = one.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            return io::Error::from_raw_os_error(system);
        }
        inner = one.source();
    }
    io::Error::other(error)
}
