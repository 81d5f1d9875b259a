//! `wat.fs`, but for open files: whole files, what there is, and changes.

use crate::error::{Refusal, Trouble};
use crate::place::{CHUNK, What, grant, open, resolve, utf8};
use std::fs::{self, DirBuilder, FileType, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::UNIX_EPOCH;
use wat_abi::context::Ctx;
use wat_edn::{Instant, write};
use wat_host::{Halt, Host, host};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text};

wat_host::world_rows! {
    fs_read_text(ctx, mem, path, limit, result) => {
        let what = what("read", path);
        done(ctx, mem, result, whole(host(ctx), what, limit).and_then(|bytes| {
            string(mem, utf8(what, &bytes, 1)?)
        }))
    };
    fs_read_bytes(ctx, mem, path, limit, result) => {
        let bytes = whole(host(ctx), what("read", path), limit);
        done(ctx, mem, result, bytes.and_then(|bytes| text::make_bytes(mem, &bytes).map_err(Trouble::from)))
    };
    fs_write(ctx, mem, path, bytes, how, result) => {
        done(ctx, mem, result, put(host(ctx), what("write", path), text::bytes(bytes), how).map(|()| 0))
    };
    fs_info(ctx, mem, path, follow, result) => {
        let place = resolve(host(ctx), text::str(path));
        let meta = if follow == 0 { fs::symlink_metadata(place) } else { fs::metadata(place) };
        edn(ctx, mem, result, named(what("stat", path), meta).map(|meta| info(&meta)))
    };
    fs_entries(ctx, mem, path, result) => edn(ctx, mem, result, entries(host(ctx), what("list", path)));
    fs_real_path(ctx, mem, path, result) => {
        let what = what("resolve", path);
        let found = named(what, fs::canonicalize(resolve(host(ctx), what.path)));
        done(ctx, mem, result, found.and_then(|found| string(mem, name(what, &found)?)))
    };
    fs_read_link(ctx, mem, path, result) => {
        let what = what("read link", path);
        let found = named(what, fs::read_link(resolve(host(ctx), what.path)));
        done(ctx, mem, result, found.and_then(|found| string(mem, name(what, &found)?)))
    };
    fs_make_dir(ctx, mem, path, result) => change(ctx, mem, result, "make directory", path, |p| fs::create_dir(p));
    fs_make_dirs(ctx, mem, path, result) => change(ctx, mem, result, "make directory", path, |p| fs::create_dir_all(p));
    fs_remove(ctx, mem, path, result) => change(ctx, mem, result, "remove", path, |p| {
        if fs::symlink_metadata(p)?.is_dir() { fs::remove_dir(p) } else { fs::remove_file(p) }
    });
    fs_remove_all(ctx, mem, path, result) => change(ctx, mem, result, "remove", path, |p| {
        if fs::symlink_metadata(p)?.is_dir() { fs::remove_dir_all(p) } else { fs::remove_file(p) }
    });
    fs_rename(ctx, mem, from, to, result) => {
        let to = resolve(host(ctx), text::str(to));
        change(ctx, mem, result, "rename", from, |p| fs::rename(p, to))
    };
    fs_copy(ctx, mem, from, to, result) => done(ctx, mem, result, copy(host(ctx), what("copy", from), text::str(to)));
    fs_symlink(ctx, mem, target, path, result) => {
        change(ctx, mem, result, "symlink", path, |p| std::os::unix::fs::symlink(text::str(target), p))
    };
    fs_set_mode(ctx, mem, mode, path, result) => change(ctx, mem, result, "chmod", path, |p| {
        match u32::try_from(mode).ok().filter(|mode| *mode <= 0o7777) {
            Some(mode) => set_mode(host(ctx), p, mode),
            None => Err(io::Error::from(io::ErrorKind::InvalidInput)),
        }
    });
    fs_temp(ctx, mem, dir, result) => done(ctx, mem, result, temp(host(ctx), dir != 0).and_then(|made| string(mem, &made)));
}

fn what<'a>(call: &'static str, path: u64) -> What<'a> {
    What { call, path: text::str(path) }
}

fn string(mem: Mem, made: &str) -> Result<u64, Trouble> {
    text::make_string(mem, made).map_err(Trouble::from)
}

fn named<T>(what: What, outcome: io::Result<T>) -> Result<T, Trouble> {
    outcome.map_err(|e| what.failed(&e))
}

