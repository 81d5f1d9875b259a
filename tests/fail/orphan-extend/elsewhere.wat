(ns orphan-extend.elsewhere
  (:use [orphan-extend.parts.text :only [Text]]
        [orphan-extend.parts.money :only [Money]]))
(defstruct Purse [of <- Money])
(extend Purse Text (text [p] (text (:of p))))
;; error[orphan-extend]
(extend Money Text (text [m] (str (:cents m))))
;; error[orphan-extend]
(extend i64 Text (text [n] (str n)))
;; error[orphan-extend]
(extend (Vector Purse) Text (text [ps] (str (count ps))))
(defn main [] -> nil (println (text (Purse (Money 1)))))
