(ns user (:use [wat.crypto :as crypto] [wat.string :as string]))

(println (crypto/sha256 "abc"))
(println (string/upper (crypto/sha256 (string/to-bytes "abc"))))
