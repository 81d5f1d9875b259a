//! Where names are looked up: the hosts file first, then the name servers of resolv.conf(5). A static executable has no part
//! in the C library's resolution, so both files are read here, at each look-up. How servers are asked is in `dns.rs`.

use super::dns::{self, Answer};
use super::wait::Purpose;
use crate::error::{Refusal, Trouble};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Another file may stand for each: the variables name it.
const HOSTS: (&str, &str) = ("WAT_HOSTS", "/etc/hosts");
const RESOLV_CONF: (&str, &str) = ("WAT_RESOLV_CONF", "/etc/resolv.conf");
/// As many servers are asked as the C library asks.
const MOST_SERVERS: usize = 3;
/// The longest name in a message of DNS, as text.
const LONGEST: usize = 253;

/// What resolv.conf says.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    pub servers: Vec<SocketAddr>,
    search: Vec<String>,
    ndots: usize,
    /// For one answer of one server.
    pub timeout: Duration,
    /// Rounds of all servers.
    pub attempts: u32,
}

impl Settings {
    /// Lines that say nothing known say nothing. A server may have a port: `127.0.0.1:5300`, `[::1]:5300`.
    pub fn parse(text: &str) -> Settings {
        let mut settings = Settings {
            servers: Vec::new(),
            search: Vec::new(),
            ndots: 1,
            timeout: Duration::from_secs(5),
            attempts: 2,
        };
        for line in text.lines() {
            let mut words = line.split(['#', ';']).next().unwrap_or_default().split_whitespace();
            match (words.next(), words) {
                (Some("nameserver"), mut words) => settings.servers.extend(words.next().and_then(server)),
                (Some("search" | "domain"), words) => {
                    settings.search = words.map(|word| word.trim_matches('.').to_string()).collect();
                    settings.search.retain(|domain| !domain.is_empty());
                }
                (Some("options"), words) => words.for_each(|word| settings.option(word)),
                _ => {}
            }
        }
        settings.servers.truncate(MOST_SERVERS);
        if settings.servers.is_empty() {
            settings.servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53));
        }
        settings
    }

    /// Numbers over the C library's bounds are those bounds.
    fn option(&mut self, word: &str) {
        let number = |text: &str, most: u32| text.parse().ok().map(|n: u32| n.min(most));
        match word.split_once(':') {
            Some(("ndots", n)) => self.ndots = number(n, 15).map_or(self.ndots, |n| n as usize),
            Some(("timeout", n)) => {
                self.timeout =
                    number(n, 30).map_or(self.timeout, |n| Duration::from_secs(u64::from(n).max(1)));
            }
            Some(("attempts", n)) => self.attempts = number(n, 5).map_or(self.attempts, |n| n.max(1)),
            _ => {}
        }
    }

    /// The whole names that a name may stand for, in the order in which they are asked for.
    fn candidates(&self, name: &str) -> Vec<String> {
        if let Some(whole) = name.strip_suffix('.') {
            return vec![whole.to_string()];
        }
        let mut all: Vec<String> = self.search.iter().map(|domain| format!("{name}.{domain}")).collect();
        let whole_first = name.matches('.').count() >= self.ndots;
        all.insert(if whole_first { 0 } else { all.len() }, name.to_string());
        all
    }
}

fn server(word: &str) -> Option<SocketAddr> {
    // An interface behind an address (`fe80::1%eth0`) has no meaning here.
    let ip = |text: &str| text.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53));
    ip(word).or_else(|| word.parse().ok())
}

fn file((variable, standard): (&str, &str)) -> String {
    let path = std::env::var_os(variable).unwrap_or_else(|| standard.into());
    // A machine without the file has nothing to say in it.
    std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The addresses of a host, in the order in which they are tried; at least one.
pub fn look_up(to: &Purpose, host: &str) -> Result<Vec<IpAddr>, Trouble> {
    let label = |part: &str| {
        !part.is_empty()
            && part.len() < 64
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let plain = host.strip_suffix('.').unwrap_or(host);
    if plain.len() > LONGEST || !plain.split('.').all(label) {
        let why = "a name has letters, digits, `-` and `_` between dots, 63 bytes at most, 253 in all";
        return Err(to.refuse("invalid", why).into());
    }
    let found = hosts(plain, &file(HOSTS));
    if !found.is_empty() {
        return Ok(found);
    }
    if !to.waiter.authority().is_whole() {
        let why = "a root narrowed by --authority asks no name server: give an address, or a name of the hosts file";
        return Err(to.refuse("permission-denied", why).into());
    }
    let settings = Settings::parse(&file(RESOLV_CONF));
    for name in settings.candidates(host) {
        match dns::ask(to, &settings, &name)? {
            Answer::Found(mut found) => {
                found.sort_by_key(IpAddr::is_ipv6);
                return Ok(found);
            }
            Answer::NoName | Answer::NoAddress => {}
        }
    }
    Err(unknown(to, host, &settings).into())
}

fn unknown(to: &Purpose, host: &str, settings: &Settings) -> Refusal {
    let asked: Vec<String> = settings.servers.iter().map(SocketAddr::to_string).collect();
    let tried = settings.candidates(host);
    let also = if tried.len() > 1 { format!(", tried as {}", tried.join(", ")) } else { String::new() };
    let why = format!(
        "no host has the name {host}: not in the hosts file, nor known to {}{also}",
        asked.join(", ")
    );
    to.refuse("not-found", why)
}

/// The addresses of a name in the text of a hosts file; `localhost` and what ends in it are known without one.
fn hosts(host: &str, text: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(Ok(ip)) = words.next().map(str::parse) else { continue };
        if words.any(|name| name.eq_ignore_ascii_case(host)) && !found.contains(&ip) {
            found.push(ip);
        }
    }
    let local = host.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"));
    if found.is_empty() && local {
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
    fn a_hosts_file_gives_all_addresses_of_a_name_v4_first() {
        let text = "::1 a # b\n10.0.0.1 b A\nnonsense a\n10.0.0.1 a\n# 10.0.0.2 a\n";
        let ips = |name: &str| hosts(name, text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(ips("a"), ["10.0.0.1", "::1"]);
        assert_eq!(ips("B"), ["10.0.0.1"]);
        assert_eq!(ips("c"), Vec::<String>::new());
        assert_eq!(ips("LOCALHOST"), ["127.0.0.1", "::1"]);
        assert_eq!(ips("x.localhost"), ["127.0.0.1", "::1"]);
    }

    #[test]
    fn resolv_conf_says_whom_to_ask_for_what_and_how_long() {
        let read = Settings::parse(
            "# a comment\nnameserver 10.0.0.1 ; first\nnameserver [::1]:5300\nnameserver nonsense\n\
             domain old\nsearch a.example. b.example\noptions ndots:2 timeout:99 attempts:0 rotate\n",
        );
        let wanted = Settings {
            servers: vec!["10.0.0.1:53".parse().expect("v4"), "[::1]:5300".parse().expect("v6")],
            search: vec!["a.example".to_string(), "b.example".to_string()],
            ndots: 2,
            timeout: Duration::from_secs(30),
            attempts: 1,
        };
        assert_eq!(read, wanted);
        assert_eq!(read.candidates("x.y"), ["x.y.a.example", "x.y.b.example", "x.y"]);
        assert_eq!(read.candidates("x.y.z"), ["x.y.z", "x.y.z.a.example", "x.y.z.b.example"]);
        assert_eq!(read.candidates("x."), ["x"]);
        assert_eq!(Settings::parse("").servers, ["127.0.0.1:53".parse().expect("v4")]);
    }
}
