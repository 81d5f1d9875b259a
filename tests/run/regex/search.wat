;; Searching, groups, replacing, splitting; positions count characters.
(ns user (:use [wat.regex :as regex]))

(defn re [pattern <- String] -> regex/Regex (unwrap (regex/regex pattern)))

(defn main [] -> nil
  (let [word (re "\\p{L}+")
        date (re "(?<y>\\d{4})-(?<m>\\d\\d)(-(?<d>\\d\\d))?")]
    (println (regex/find word "…añb c"))
    (println (regex/find word "123"))
    (println (map :text (regex/find-all word "añb, c; ☃ d")))
    (println (regex/match? (re "(?i)^ABC$") "abc"))
    (println (regex/match? (re "^a$") "ba"))
    (println (regex/captures date "on 2026-01 and 2026-02-03"))
    (println (map (fn [groups] (count (keep identity groups))) (regex/captures-all date "2026-01 2026-02-03")))
    (println (regex/names date))
    (println (regex/named date "on 2026-01"))
    (println (regex/replace date "$m/${y}$$" "2026-01, 2025-12"))
    (println (regex/replace-first date "<$0>" "2026-01, 2025-12"))
    (println (regex/replace-literal (re "b") "$0" "abc"))
    (println (regex/replace-with (fn [m] (str (:start m))) word "añb c"))
    (println (regex/split (re "\\s*,\\s*") "a , b,,c"))
    (println (regex/split (re "") "añ"))
    (println (regex/match? (re (regex/escape "a.b*[c]")) "a.b*[c]"))
    ;; Catastrophic elsewhere, linear here.
    (println (regex/match? (re "^(a+)+$") (str (reduce str "" (repeat 5000 "a")) "b")))
    (println (:pattern date))))
