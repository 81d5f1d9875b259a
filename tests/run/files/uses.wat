;; Three files: aliases, names brought, full names, private helpers, colon paths.
(ns files.uses
  (:use [files.shop.cart :as cart :only [Item]]
        [files.shop.money :only [euros]]))

(defn main [] -> nil
  (let [items [(Item "pen" (euros 2)) (cart/Item "ink" 350)]]
    (println (cart/total items))
    (println items)
    (println (files.shop.money/euros 3))
    (println (:files::shop::money::euros 4))
    (println (map cart/describe [(cart.State/Open items) cart.State/Paid]))))
