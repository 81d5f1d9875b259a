//! The parts of `http://host:port/path?query`, and where a redirect leads.

use super::client::CALL;
use crate::error::Refusal;
use rustls::pki_types::ServerName;

#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Target {
    /// By https.
    pub secure: bool,
    /// As a Host header has it.
    pub authority: String,
    /// As `connect` takes it.
    pub address: String,
    pub path: String,
}

impl Target {
    pub fn parse(url: &str) -> Result<Target, Refusal> {
        let invalid = |why: &str| Refusal::new("invalid", CALL, url, why);
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return Err(invalid("an address begins with http:// or https://"));
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if authority.is_empty() || authority.contains('@') {
            return Err(invalid("an address has a host, and no user before it"));
        }
        let plain = |text: &str| text.bytes().all(|b| b > b' ' && b < 0x7f);
        if !plain(authority) || !plain(path) {
            return Err(invalid("letters beyond ASCII, spaces and controls are written as %XX"));
        }
        let port = match authority.ends_with(']') || !authority.contains(':') {
            true if secure => ":443",
            true => ":80",
            false => "",
        };
        let path = if path.starts_with('?') { format!("/{path}") } else { path.to_string() };
        Ok(Target { secure, authority: authority.to_string(), address: format!("{authority}{port}"), path })
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// Whom a certificate must name.
    pub fn name(&self) -> Result<ServerName<'static>, Refusal> {
        let host = self.address.rsplit_once(':').map_or(self.address.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        let invalid = |_| Refusal::new("invalid", CALL, &self.address, "no certificate can name such a host");
        ServerName::try_from(host.to_string()).map_err(invalid)
    }

    /// Where a Location header points.
    pub fn join(&self, location: &str) -> Result<Target, Refusal> {
        let scheme = self.scheme();
        if location.starts_with('/') && !location.starts_with("//") {
            return Target::parse(&format!("{scheme}://{}{location}", self.authority));
        }
        if location.starts_with("//") {
            return Target::parse(&format!("{scheme}:{location}"));
        }
        if location.contains("://") {
            return Target::parse(location);
        }
        let path = self.path.split('?').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Target::parse(&format!("{scheme}://{}{folder}/{location}", self.authority))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_host_a_port_and_a_path() {
        let parts = |url: &str| {
            Target::parse(url)
                .map(|t| format!("{} {} {} {}", t.scheme(), t.authority, t.address, t.path))
                .map_err(|e| e.kind)
        };
        assert_eq!(parts("http://a"), Ok("http a a:80 /".to_string()));
        assert_eq!(parts("HTTP://a:81?q#f"), Ok("http a:81 a:81 /?q".to_string()));
        assert_eq!(parts("http://[::1]/x"), Ok("http [::1] [::1]:80 /x".to_string()));
        assert_eq!(parts("https://a"), Ok("https a a:443 /".to_string()));
        assert_eq!(parts("https://a:1/"), Ok("https a:1 a:1 /".to_string()));
        for wrong in ["", "a", "ftp://a", "http://", "http://u@a", "http://a/ b", "http://a\r\nb: c/"] {
            assert_eq!(parts(wrong), Err("invalid"), "{wrong:?}");
        }
        let at = Target::parse("http://a:1/x/y?q").expect("an address");
        for (location, wanted) in
            [("/z", "a:1/z"), ("z", "a:1/x/z"), ("//b/z", "b/z"), ("http://b:2", "b:2/"), ("?p", "a:1/x/?p")]
        {
            let joined = at.join(location).map(|t| format!("{}{}", t.authority, t.path));
            assert_eq!(joined.map_err(|e| e.kind), Ok(wanted.to_string()), "{location}");
        }
        let safe = Target::parse("https://a/").expect("an address");
        assert!(safe.join("/b").is_ok_and(|t| t.secure) && safe.join("//b").is_ok_and(|t| t.secure));
    }

    #[test]
    fn a_certificate_names_the_host_alone() {
        let name = |url: &str| {
            let name = Target::parse(url).and_then(|target| target.name()).map_err(|e| e.kind);
            name.map(|name| name.to_str().into_owned())
        };
        assert_eq!(name("https://a.example:1/"), Ok("a.example".to_string()));
        assert_eq!(name("https://127.0.0.1/"), Ok("127.0.0.1".to_string()));
        assert_eq!(name("https://[::1]:2/"), Ok("::1".to_string()));
        assert_eq!(name("https://-/"), Err("invalid"));
    }
}
