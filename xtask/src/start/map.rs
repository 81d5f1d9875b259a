//! The linker's map: which input section lies at an address.

/// A piece of code that the linker moves as one.
pub struct Section {
    pub address: u64,
    pub size: u64,
    /// `path/libc.a(malloc.o)`, or a file alone.
    file: String,
    /// `.text`, or with the function's name behind.
    name: String,
}

/// Sections of code by their addresses, ascending.
pub struct Map(Vec<Section>);

impl Map {
    /// Of `lld -Map`: five columns (address, the same, size, alignment, and the section with its file), in hexadecimal.
    pub fn parse(text: &str) -> Map {
        let mut sections: Vec<Section> = text.lines().filter_map(section).collect();
        sections.sort_by_key(|section| section.address);
        Map(sections)
    }

    pub fn section(&self, address: u64) -> Option<&Section> {
        let at = self.0.partition_point(|section| section.address <= address).checked_sub(1)?;
        let section = &self.0[at];
        (address < section.address + section.size).then_some(section)
    }
}

fn section(line: &str) -> Option<Section> {
    let mut words = line.split_whitespace();
    let mut number = || u64::from_str_radix(words.next()?, 16).ok();
    let (address, _, size, _) = (number()?, number()?, number()?, number()?);
    let rest = words.next()?;
    let (file, name) = rest.strip_suffix(')')?.rsplit_once(":(")?;
    (name.starts_with(".text") && size > 0).then(|| Section {
        address,
        size,
        file: file.to_string(),
        name: name.to_string(),
    })
}

impl Section {
    /// What names it in a linker script, in any checkout and after a change elsewhere: a function of Rust by its path
    /// without the hashes in it, code of C by its object.
    pub fn pattern(&self) -> Option<String> {
        // `.text.unlikely._ZN…` is what is rarely called, which at a start may be all that is.
        if let Some((kind, path)) = self.name.split_once("._ZN") {
            // The last part of a name is `17h` with a hash of sixteen digits.
            let path = path.rfind("17h").map_or(path, |hash| &path[..hash]);
            return Some(format!("*({kind}._ZN{path}17h*)"));
        }
        if let Some((kind, path)) = self.name.split_once("._R") {
            return Some(format!("*({kind}._R{})", without_crates(path)));
        }
        if self.is_rust() {
            // Code without a function's name would be all of its crate's.
            return self.name.strip_prefix(".text.").map(|_| format!("*({})", self.name));
        }
        match self.file.strip_suffix(')').and_then(|file| file.rsplit_once('(')) {
            Some((archive, object)) => Some(format!("*{}:{object}(.text .text.*)", last(archive))),
            None => Some(format!("*{}(.text .text.*)", last(&self.file))),
        }
    }

    /// Rust's objects are named by hashes.
    fn is_rust(&self) -> bool {
        self.file.trim_end_matches(')').ends_with(".rcgu.o")
    }

    /// Where the code comes from, for what it may look at: that is not traced, so it is all of its object's or its crate's. Of
    /// the mathematical library only what chooses among its functions runs, and that looks at nothing.
    pub fn origin(&self) -> Option<String> {
        let from = match self.file.strip_suffix(')').and_then(|file| file.rsplit_once('(')) {
            Some((archive, _)) if last(archive).starts_with("libm") => return None,
            // `libname-hash.rlib`
            Some((archive, _)) if archive.ends_with(".rlib") => match last(archive).rsplit_once('-') {
                Some((name, _)) => format!("*{name}-*.rlib:*"),
                None => format!("*{}:*", last(archive)),
            },
            Some((archive, object)) => format!("*{}:{object}", last(archive)),
            None if self.is_rust() => return None,
            None => format!("*{}", last(&self.file)),
        };
        Some(from)
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `…Cs<hash>_4core…` as `…Cs*_4core…`: the hash of a crate changes with the compiler.
fn without_crates(path: &str) -> String {
    let mut parts = path.split("Cs");
    let mut name = parts.next().unwrap_or_default().to_string();
    for part in parts {
        name.push_str("Cs*");
        name.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
             VMA              LMA     Size Align Out     In      Symbol
          769100           769100   e00c83    64 .text
          769100           769100       26    16         /usr/lib/crt1.o:(.text)
          76a2c0           76a2c0     1120    16         /usr/lib/libc.a(libc-start.o):(.text)
          c8b1a0           c8b1a0      a77    16         /t/libwat_kernel-52.rlib(wat_kernel-52.cgu.09.rcgu.o):(.text._ZN10wat_kernel4boot5child17h2b0d964be1c84365E)
          c8c000           c8c000       10     1         /t/libwat_runtime-5.rlib(wat_runtime-5.cgu.08.rcgu.o):(.text.unlikely._ZN11wat_runtime4heap3Mem6refill17h139243857c2f5db6E)
          d00000           d00000       20    16         /t/libcore-1.rlib(core.o):(.text._RNvNtCsgEmfK2I1SDS_4core3fmt5write)
";

    fn pattern(address: u64) -> Option<String> {
        Map::parse(TEXT).section(address).and_then(Section::pattern)
    }

    #[test]
    fn a_function_is_named_without_its_hash_and_an_object_of_c_by_its_archive() {
        assert_eq!(pattern(0xc8b1a1).as_deref(), Some("*(.text._ZN10wat_kernel4boot5child17h*)"));
        assert_eq!(pattern(0x76b000).as_deref(), Some("*libc.a:libc-start.o(.text .text.*)"));
        assert_eq!(pattern(0x769110).as_deref(), Some("*crt1.o(.text .text.*)"));
        assert_eq!(pattern(0xd00000).as_deref(), Some("*(.text._RNvNtCs*_4core3fmt5write)"));
        let rare = "*(.text.unlikely._ZN11wat_runtime4heap3Mem6refill17h*)";
        assert_eq!(pattern(0xc8c000).as_deref(), Some(rare));
        assert_eq!(pattern(0x700000), None);
    }

    #[test]
    fn what_code_looks_at_is_named_by_object_and_crate() {
        let origin = |address| Map::parse(TEXT).section(address).and_then(Section::origin);
        assert_eq!(origin(0x76b000).as_deref(), Some("*libc.a:libc-start.o"));
        assert_eq!(origin(0xc8b1a1).as_deref(), Some("*libwat_kernel-*.rlib:*"));
        assert_eq!(origin(0x769110).as_deref(), Some("*crt1.o"));
    }
}
