;; Nobody grants what it does not have, and what is withheld stays withheld below.
(ns user (:use [wat.fs :as fs]))

(defn leaf {:in i64 :out i64} [] -> nil (serve inc))

(defn said [r <- (Result T Crash)] -> String
  (match r ((Ok _) "works") ((Err c) (str (:kind c) " " (:message c)))))

(defn middle {:in String :out String} [] -> nil
  (serve (fn [path] (said (call (spawn-process leaf {:authority [(fs-read path)]}) 1)))))

(defn nothing-left {:in i64 :out String} [] -> nil
  (serve (fn [_] (said (call (spawn-process leaf) 1)))))

(defn passes-on {:in String :out (Result String keyword)} [] -> nil
  (let [below (fn {:in String :out (Result String keyword)} []
                (serve (fn [path] (map-err :kind (fs/read-text path)))))]
    (let [p (spawn-process below {:authority [(inherit)]})]
      (serve (fn [path] (match (call p path) ((Ok r) r) ((Err c) (Err (:kind c)))))))))

(defn main [] -> nil
  (let [p (spawn-process middle {:authority [(fs-read "/etc")]})]
    (println (call p "/etc"))
    (println (call p "/etc/hosts"))
    (println (call p "/etc/../root"))
    (println (call p "/")))
  (println (call (spawn-process middle) "/etc"))
  (println (call (spawn-process nothing-left {:spawn false}) 1))
  (println (said (call (spawn-process leaf {:authority [(fs-read "/no/such/place")]}) 1)))
  (println (said (call (spawn-process leaf {:authority [(net-listen 70000)]}) 1)))
  (println (said (call (spawn-process leaf {:authority [(inherit)] :spawn false}) 1)))
  (println (map ok? (call (spawn-process passes-on {:authority [(fs-read "/etc/passwd")]}) "/etc/passwd")))
  (println (call (spawn-process passes-on) "/etc/passwd")))
