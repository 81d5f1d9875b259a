;; A pattern is refused with its place, or searches: what it finds is in the text, and the pieces between are the rest. The
;; first line of an input is the pattern, what follows the text.
(ns user (:use [wat.regex :as regex] [wat.string :as string]))

(defn searched [re <- regex/Regex  text <- String] -> String
  (let [found (regex/find-all re text)]
    (doseq [m found] (assert (= (subs text (:start m) (:end m)) (:text m))))
    (assert (= (map (fn [m] (:start m)) (regex/find re text)) (map (fn [m] (:start m)) (first found))))
    (assert (= (regex/match? re text) (not (empty? found))))
    (assert (= (regex/replace-with (fn [m] (:text m)) re text) text))
    (assert (= (regex/replace re "$0" text) text))
    (assert (= (count (regex/split re text)) (+ 1 (count found))))
    (assert (= (count (regex/captures-all re text)) (count found)))
    (if (empty? found) "accepted" "accepted")))

(defn answer [input <- String] -> String
  (let [at      (unwrap-or (index-of input "\n") (count input))
        pattern (subs input 0 at)
        text    (subs input (min (count input) (+ at 1)))]
    (assert (regex/match? (unwrap (regex/regex (regex/escape text))) text))
    (match (regex/regex pattern 100000)
      ((Ok re) (searched re text))
      ((Err e) (do (assert (and (> (:line e) 0) (> (:column e) 0))) "refused")))))

(defn main {:in String :out String} [] -> nil (serve answer))
