;; A pattern that is none is told with its place; a pattern too large is refused.
(ns user (:use [wat.regex :as regex]))

(defn main [] -> nil
  (doseq [pattern
            ["a(b" "a\n  [z-a]" "*" "(?<n>a)(?<n>b)" "\\p{Nope}" "(?=a)" "\\1" "a{99999999999}" "a{1000}{1000}{1000}"]]
    (match (regex/regex pattern)
      ((Ok _)  (println (str pattern ": compiled")))
      ((Err e) (println (str (:line e) ":" (:column e) ": " (:message e))))))
  (println (err? (regex/regex (reduce str "" (repeat 300 "(")))))
  (println (map-err :message (map :pattern (regex/regex "\\w{50}" 1000)))))