/// `Ok` with the slot, or `Err` with the refusal.
pub fn done(ctx: *mut Ctx, mem: Mem, result: u64, outcome: Result<u64, Trouble>) -> Result<u64, Halt> {
    let result = DescRef(result as u32);
    match outcome {
        Ok(slot) => Ok(sum::ok(mem, result, slot)?),
        Err(Trouble::Refused(refusal)) => {
            let writes = match refusal.call {
                "stat" | "list" | "resolve" | "read link" => Some(false),
                "make directory" | "remove" | "rename" | "symlink" | "chmod" | "make" => Some(true),
                // What is opened has said so itself.
                _ => None,
            };
            match writes {
                Some(writes) => {
                    let object = refusal.object.clone();
                    refusal.granting(&host(ctx).waiter, || grant(&object, writes)).value(mem, result)
                }
                None => refusal.value(mem, result),
            }
        }
        Err(Trouble::Halt(halt)) => Err(halt),
    }
}

/// `Ok` with the value that the EDN text says, or `Err` with the refusal.
pub fn edn(ctx: *mut Ctx, mem: Mem, result: u64, outcome: Result<Vec<u8>, Trouble>) -> Result<u64, Halt> {
    let want = sum::payload(DescRef(result as u32));
    let slot = match outcome {
        Ok(text) => codec::decode(mem, want, &text)?
            .map_err(|fault| Trouble::from(Fail::new("defect", format!("a value cannot be built: {fault}")))),
        Err(trouble) => Err(trouble),
    };
    done(ctx, mem, result, slot)
}

