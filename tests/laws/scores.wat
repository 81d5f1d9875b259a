;; A node below a node, both with all that the root may, and a command of the lower one's. A line comes back through all.
(ns scores (:use [wat.process :as process]))

(defn main [] -> nil
  (with-peers [p (spawn-process upper {:authority [(inherit)]})]
    (serve (fn [n] (unwrap (call p n) "the upper node")))))

(defn upper {:in i64 :out i64} [] -> nil
  (with-peers [p (spawn-process lower {:authority [(inherit)]})]
    (serve (fn [n] (unwrap (call p n) "the lower node")))))

(defn lower {:in i64 :out i64} [] -> nil
  (with-peers [p (process/spawn-edn "cat" [] -> (Peer i64 i64))]
    (serve (fn [n] (unwrap (call p n) "the command")))))
