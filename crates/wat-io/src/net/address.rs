//! Addresses as text: `127.0.0.1:80`, `[::1]:80`, `example.org:80`, `unix:/path`. Names are looked up in `names.rs`.

use super::names;
use super::opening;
use super::wait::Purpose;
use crate::error::{Refusal, Trouble};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use wat_kernel::Grant;

/// The longest path that a UNIX address holds, less its closing zero byte.
const LONGEST_PATH: usize = 107;

#[derive(Debug, PartialEq, Eq)]
pub enum Address {
    /// In the order in which they are tried; at least one.
    Inet(Vec<SocketAddr>),
    Unix(PathBuf),
}

/// An address before its name is looked up.
#[derive(Debug, PartialEq, Eq)]
pub enum Place<'a> {
    Ip(IpAddr, u16),
    Name(&'a str, u16),
    Unix(PathBuf),
}

impl Place<'_> {
    /// Its port, where it has one.
    pub fn port(&self) -> Option<u16> {
        match self {
            Place::Ip(_, port) | Place::Name(_, port) => Some(*port),
            Place::Unix(_) => None,
        }
    }
}

/// What the text stands for.
pub fn resolve(to: &Purpose) -> Result<Address, Trouble> {
    Ok(match parse(to.call, to.object)? {
        Place::Ip(ip, port) => Address::Inet(vec![SocketAddr::new(ip, port)]),
        Place::Unix(path) => Address::Unix(to.waiter.place(path)),
        Place::Name(..) if !to.waiter.opens_itself() => {
            let (_, places) = opening::ask(to, opening::LOOK_UP, to.object)?;
            let places: Vec<SocketAddr> = places.lines().filter_map(|line| line.parse().ok()).collect();
            if places.is_empty() {
                return Err(to.refuse("not-found", "the name has no address").into());
            }
            Address::Inet(places)
        }
        Place::Name(host, port) => {
            let ips = names::look_up(to, host)?;
            Address::Inet(ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
        }
    })
}

/// Of what kind the text is; nothing is looked up.
pub fn parse<'a>(call: &'static str, text: &'a str) -> Result<Place<'a>, Refusal> {
    let invalid = |why: &str| Refusal::new("invalid", call, text, why);
    if let Some(path) = text.strip_prefix("unix:") {
        if path.is_empty() || path.len() > LONGEST_PATH || path.contains('\0') {
            return Err(invalid("a path has 1 to 107 bytes, none of them zero"));
        }
        return Ok(Place::Unix(path.into()));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(invalid("an address is `host:port`, `[v6]:port` or `unix:/path`"));
    };
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let Some(port) = port.parse::<u16>().ok().filter(|_| digits) else {
        return Err(invalid("a port is a number from 0 to 65535"));
    };
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let ip = inner.parse().map_err(|_| invalid("not an IPv6 address between the brackets"))?;
        return Ok(Place::Ip(IpAddr::V6(ip), port));
    }
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return Ok(Place::Ip(IpAddr::V4(ip), port));
    }
    if host.contains(':') {
        return Err(invalid("an IPv6 address stands in brackets: `[::1]:80`"));
    }
    Ok(Place::Name(host, port))
}

/// Whether a grant names the address as it is written. What is no address is left to [`parse`].
pub fn granted(text: &str, connects: impl Fn(&str, u16) -> bool, unix: impl Fn(&Path) -> bool) -> bool {
    if let Some(path) = text.strip_prefix("unix:") {
        return unix(Path::new(path));
    }
    let Some((host, port)) = text.rsplit_once(':') else { return true };
    let Ok(port) = port.parse() else { return true };
    connects(host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host), port)
}

/// The grant that would let a process connect to the address.
pub fn connecting(text: &str) -> Grant {
    if let Some(path) = text.strip_prefix("unix:") {
        return Grant::ConnectUnix(path.into());
    }
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    Grant::Connect(Some(host.to_string()), port.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_literals_names_and_paths() {
        let parsed = |text: &str| parse("connect", text).map(|a| format!("{a:?}")).map_err(|e| e.reason);
        assert_eq!(parsed("127.0.0.1:80").as_deref(), Ok("Ip(127.0.0.1, 80)"));
        assert_eq!(parsed("[::1]:0").as_deref(), Ok("Ip(::1, 0)"));
        assert_eq!(parsed("example.org:80").as_deref(), Ok("Name(\"example.org\", 80)"));
        assert_eq!(parsed("unix:/a b").as_deref(), Ok("Unix(\"/a b\")"));
        for wrong in
            ["", "80", "::1:80", "a:", "a:-1", "a:+1", "a:65536", "[::1:80", "[a]:1", "unix:", "unix:a\0"]
        {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }
}
