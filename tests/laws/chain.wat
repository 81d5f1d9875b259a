;; A chain of so many nodes below the root, each with its child's pipes and its own: `chain.wat DEPTH`. A line is
;; answered by the lowest, through all of them.
(ns chain)

(defn main [] -> nil
  (match (map parse-i64 (args))
    ([(Some depth)] (link depth))
    (_ (panic! "usage: chain.wat DEPTH"))))

(defn node [depth <- i64] -> (Program i64 i64)
  (fn {:in i64 :out i64} [] (link depth)))

(defn link [depth <- i64] -> nil
  (if (= depth 0)
    (serve (fn [n] (* 2 n)))
    (let [below (spawn-process (node (- depth 1)))]
      (serve (fn [n] (unwrap (call below n) "the node below"))))))
