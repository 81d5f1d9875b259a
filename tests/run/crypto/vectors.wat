;; Published vectors: FIPS 180-4, the BLAKE3 paper, RFC 4231, RFC 4648, RFC 8032, and what must not open or verify.
(ns user (:use [wat.crypto :as crypto] [wat.string :as string :only [to-bytes from-bytes]]))

(defn bytes [hex <- String] -> Bytes (unwrap (crypto/from-hex hex)))

(defn main [] -> nil
  (println (crypto/hex (crypto/sha256 (to-bytes "abc"))))
  (println (crypto/hex (crypto/sha512 (to-bytes "abc"))))
  (println (crypto/hex (crypto/blake3 (to-bytes ""))))
  (println (crypto/hex (crypto/hmac-sha256 (to-bytes "Jefe") (to-bytes "what do ya want for nothing?"))))
  (println (crypto/hex (crypto/hmac-sha512 (to-bytes "Jefe") (to-bytes "what do ya want for nothing?"))))
  (println (map (fn [text] (crypto/base64 (to-bytes text))) ["" "f" "fo" "foo" "foob" "fooba" "foobar"]))
  (println (map crypto/from-base64 ["Zg" "Zg==" "Zh==" "Z g=" "####"]))
  (println (map crypto/from-base64url ["_-8" "_-8=" "/+8"]))
  (println (map crypto/from-hex ["0aF" "0aFf" "0g"]))
  (let [secret (bytes "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        public (crypto/public-key secret)
        none   (to-bytes "")
        signed (crypto/sign secret none)]
    (println (crypto/hex public))
    (println (crypto/hex signed))
    (println (crypto/verify public signed none))
    (println (crypto/verify public signed (to-bytes "x")))
    (println (crypto/verify none signed none))
    (let [key    (crypto/random-bytes 32)
          sealed (crypto/seal key (to-bytes "extra") (to-bytes "plain"))]
      (println (count sealed))
      (println (mapcat from-bytes (crypto/open key (to-bytes "extra") sealed)))
      (println (crypto/open key (to-bytes "other") sealed))
      (println (crypto/open (crypto/random-bytes 32) (to-bytes "extra") sealed))
      (println (crypto/open key (to-bytes "extra") (to-bytes "short")))
      (println (map-err :message (attempt (fn [] (crypto/seal (to-bytes "k") none none)))))))
  (let [hash (crypto/hash-password "correct horse")]
    (println (crypto/password? "correct horse" hash))
    (println (crypto/password? "wrong horse" hash))
    (println (not= hash (crypto/hash-password "correct horse"))))
  (println (crypto/same? (to-bytes "abc") (to-bytes "abc")))
  (println (= (crypto/token) (crypto/token)))
  (println (map-err :kind (attempt (fn [] (crypto/random-bytes -1))))))
