;; Numbers of up to 100,000 digits are written and read back; longer ones can be computed with, not written.
(ns user (:use [wat.edn :as edn] [wat.json :as json] [wat.math :as math]))

(defn power [n <- i64] -> BigInt
  (loop [i 0 base 10N result 1N k n]
    (if (= k 0) result (recur (+ i 1) (* base base) (if (= 1 (mod k 2)) (* result base) result) (quot k 2)))))

(defn back? [n <- BigInt] -> bool (= (edn/parse (edn/text n)) (Ok n)))

(defn main [] -> nil
  (println (count (edn/text (power 20000))))
  (println (back? (power 20000)))
  (println (back? (- 0N (power 99998))))
  (println (map (fn [d] (= d (decimal (power 20000)))) (edn/parse (edn/text (decimal (power 20000))))))
  (println (count (json/text (power 20000))))
  (let [huge (power 100001)]
    (println (= (mod huge 7N) (mod (power 100001) 7N)))
    (println (map-err (fn [c] (tuple (:kind c) (:message c))) (attempt (fn [] (count (edn/text huge))))))
    (println (map-err :kind (attempt (fn [] (count (str huge))))))
    (println (map-err :kind (attempt (fn [] (count (json/text huge))))))))
