(ns levels (:use [wat.log :as log]))

(defn main [] -> nil
  (println (map (fn [ns] (log/level-of "warn, shop=debug,shop.cart=error" ns))
                ["a" "shop" "shop.till" "shop.cart" "shopping"]))
  (println (map (fn [s] (log/level-of s "a")) ["" "loud" "off" "a=b=c,debug" "error,warn"]))
  (println (log/enabled? :debug "a"))
  (log/debug "a" "not written" nil))
