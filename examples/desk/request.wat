;; The request node: of `GET /path?query HTTP/1.1` the path. A request is a method in capitals, a target that
;; begins with `/`, and a protocol that begins with `HTTP/`.
(ns desk.request
  (:use [wat.string :only [split chars starts-with?]]))

(defn node {:in (Vector String) :out (Vector (Option String))} [] -> nil
  (serve (fn [texts] (map path-of texts))))

(defn path-of [text <- String] -> (Option String)
  (match (split " " text)
    ([method target protocol]
     :when (and (method? method) (starts-with? target "/") (starts-with? protocol "HTTP/"))
     (first (split "?" target)))
    (_ None)))

(defn method? [text <- String] -> bool
  (and (not= text "") (every? (fn [c] (and (>= c \A) (<= c \Z))) (chars text))))
