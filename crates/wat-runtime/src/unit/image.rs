//! An image mapped into the region and read in place: programs, functions, places, traps, names.
//!
//! What is mapped comes from another process or a cache file that may be stale or damaged, so the header and the
//! tables' bounds are checked before use and the file must be sealed against change. Code cannot be checked: who
//! hands an image over is trusted with what it does, and the cache compares the content's hash.

use super::region::Region;
use crate::mutation::removed;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use wat_abi::image::{Func, Global, Header, MAGIC, PAGE, Place, Program, Record, Table, Thunks, TrapSite};
use wat_abi::layout::REGION_SIZE;
use wat_abi::trap::Trap;

const SEALS: i32 = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;

/// A verified image. It stays mapped for the life of the process, so what it answers is `'static`.
#[derive(Clone, Copy)]
pub struct Image {
    base: *const u8,
    header: &'static Header,
}

// SAFETY: the memory is never written and never unmapped.
unsafe impl Send for Image {}
// SAFETY: as above.
unsafe impl Sync for Image {}

/// Puts bytes into a sealed memory file, ready to be mapped here and passed to children.
pub fn seal(bytes: &[u8]) -> io::Result<OwnedFd> {
    if removed("memory-image") {
        on_disk(bytes)?;
    }
    // SAFETY: a plain system call; the name is a C string.
    let fd =
        unsafe { libc::memfd_create(c"wat-image".as_ptr(), libc::MFD_ALLOW_SEALING | libc::MFD_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor has just been made and belongs to nobody else.
    let file = std::fs::File::from(unsafe { OwnedFd::from_raw_fd(fd) });
    io::Write::write_all(&mut &file, bytes)?;
    // SAFETY: a plain system call on our descriptor.
    if unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, SEALS | libc::F_SEAL_SEAL) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(file.into())
}

/// The way of a compiler that leaves its work in a file, which needs a place that can be written.
#[cold]
fn on_disk(bytes: &[u8]) -> io::Result<()> {
    let path = std::env::temp_dir().join(format!("wat-image-{}", std::process::id()));
    std::fs::write(&path, bytes)?;
    std::fs::remove_file(&path)
}

impl Image {
    /// Maps the segment in a sealed memory file at region offset 0: data readable, code readable and executable,
    /// nothing writable. Once per region.
    pub fn map(region: Region, file: BorrowedFd<'_>) -> Result<Image, String> {
        let fd = file.as_raw_fd();
        let system = |what: &str| format!("image: {what}: {}", io::Error::last_os_error());
        // SAFETY: plain system calls on a descriptor the caller holds.
        let seals = unsafe { libc::fcntl(fd, libc::F_GET_SEALS) };
        if seals < 0 || seals & SEALS != SEALS {
            return Err("image: the file is not sealed".into());
        }
        // SAFETY: as above; the record is ours and large enough.
        let mut stat: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        if unsafe { libc::syscall(libc::SYS_fstat, fd, &raw mut stat) } != 0 {
            return Err(system("size"));
        }
        let mut header = Header::default();
        // SAFETY: the header takes any bytes and is as long as said.
        let got = unsafe { libc::pread(fd, (&raw mut header).cast(), size_of::<Header>(), 0) };
        if got != size_of::<Header>() as isize {
            return Err("image: the file is too short".into());
        }
        check_header(&header, stat.st_size as u64)?;
        let mapped = |e: io::Error| format!("image: map: {e}");
        region.map(fd, 0, header.code, libc::PROT_READ).map_err(mapped)?;
        region
            .map(fd, header.code, header.len - header.code, libc::PROT_READ | libc::PROT_EXEC)
            .map_err(mapped)?;
        let base = region.base();
        // SAFETY: the segment is mapped and at least a page long; the header takes any bytes; sealed, it is never
        // written again.
        let image = Image { base, header: unsafe { &*base.cast::<Header>() } };
        image.check_tables()?;
        Ok(image)
    }

    pub fn base(&self) -> *const u8 {
        self.base
    }

    /// The region offsets of code.
    pub fn code(&self) -> std::ops::Range<u32> {
        self.header.code..self.header.len
    }

    pub fn content_hash(&self) -> [u8; 32] {
        self.header.content_hash
    }

    pub fn thunks(&self) -> Thunks {
        self.header.thunks
    }

    pub fn programs(&self) -> &'static [Program] {
        self.table(self.header.programs)
    }

    pub fn globals(&self) -> &'static [Global] {
        self.table(self.header.globals)
    }

    /// The globals a program reaches, in the order of their evaluation.
    pub fn globals_of(&self, program: &Program) -> &'static [u32] {
        self.table(program.globals)
    }

    /// The function whose code contains the offset.
    pub fn func_at(&self, offset: u32) -> Option<&'static Func> {
        let funcs: &'static [Func] = self.table(self.header.funcs);
        let func = &funcs[funcs.partition_point(|f| f.start <= offset).checked_sub(1)?];
        (offset < func.end).then_some(func)
    }

    /// Where the code at the offset comes from.
    pub fn place_at(&self, offset: u32) -> Option<&'static Place> {
        let places: &'static [Place] = self.table(self.header.places);
        let place = &places[places.partition_point(|p| p.offset <= offset).checked_sub(1)?];
        (place.file != 0).then_some(place)
    }

    /// Why the instruction at exactly this offset stops.
    pub fn trap_at(&self, offset: u32) -> Option<Trap> {
        let traps: &'static [TrapSite] = self.table(self.header.traps);
        let at = traps.binary_search_by_key(&offset, |t| t.offset).ok()?;
        Trap::from_code(u8::try_from(traps[at].code).ok()?)
    }

    /// The path of a file by the number records use; empty for none.
    pub fn file(&self, number: u32) -> &'static str {
        let files: &'static [u32] = self.table(self.header.files);
        let index = (number as usize).wrapping_sub(1);
        files.get(index).map_or("", |at| self.name(*at))
    }

    /// The length-prefixed text at an offset; empty where there is none.
    pub fn name(&self, at: u32) -> &'static str {
        let Some(room) = self.header.code.checked_sub(at).and_then(|n| n.checked_sub(4)) else { return "" };
        if at < PAGE {
            return "";
        }
        // SAFETY: `at + 4` lies below the code, in mapped read-only memory.
        let len = unsafe { self.base.add(at as usize).cast::<u32>().read_unaligned() };
        if len > room {
            return "";
        }
        // SAFETY: as above, and so does its end.
        let bytes = unsafe { std::slice::from_raw_parts(self.base.add(at as usize + 4), len as usize) };
        std::str::from_utf8(bytes).unwrap_or("")
    }

    fn table<T: Record>(&self, table: Table) -> &'static [T] {
        if table.count == 0 {
            return &[];
        }
        // SAFETY: `check_table` has found the table aligned and within the mapped data; records take any bytes.
        unsafe {
            std::slice::from_raw_parts(self.base.add(table.offset as usize).cast(), table.count as usize)
        }
    }

    fn check_tables(&self) -> Result<(), String> {
        let h = self.header;
        let bad = |what: &str| Err(format!("image: {what} lie outside"));
        let fits = [
            check_table::<Program>(h, h.programs),
            check_table::<Global>(h, h.globals),
            check_table::<Func>(h, h.funcs),
            check_table::<Place>(h, h.places),
            check_table::<TrapSite>(h, h.traps),
            check_table::<u32>(h, h.files),
        ];
        if fits.contains(&false) {
            return bad("tables");
        }
        let code = self.code();
        let t = h.thunks;
        if [t.call0, t.call0_f, t.call1, t.call1_f].iter().any(|at| !code.contains(at)) {
            return bad("entries");
        }
        let data = PAGE..h.code;
        for p in self.programs() {
            let known = |g: &u32| *g < h.globals.count;
            if !code.contains(&p.code)
                || ![p.desc, p.input, p.output].iter().all(|d| data.contains(d))
                || !check_table::<u32>(h, p.globals)
                || !self.globals_of(p).iter().all(known)
            {
                return bad("programs");
            }
        }
        if self.globals().iter().any(|g| !code.contains(&g.code) || !data.contains(&g.desc)) {
            return bad("globals");
        }
        Ok(())
    }
}

fn check_header(h: &Header, size: u64) -> Result<(), String> {
    if h.magic != MAGIC {
        return Err("image: this is no image".into());
    }
    if h.abi_hash != wat_abi::ABI_HASH {
        return Err("image: made by another version of wat".into());
    }
    let paged = h.len.is_multiple_of(PAGE) && h.code.is_multiple_of(PAGE);
    if !paged || h.code <= PAGE || h.code >= h.len || h.len as usize > REGION_SIZE || u64::from(h.len) != size
    {
        return Err("image: its sizes disagree".into());
    }
    Ok(())
}

fn check_table<T: Record>(h: &Header, table: Table) -> bool {
    let bytes = u64::from(table.count) * size_of::<T>() as u64;
    table.count == 0
        || (table.offset >= PAGE
            && (table.offset as usize).is_multiple_of(align_of::<T>())
            && u64::from(table.offset) + bytes <= u64::from(h.code))
}
