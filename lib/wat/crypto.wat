;; Cryptography: hashes, message authentication, sealing, passwords, signatures, and bytes as text. Keys are Bytes; whoever
;; holds them keeps them out of logs.
(ns wat.crypto)

;; ---- bytes as text

(defn encode-by {:intrinsic "crypto_encode" :private true} [alphabet <- i64  bytes <- Bytes] -> String)
(defn decode-by {:intrinsic "crypto_decode" :private true} [alphabet <- i64  text <- String] -> (Option Bytes))

(defn hex "The bytes in hexadecimal. Example: (wat.crypto/hex (wat.string/to-bytes \"wat\")) => \"776174\""
  [bytes <- Bytes] -> String
  (encode-by 0 bytes))

(defn from-hex "The bytes of a text in hexadecimal, in either case. Example: (mapcat wat.string/from-bytes (wat.crypto/from-hex \"776174\")) => \"wat\""
  [text <- String] -> (Option Bytes)
  (decode-by 0 text))

(defn base64 "The bytes in base64, padded. Example: (wat.crypto/base64 (wat.string/to-bytes \"a?>\")) => \"YT8+\""
  [bytes <- Bytes] -> String
  (encode-by 1 bytes))

(defn from-base64 "The bytes of a text in base64, padded. Example: (mapcat wat.string/from-bytes (wat.crypto/from-base64 \"YQ==\")) => \"a\""
  [text <- String] -> (Option Bytes)
  (decode-by 1 text))

(defn base64url "The bytes in the base64 of URLs and file names, without padding. Example: (wat.crypto/base64url (wat.string/to-bytes \"a?>\")) => \"YT8-\""
  [bytes <- Bytes] -> String
  (encode-by 2 bytes))

(defn from-base64url "The bytes of a text in the base64 of URLs, without padding. Example: (mapcat wat.string/from-bytes (wat.crypto/from-base64url \"YQ\")) => \"a\""
  [text <- String] -> (Option Bytes)
  (decode-by 2 text))

;; ---- hashes and authentication

(defn sha256 "SHA-256, 32 bytes. Example: (wat.string/starts-with? (wat.crypto/hex (wat.crypto/sha256 (wat.string/to-bytes \"abc\"))) \"ba7816bf8f01cfea\") => true"
  {:intrinsic "crypto_sha256"}
  [bytes <- Bytes] -> Bytes)

(defn sha512 "SHA-512, 64 bytes. Example: (wat.string/starts-with? (wat.crypto/hex (wat.crypto/sha512 (wat.string/to-bytes \"abc\"))) \"ddaf35a193617aba\") => true"
  {:intrinsic "crypto_sha512"}
  [bytes <- Bytes] -> Bytes)

(defn blake3 "BLAKE3, 32 bytes. Example: (wat.string/starts-with? (wat.crypto/hex (wat.crypto/blake3 (wat.string/to-bytes \"abc\"))) \"6437b3ac38465133\") => true"
  {:intrinsic "crypto_blake3"}
  [bytes <- Bytes] -> Bytes)

(defn hmac-sha256 "HMAC with SHA-256 of a message under a key of any length. Example: (count (wat.crypto/hmac-sha256 (wat.string/to-bytes \"key\") (wat.string/to-bytes \"message\"))) => 32"
  {:intrinsic "crypto_hmac_sha256"}
  [key <- Bytes  message <- Bytes] -> Bytes)

(defn hmac-sha512 "HMAC with SHA-512 of a message under a key of any length. Example: (count (wat.crypto/hmac-sha512 (wat.string/to-bytes \"key\") (wat.string/to-bytes \"message\"))) => 64"
  {:intrinsic "crypto_hmac_sha512"}
  [key <- Bytes  message <- Bytes] -> Bytes)

(defn same? "Whether the bytes are equal, in a time that depends on their length alone. Example: (wat.crypto/same? (wat.string/to-bytes \"a\") (wat.string/to-bytes \"b\")) => false"
  {:intrinsic "crypto_same"}
  [a <- Bytes  b <- Bytes] -> bool)

;; ---- randomness

(defn random-bytes
  "So many bytes, at most 1048576, that nobody can guess. Example: (count (wat.crypto/random-bytes 16)) => 16"
  {:intrinsic "crypto_random"}
  [count <- i64] -> Bytes)

(defn token "A text of 32 random bytes for URLs, 43 characters. Example: (count (wat.crypto/token)) => 43"
  [] -> String
  (base64url (random-bytes 32)))

;; ---- sealing: XChaCha20-Poly1305

(defn seal-with {:intrinsic "crypto_seal" :private true}
  [key <- Bytes  nonce <- Bytes  extra <- Bytes  plain <- Bytes] -> Bytes)

(defn seal "The bytes sealed under a key of 32 bytes: nobody without it can read or change them. `extra` is not kept; the same
  must be given to open them. The first 24 bytes are the random nonce.
  Example: (let [key (wat.crypto/random-bytes 32) none (wat.string/to-bytes \"\")] (mapcat wat.string/from-bytes (wat.crypto/open key none (wat.crypto/seal key none (wat.string/to-bytes \"wat\"))))) => \"wat\""
  [key <- Bytes  extra <- Bytes  plain <- Bytes] -> Bytes
  (seal-with key (random-bytes 24) extra plain))

(defn open "What was sealed, if it was under this key with this extra and is unchanged. Example: (wat.crypto/open (wat.crypto/random-bytes 32) (wat.string/to-bytes \"\") (wat.string/to-bytes \"forged\")) => nil"
  {:intrinsic "crypto_open"}
  [key <- Bytes  extra <- Bytes  sealed <- Bytes] -> (Option Bytes))

;; ---- passwords: Argon2id

(defn hash-with {:intrinsic "crypto_password_hash" :private true} [password <- Bytes  salt <- Bytes] -> String)
(defn verify-with {:intrinsic "crypto_password_verify" :private true} [password <- Bytes  hash <- String] -> bool)

(defn hash-password "What to keep of a password: its Argon2id hash with parameters and a random salt, slow on purpose. Example: (wat.string/starts-with? (wat.crypto/hash-password \"secret\") \"$argon2id$\") => true"
  [password <- String] -> String
  (hash-with (wat.string/to-bytes password) (random-bytes 16)))

(defn password?
  "Whether it is the password that was hashed. Example: (wat.crypto/password? \"guess\" \"no hash\") => false"
  [password <- String  hash <- String] -> bool
  (verify-with (wat.string/to-bytes password) hash))

;; ---- signatures: Ed25519

(defn public-key "The key for `verify` of a secret key of 32 random bytes. Example: (count (wat.crypto/public-key (wat.crypto/random-bytes 32))) => 32"
  {:intrinsic "crypto_public_key"}
  [secret <- Bytes] -> Bytes)

(defn sign "The signature of a message, 64 bytes. Example: (count (wat.crypto/sign (wat.crypto/random-bytes 32) (wat.string/to-bytes \"m\"))) => 64"
  {:intrinsic "crypto_sign"}
  [secret <- Bytes  message <- Bytes] -> Bytes)

(defn verify "Whether the holder of the secret key signed the message. Example: (let [secret (wat.crypto/random-bytes 32) m (wat.string/to-bytes \"m\")] (wat.crypto/verify (wat.crypto/public-key secret) (wat.crypto/sign secret m) m)) => true"
  {:intrinsic "crypto_verify"}
  [public <- Bytes  signature <- Bytes  message <- Bytes] -> bool)
