;; A program may be a closure: what it captured goes with it.
(defstruct Config [factor <- i64  names <- (Map i64 String)])
(defn server [c <- Config] -> (Program i64 String)
  (fn {:in i64 :out String} []
    (serve (fn [n] (str (get (:names c) n "?") " " (* n (:factor c)))))))
(defn main [] -> nil
  (let [c (Config 10 {1 "one"})
        greeting "hi"
        a (spawn-process (server c))
        b (spawn-thread (server (with c :factor 100)))
        d (spawn-process (fn {:in String :out String} [] (serve (fn [s] (str greeting " " s)))))]
    (println [(call a 1) (call a 2)])
    (println [(call b 1) (call b 2)])
    (println (call d "there"))))
