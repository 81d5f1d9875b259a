//! Namespaces on disk: `a.b` is the file `a/b.wat` under a source root. The entry's own root is its directory less the
//! leading segments of its namespace; a file of a project has the project's roots as well.

use crate::project;
use std::io::Read;
use std::path::{Path, PathBuf};
use wat_check::World;
use wat_source::{Code, Diagnostic, Symbol};
use wat_syntax::TokenKind;

/// Source files larger than this are refused.
const MAX_SOURCE: u64 = 256 << 20;
/// The `ns` form is looked for in so many bytes.
const HEAD: usize = 64 << 10;

pub struct Disk {
    roots: Vec<PathBuf>,
}

impl Disk {
    /// The entry's text, and the world its other namespaces are found in.
    pub fn open(path: &str) -> Result<(Vec<u8>, Disk), Diagnostic> {
        let text = read(Path::new(path)).map_err(|e| Diagnostic::new(Code::CannotRead, e))?;
        let root = Path::new(path).parent().unwrap_or(Path::new("")).to_path_buf();
        let disk = Disk::below(root, &text, project::roots(Path::new(path)));
        Ok((text, disk))
    }

    /// The world of an entry that is no file, as if it lay in the working directory.
    pub fn beside(text: &[u8]) -> Disk {
        let project = project::here().ok().flatten();
        Disk::below(PathBuf::new(), text, project.map_or(&[], |project| &project.paths))
    }

    fn below(mut root: PathBuf, text: &[u8], others: &[PathBuf]) -> Disk {
        for _ in 1..namespace_of(text).map_or(1, |ns| ns.split('.').count()) {
            root = match root.file_name() {
                Some(_) => root.parent().unwrap_or(Path::new("")).to_path_buf(),
                None => root.join(".."),
            };
        }
        let same = |other: &&PathBuf| project::real(other) != project::real(&root);
        let others: Vec<PathBuf> = others.iter().filter(same).cloned().collect();
        Disk { roots: [vec![root], others].concat() }
    }
}

impl World for Disk {
    fn read(&mut self, namespace: Symbol) -> Result<Option<(String, Vec<u8>)>, String> {
        let file = |root: &PathBuf| {
            let mut path = root.clone();
            path.extend(namespace.as_str().split('.'));
            path.set_extension("wat");
            path.exists().then_some(path)
        };
        let found: Vec<PathBuf> = self.roots.iter().filter_map(file).collect();
        match found.as_slice() {
            [] => Ok(None),
            [path] => read(path).map(|text| Some((path.display().to_string(), text))),
            [one, two, ..] => Err(format!(
                "two files define `{namespace}`: {} and {}; keep one",
                one.display(),
                two.display()
            )),
        }
    }
}

/// The name in the file's `ns` form, when it begins with one.
fn namespace_of(text: &[u8]) -> Option<String> {
    let head = &text[..text.len().min(HEAD)];
    let head = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(e) => std::str::from_utf8(&head[..e.valid_up_to()]).expect("valid up to there"),
    };
    let tokens = wat_syntax::tokens(head);
    let mut words =
        tokens.iter().filter(|t| !matches!(t.kind, TokenKind::Mark | TokenKind::Space | TokenKind::Comment));
    let mut word = || words.next().map(|t| &head[t.start as usize..t.end as usize]);
    match (word()?, word()?, word()?) {
        ("(", "ns" | ":wat::core::ns", name) => Some(name.to_string()),
        _ => None,
    }
}

pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |e: std::io::Error| {
        let reason = match e.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_string(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_string(),
            std::io::ErrorKind::IsADirectory => "it is a directory".to_string(),
            _ => e.to_string(),
        };
        format!("open {}: {reason}", path.display())
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_SOURCE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_SOURCE {
        return Err(format!("open {}: longer than {MAX_SOURCE} bytes", path.display()));
    }
    Ok(bytes)
}
