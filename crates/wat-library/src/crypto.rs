//! `wat.crypto`: hashes, message authentication, sealing, passwords, signatures, and bytes as text, by RustCrypto's crates.
//! Randomness is not here: whoever needs a nonce or a salt is given it.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text, value_rows};

value_rows! {
    crypto_sha256(mem, bytes) => text::make_bytes(mem, &Sha256::digest(text::bytes(bytes)));
    crypto_sha512(mem, bytes) => text::make_bytes(mem, &Sha512::digest(text::bytes(bytes)));
    crypto_blake3(mem, bytes) => text::make_bytes(mem, blake3::hash(text::bytes(bytes)).as_bytes());
    crypto_hmac_sha256(mem, key, bytes) => {
        // Any length of key is taken.
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(text::bytes(key)).map_err(defect)?;
        mac.update(text::bytes(bytes));
        text::make_bytes(mem, &mac.finalize().into_bytes())
    };
    crypto_hmac_sha512(mem, key, bytes) => {
        let mut mac = <Hmac<Sha512> as hmac::KeyInit>::new_from_slice(text::bytes(key)).map_err(defect)?;
        mac.update(text::bytes(bytes));
        text::make_bytes(mem, &mac.finalize().into_bytes())
    };
    crypto_same(_mem, a, b) => Ok(u64::from(bool::from(text::bytes(a).ct_eq(text::bytes(b)))));
    crypto_encode(mem, alphabet, bytes) => text::make_string(mem, &match alphabet {
        HEX => HEXLOWER.encode(text::bytes(bytes)),
        URL => BASE64URL_NOPAD.encode(text::bytes(bytes)),
        _ => BASE64.encode(text::bytes(bytes)),
    });
    crypto_decode(mem, alphabet, string, result) => {
        let string = text::bytes(string);
        let read = match alphabet {
            HEX => HEXLOWER_PERMISSIVE.decode(string),
            URL => BASE64URL_NOPAD.decode(string),
            _ => BASE64.decode(string),
        };
        bytes_option(mem, DescRef(result as u32), read.ok())
    };
    crypto_seal(mem, key, nonce, extra, plain) => {
        let (cipher, nonce) = (cipher(key)?, text::bytes(nonce));
        let nonce = XNonce::try_from(nonce).map_err(|_| wrong("a nonce", 24, nonce.len()))?;
        let payload = Payload { msg: text::bytes(plain), aad: text::bytes(extra) };
        let sealed = cipher.encrypt(&nonce, payload)
            .map_err(|_| Fail::new("limit", "the text is too long to be sealed"))?;
        let mut out = nonce.to_vec();
        out.extend_from_slice(&sealed);
        text::make_bytes(mem, &out)
    };
    crypto_open(mem, key, extra, sealed, result) => {
        let (cipher, sealed) = (cipher(key)?, text::bytes(sealed));
        let plain = sealed.split_at_checked(24).and_then(|(nonce, msg)| {
            let nonce = XNonce::try_from(nonce).ok()?;
            cipher.decrypt(&nonce, Payload { msg, aad: text::bytes(extra) }).ok()
        });
        bytes_option(mem, DescRef(result as u32), plain)
    };
    crypto_password_hash(mem, password, salt) => {
        let hash = Argon2::default()
            .hash_password_with_salt(text::bytes(password), text::bytes(salt))
            .map_err(|error| Fail::new("invalid", format!("the password cannot be hashed: {error}")))?;
        text::make_string(mem, &hash.to_string())
    };
    crypto_password_verify(_mem, password, hash) => {
        let same = Argon2::default().verify_password(text::bytes(password), text::str(hash));
        Ok(u64::from(same.is_ok()))
    };
    crypto_public_key(mem, secret) => text::make_bytes(mem, signing(secret)?.verifying_key().as_bytes());
    crypto_sign(mem, secret, message) => {
        text::make_bytes(mem, &signing(secret)?.sign(text::bytes(message)).to_bytes())
    };
    crypto_verify(_mem, public, signature, message) => {
        let key = <[u8; 32]>::try_from(text::bytes(public)).ok().and_then(|k| VerifyingKey::from_bytes(&k).ok());
        let signature = Signature::from_slice(text::bytes(signature)).ok();
        let same = key.zip(signature).is_some_and(|(key, s)| key.verify_strict(text::bytes(message), &s).is_ok());
        Ok(u64::from(same))
    };
}

/// Alphabets by number; any other is base64.
const HEX: u64 = 0;
const URL: u64 = 2;

fn defect(error: impl std::fmt::Display) -> Fail {
    Fail::new("defect", error.to_string())
}

fn wrong(what: &str, expected: usize, found: usize) -> Fail {
    Fail::new("invalid", format!("{what} has {expected} bytes, this has {found}"))
}

fn bytes_option(mem: Mem, desc: DescRef, bytes: Option<Vec<u8>>) -> Result<u64, Fail> {
    let bytes = bytes.map(|bytes| text::make_bytes(mem, &bytes)).transpose()?;
    sum::option(mem, desc, bytes)
}

fn cipher(key: u64) -> Result<XChaCha20Poly1305, Fail> {
    let key = text::bytes(key);
    XChaCha20Poly1305::new_from_slice(key).map_err(|_| wrong("a key for sealing", 32, key.len()))
}

fn signing(secret: u64) -> Result<SigningKey, Fail> {
    let secret = text::bytes(secret);
    let seed = <[u8; 32]>::try_from(secret).map_err(|_| wrong("a key for signing", 32, secret.len()))?;
    Ok(SigningKey::from_bytes(&seed))
}