fn change(
    ctx: *mut Ctx,
    mem: Mem,
    result: u64,
    call: &'static str,
    path: u64,
    act: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<u64, Halt> {
    let what = what(call, path);
    let outcome = if what.path.is_empty() {
        Err(what.refuse("not-found", "the path is empty"))
    } else {
        named(what, act(&resolve(host(ctx), what.path)))
    };
    done(ctx, mem, result, outcome.map(|()| 0))
}

/// By path where nothing is confined; else on a descriptor, which only a grant gives: the system's rules for paths do
/// not cover modes.
fn set_mode(host: &Host, path: &Path, mode: u32) -> io::Result<()> {
    let mode = Permissions::from_mode(mode);
    if host.node.process.boot().authority.is_whole() {
        return fs::set_permissions(path, mode);
    }
    let mut options = OpenOptions::new();
    options.custom_flags((rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits() as i32);
    match fs::metadata(path)?.is_dir() {
        true => options.read(true),
        false => options.write(true),
    };
    options.open(path)?.set_permissions(mode)
}

fn whole(host: &Host, what: What, limit: u64) -> Result<Vec<u8>, Trouble> {
    let limit = usize::try_from(limit as i64).unwrap_or(0);
    open(host, what, OpenOptions::new().read(true), false)?.read_whole(host, what, limit)
}

fn put(host: &Host, what: What, bytes: &[u8], how: u64) -> Result<(), Trouble> {
    let mut options = OpenOptions::new();
    match how {
        0 => options.write(true).create(true).truncate(true),
        1 => options.append(true).create(true),
        2 => return replace(host, what, bytes),
        _ => options.write(true).create_new(true),
    };
    open(host, what, &mut options, true)?.write_all(host, what, bytes)
}

/// A new file beside the old one takes its name once it is on the disk.
fn replace(host: &Host, what: What, bytes: &[u8]) -> Result<(), Trouble> {
    // A symlink stays: what it leads to is replaced.
    let path = resolve(host, what.path);
    let path = fs::canonicalize(&path).unwrap_or(path);
    let mode = match fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => return Err(what.refuse("is-a-directory", "is a directory")),
        Ok(meta) if !meta.is_file() => return Err(what.refuse("invalid", "is not a regular file")),
        Ok(meta) => Some(meta.permissions()),
        Err(_) => None,
    };
    let (Some(dir), Some(file)) = (path.parent(), path.file_name().and_then(|f| f.to_str())) else {
        return Err(what.refuse("invalid", "is not the path of a file"));
    };
    let beside = dir.join(format!(".{file}.{:016x}", random()));
    let beside_text = beside.to_string_lossy().into_owned();
    let made = open(
        host,
        What { call: what.call, path: &beside_text },
        OpenOptions::new().write(true).create_new(true),
        true,
    )
    .map_err(|trouble| renamed(trouble, what))?;
    let written = made.write_all(host, what, bytes).and_then(|()| {
        named(what, mode.map_or(Ok(()), |mode| made.file().set_permissions(mode)))?;
        named(what, made.file().sync_all())?;
        named(what, fs::rename(&beside, &path))?;
        // Some file systems cannot sync a directory; the file itself is there.
        let _ = fs::File::open(dir).and_then(|dir| dir.sync_all());
        Ok(())
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The trouble as one of the path that was asked for.
fn renamed(trouble: Trouble, what: What) -> Trouble {
    match trouble {
        Trouble::Refused(refusal) => Refusal { object: what.path.to_string(), ..refusal }.into(),
        other => other,
    }
}

fn copy(host: &Host, what: What, to: &str) -> Result<u64, Trouble> {
    let from = open(host, what, OpenOptions::new().read(true), false)?;
    let meta = named(what, from.file().metadata())?;
    if !meta.is_file() {
        return Err(what.refuse("invalid", "is not a regular file"));
    }
    if fs::metadata(resolve(host, to)).is_ok_and(|old| (old.dev(), old.ino()) == (meta.dev(), meta.ino())) {
        return Err(what.refuse("invalid", format!("{to} is the same file")));
    }
    let target = What { call: "copy to", path: to };
    let mode = meta.mode() & 0o777;
    let made =
        open(host, target, OpenOptions::new().write(true).create(true).truncate(true).mode(mode), true)?;
    let mut chunk = vec![0; CHUNK];
    let mut total = 0;
    loop {
        let n = from.read(host, what, &mut chunk)?;
        if n == 0 {
            return Ok(total);
        }
        made.write_all(host, target, &chunk[..n])?;
        total += n as u64;
    }
}

fn temp(host: &Host, dir: bool) -> Result<String, Trouble> {
    let environment = &host.node.process.boot().environment;
    let root = environment.iter().find(|(name, _)| name == "TMPDIR").map_or("/tmp", |(_, value)| value);
    let path = resolve(host, root).join(format!("wat-{:016x}", random()));
    let path = path.to_string_lossy().into_owned();
    let what = What { call: "make", path: &path };
    if dir {
        named(what, DirBuilder::new().mode(0o700).create(&path))?;
    } else {
        named(what, OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path))?;
    }
    Ok(path)
}

/// For names that nobody guesses; creation refuses one that is taken.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library seeds each state from the system's randomness.
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

fn kind(kind: FileType) -> &'static str {
    match kind {
        k if k.is_file() => "file",
        k if k.is_dir() => "directory",
        k if k.is_symlink() => "symlink",
        k if k.is_fifo() => "fifo",
        k if k.is_socket() => "socket",
        _ => "device",
    }
}

/// `wat.fs/Info`.
fn info(meta: &Metadata) -> Vec<u8> {
    let nanos = meta.modified().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    });
    let mut out = format!("{{:kind :{} :size {} :modified ", kind(meta.file_type()), meta.len()).into_bytes();
    write::instant(&mut out, Instant::from_nanos(nanos));
    out.extend_from_slice(format!(" :mode {}}}", meta.mode() & 0o7777).as_bytes());
    out
}

/// `(Vector wat.fs/Entry)`, by name.
fn entries(host: &Host, what: What) -> Result<Vec<u8>, Trouble> {
    let mut found = Vec::new();
    for entry in named(what, fs::read_dir(resolve(host, what.path)))? {
        what.pass(host)?;
        let entry = named(what, entry)?;
        let kind = entry.file_type().map_or("file", kind);
        found.push((name(what, Path::new(&entry.file_name()))?.to_string(), kind));
    }
    found.sort();
    let mut out = vec![b'['];
    for (name, kind) in &found {
        let path = if what.path.ends_with('/') {
            what.path.to_string() + name
        } else {
            format!("{}/{name}", what.path)
        };
        out.extend_from_slice(b"{:name ");
        write::string(&mut out, name);
        out.extend_from_slice(b" :path ");
        write::string(&mut out, &path);
        out.extend_from_slice(format!(" :kind :{kind}}} ").as_bytes());
    }
    out.push(b']');
    Ok(out)
}

fn name<'a>(what: What, path: &'a Path) -> Result<&'a str, Trouble> {
    path.to_str().ok_or_else(|| what.refuse("invalid", format!("the name {path:?} is not UTF-8")))
}
