;; The operating system's randomness is an effect.
;; error[effect-in-def]
(def start (wat.random/seed))

(defn main [] -> nil (println start))
