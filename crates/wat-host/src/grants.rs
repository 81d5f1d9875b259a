//! Grants as text, from the library's words and from the command line, to the kernel's authority.
//!
//! A word is what a grant is of and its object: `fs-read /data`. Not here: what a grant lets through.

use std::path::PathBuf;
use wat_edn::Value;
use wat_kernel::{Authority, Grant};

/// The authority that the words say; none is all that the spawner may.
pub fn of_words(words: &[String]) -> Result<Option<Authority>, String> {
    let mut grants = Vec::new();
    let mut spawn = true;
    let mut inherit = false;
    for word in words {
        match word.as_str() {
            "inherit" => inherit = true,
            "no-spawn" => spawn = false,
            _ => {
                let (of, object) = word.split_once(' ').unwrap_or((word, ""));
                grants.push(grant(of, object)?);
            }
        }
    }
    match inherit {
        false => Ok(Some(Authority::of(grants, spawn))),
        true if spawn => Ok(None),
        true => Err(
            "(inherit) is all that the spawner may, starting processes included: leave out `:spawn false`, \
                     or name the grants"
                .to_string(),
        ),
    }
}

/// The authority of a text like `[(fs-read "/data") (net-listen 8080)]`; `:no-spawn` withholds processes.
pub fn of_text(text: &str) -> Result<Authority, String> {
    let value = Value::parse(text.as_bytes()).map_err(|e| format!("not EDN: {e}"))?;
    let Value::Vector(items) = value else {
        return Err("authority is a vector of grants: [(fs-read \"/data\") (net-listen 8080)]".to_string());
    };
    let mut words = Vec::new();
    for item in &items {
        words.push(match item {
            Value::Keyword(word) if word == "no-spawn" => "no-spawn".to_string(),
            Value::List(parts) => match parts.as_slice() {
                [Value::Symbol(of), Value::Str(object)] => format!("{of} {object}"),
                [Value::Symbol(of), Value::Int(port)] => format!("{of} {port}"),
                _ => return Err(format!("{item} is no grant: a grant has a name and one object")),
            },
            other => return Err(format!("{other} is no grant")),
        });
    }
    let authority = of_words(&words)?.expect("the text has no word for all");
    match authority.grants().iter().find(|grant| matches!(grant, Grant::Run(_))) {
        Some(run) => Err(format!(
            "{run}: a program that is narrowed as a whole has no commands, for they are started by who is not narrowed; \
             grant it to a process that the program spawns, and leave the program its authority"
        )),
        None => Ok(authority),
    }
}

fn grant(of: &str, object: &str) -> Result<Grant, String> {
    let named = |what: &str| format!("({of} \"{object}\"): {what}");
    let path = |text: &str| match text {
        "" => Err(named("a path is not empty")),
        text if text.contains('\0') => Err(named("a path has no zero byte")),
        text => Ok(PathBuf::from(text)),
    };
    match of {
        "fs-read" => path(object).map(Grant::Read),
        "fs-write" => path(object).map(Grant::Write),
        "run" => match object {
            "" => Err(named("a command has a name")),
            text if text.contains('\0') => Err(named("a command's name has no zero byte")),
            text => Ok(Grant::Run(text.to_string())),
        },
        "net-listen" => match object.parse() {
            Ok(port) => Ok(Grant::Listen(port)),
            Err(_) => Err(format!("(net-listen {object}): a port is a number from 0 to 65535")),
        },
        "net-connect" => {
            if let Some(at) = object.strip_prefix("unix:") {
                return path(at).map(Grant::ConnectUnix);
            }
            let (host, port) = object
                .rsplit_once(':')
                .ok_or_else(|| named("`host:port`, where each may be `*`, or `unix:/path`"))?;
            let port = match port {
                "*" => None,
                port => Some(port.parse().map_err(|_| named("a port is a number from 0 to 65535, or `*`"))?),
            };
            let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
            match host {
                "" => Err(named("a host is a name, an address or `*`")),
                "*" => Ok(Grant::Connect(None, port)),
                host => Ok(Grant::Connect(Some(host.to_lowercase()), port)),
            }
        }
        _ => Err(format!("{of} is no grant; there are fs-read, fs-write, net-connect, net-listen and run")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_are_read_as_they_are_written() {
        let text = r#"[(fs-read "/data") (fs-write "/out") (net-connect "db:5432") (net-connect "*:443")
            (net-connect "[::1]:80") (net-connect "unix:/run/x") (net-listen 8080) :no-spawn]"#;
        let authority = of_text(text).expect("each is a grant");
        let said: Vec<String> = authority.grants().iter().map(ToString::to_string).collect();
        for grant in &said {
            assert!(text.contains(grant.as_str()), "{grant}");
        }
        assert!(said.len() == 7 && !authority.may_spawn());
    }

    #[test]
    fn what_is_no_grant_says_why() {
        for (text, why) in [
            ("(fs-read \"/\")", "vector"),
            ("[fs-read]", "no grant"),
            ("[(fs-raed \"/\")]", "there are fs-read"),
            ("[(fs-read \"\")]", "not empty"),
            ("[(net-listen 70000)]", "65535"),
            ("[(run \"\")]", "has a name"),
            ("[(run \"git\")]", "(run \"git\"): a program that is narrowed"),
            ("[(net-connect \"host\")]", "host:port"),
            ("[(net-connect \"host:http\")]", "65535"),
            ("[", "EDN"),
        ] {
            let said = of_text(text).expect_err(text);
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
