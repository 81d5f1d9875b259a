//! Addresses as text: `127.0.0.1:80`, `[::1]:80`, `localhost:80`, `unix:/path`. A static executable has no part in the C
//! library's resolution of names, so names are those of /etc/hosts.

use crate::error::Refusal;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

const HOSTS: &str = "/etc/hosts";
/// The longest path that a UNIX address holds, less its closing zero byte.
const LONGEST_PATH: usize = 107;

#[derive(Debug, PartialEq, Eq)]
pub enum Address {
    /// In the order in which they are tried; at least one.
    Inet(Vec<SocketAddr>),
    Unix(PathBuf),
}

/// What the text stands for; `call` is what for.
pub fn parse(call: &'static str, text: &str) -> Result<Address, Refusal> {
    let invalid = |why: &str| Refusal::new("invalid", call, text, why);
    if let Some(path) = text.strip_prefix("unix:") {
        if path.is_empty() || path.len() > LONGEST_PATH || path.contains('\0') {
            return Err(invalid("a path has 1 to 107 bytes, none of them zero"));
        }
        return Ok(Address::Unix(path.into()));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(invalid("an address is `host:port`, `[v6]:port` or `unix:/path`"));
    };
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let Some(port) = port.parse::<u16>().ok().filter(|_| digits) else {
        return Err(invalid("a port is a number from 0 to 65535"));
    };
    let ips = if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        vec![IpAddr::V6(inner.parse().map_err(|_| invalid("not an IPv6 address between the brackets"))?)]
    } else if let Ok(ip) = host.parse::<Ipv4Addr>() {
        vec![IpAddr::V4(ip)]
    } else if host.contains(':') {
        return Err(invalid("an IPv6 address stands in brackets: `[::1]:80`"));
    } else {
        names(host, &std::fs::read_to_string(HOSTS).unwrap_or_default())
    };
    if ips.is_empty() {
        let why = "the name is not in /etc/hosts, and no name server is asked: give an IP address";
        return Err(Refusal::new("not-found", call, text, why));
    }
    Ok(Address::Inet(ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()))
}

/// The addresses of a name in the text of a hosts file; `localhost` is known without one.
fn names(host: &str, hosts: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    for line in hosts.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(Ok(ip)) = words.next().map(str::parse) else { continue };
        if words.any(|name| name.eq_ignore_ascii_case(host)) && !found.contains(&ip) {
            found.push(ip);
        }
    }
    if found.is_empty() && host.eq_ignore_ascii_case("localhost") {
        found = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    }
    // What is most often listened on first.
    found.sort_by_key(IpAddr::is_ipv6);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_literals_names_of_the_hosts_file_and_paths() {
        let inet = |text: &str| parse("connect", text).map(|a| format!("{a:?}")).map_err(|e| e.reason);
        assert_eq!(inet("127.0.0.1:80").as_deref(), Ok("Inet([127.0.0.1:80])"));
        assert_eq!(inet("[::1]:0").as_deref(), Ok("Inet([[::1]:0])"));
        assert_eq!(inet("unix:/a b").as_deref(), Ok("Unix(\"/a b\")"));
        for wrong in
            ["", "80", "::1:80", "a:", "a:-1", "a:+1", "a:65536", "[::1:80", "[a]:1", "unix:", "unix:a\0"]
        {
            assert!(inet(wrong).is_err(), "{wrong:?}");
        }
        assert!(inet("no-such-name.invalid:80").expect_err("not in any file").contains("/etc/hosts"));
        let hosts = "10.0.0.1 a b # c\n\n::2 a\nx y\n10.0.0.1 A";
        assert_eq!(names("a", hosts), [IpAddr::from([10, 0, 0, 1]), "::2".parse().expect("an address")]);
        assert!(names("c", hosts).is_empty());
        assert_eq!(names("localhost", hosts).len(), 2);
    }
}
