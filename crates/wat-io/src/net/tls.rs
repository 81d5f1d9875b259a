//! Whom TLS trusts and by what a server shows who it is; and its errors in words that say what is wrong. The cryptography is
//! ring's, for which rustls is asked by name: no other may join.

use crate::error::{Refusal, Told};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore, ServerConfig};
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The only protocol that is spoken within.
const HTTP: &[u8] = b"http/1.1";

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A client that trusts the certificates in the file, or Mozilla's list where none is given.
pub fn client(call: &'static str, roots: Option<(&str, &Path)>) -> Result<Arc<ClientConfig>, Refusal> {
    static PUBLIC: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let Some((name, path)) = roots else {
        if let Some(config) = PUBLIC.get() {
            return Ok(config.clone());
        }
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = trusting(roots).map_err(|e| refused(call, "roots", &e))?;
        return Ok(PUBLIC.get_or_init(|| config).clone());
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(call, name, path)? {
        roots.add(certificate).map_err(|e| refused(call, name, &e))?;
    }
    trusting(roots).map_err(|e| refused(call, name, &e))
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, Error> {
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(Arc::new(config))
}

/// A server that shows the chain in one file, whose key is in the other.
pub fn server(
    call: &'static str,
    certificate: (&str, &Path),
    key: (&str, &Path),
) -> Result<Arc<ServerConfig>, Refusal> {
    let chain = certificates(call, certificate.0, certificate.1)?;
    let bytes = std::fs::read(key.1).map_err(|e| Refusal::system(call, key.0, &e))?;
    let secret = PrivateKeyDer::from_pem_slice(&bytes)
        .map_err(|e| Refusal::new("invalid", call, key.0, format!("there is no private key in PEM: {e}")))?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret));
    let mut config = config.map_err(|e| refused(call, key.0, &e))?;
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(Arc::new(config))
}

fn certificates(
    call: &'static str,
    name: &str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let bytes = std::fs::read(path).map_err(|e| Refusal::system(call, name, &e))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(Refusal::new("invalid", call, name, "there is no certificate in PEM")),
        Err(e) => Err(Refusal::new("invalid", call, name, format!("not certificates in PEM: {e}"))),
    }
}

pub fn refused(call: &'static str, object: &str, error: &Error) -> Refusal {
    let (kind, why) = words(error);
    Refusal::new(kind, call, object, why)
}

pub fn told(kind: &'static str, why: impl Into<String>) -> io::Error {
    io::Error::other(Told { kind, why: why.into() })
}

pub fn failed(error: &Error) -> io::Error {
    let (kind, why) = words(error);
    told(kind, why)
}

fn words(error: &Error) -> (&'static str, String) {
    use CertificateError as C;
    let why = match error {
        Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => {
            "the peer's certificate has expired".to_string()
        }
        Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            "the peer's certificate is not valid yet".to_string()
        }
        Error::InvalidCertificate(C::NotValidForNameContext { expected, presented }) => {
            let all: Vec<String> = presented.iter().map(|name| plain(name)).collect();
            format!("the peer's certificate is for {}, not for {}", all.join(", "), expected.to_str())
        }
        Error::InvalidCertificate(C::NotValidForName) => {
            "the peer's certificate is for another name".to_string()
        }
        Error::InvalidCertificate(C::UnknownIssuer) => {
            "the peer's certificate comes from an issuer that is not trusted".to_string()
        }
        Error::InvalidCertificate(C::Revoked) => "the peer's certificate has been revoked".to_string(),
        Error::InvalidCertificate(other) => format!("the peer's certificate is not good: {other}"),
        Error::AlertReceived(alert) => return ("refused", format!("the peer refuses TLS: {alert:?}")),
        Error::InvalidMessage(_) => return ("malformed", "the peer does not speak TLS".to_string()),
        Error::InconsistentKeys(_) => {
            return ("invalid", "the key is not that of the certificate".to_string());
        }
        other => return ("malformed", format!("TLS: {other}")),
    };
    ("untrusted", why)
}

/// `DnsName("a")` and `IpAddress(…)`, as rustls shows what a certificate has.
fn plain(name: &str) -> String {
    name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name).replace('"', "")
}
