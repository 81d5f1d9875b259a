;; What supervision is told, as values of its types: what a map leaves out is absent.
(ns user (:use [wat.supervisor :as keep :only [supervise child service children retry retry-budget]]))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))

(defn rules [] -> keep/SupervisorOptions {:strategy :rest-for-one :restarts 5})
(defn kept [name <- String] -> keep/ChildOptions {:name name :tier :thread})
(defn at-once [] -> keep/ServiceOptions {:when-down :fail})
(defn named [name <- String] -> keep/Child (child doubler (kept name)))
(defn told [c <- keep/ChildStatus] -> String (str (:name c) " " (:state c) " " (:restarts c)))

(defn tight [] -> keep/BudgetOptions {:percent 0 :least 1})

;; Two requests share one further attempt: the second finds none left.
(defn attempts [budget <- keep/RetryBudget] -> (Result i64 Crash)
  (retry {:attempts 3 :backoff (millis 1) :budget budget} (fn [] (do (eprintln :asked) (attempt (fn [] (/ 1 0)))))))

(defn main [] -> nil
  (println [(:strategy (rules)) (:when-down (at-once)) (:tier (kept "one"))])
  (println (:backoff (rules)))
  (let [sup (supervise (rules) (named "one") (named "two"))]
    (println (map told (unwrap (children sup) "children")))
    (println (call (service sup doubler {:name "two" :when-down :fail}) 21)))
  (let [budget (retry-budget (tight))]
    (println (map-err :kind (attempts budget)))
    (println (map-err :kind (attempts budget)))))
