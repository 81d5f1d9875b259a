;; Meets strangers: a line `[word end]` spawns one that does as the word says, asks it once, ends it as told, and answers
;; how both went: `[call's kind, end's kind, signal, exit]`.
(ns peers)

(defn main [] -> nil
  (match (readln -> (Tuple String keyword))
    ((Some (tuple word end)) (do (println (meet (spawn-process (stranger word)) end)) (main)))
    (None nil)))

(defn meet [p <- (Peer i64 i64)  end <- keyword] -> (Tuple keyword keyword (Option i64) (Option i64))
  (let [called (call p 1 {:timeout (millis 400)})
        ended  (match end
                 (:wait (wait p))
                 (:stop (stop p))
                 (_     (kill p)))]
    (match ended
      ((Ok _)  (tuple (kind-of called) :well None None))
      ((Err c) (tuple (kind-of called) (:kind c) (:signal c) (:exit c))))))

(defn kind-of [r <- (Result i64 Crash)] -> keyword
  (match r ((Ok _) :ok) ((Err c) (:kind c))))

(defn stranger "The word stands in the boot record, where the stranger finds it." [word <- String] -> (Program i64 i64)
  (fn {:in i64 :out i64} [] (println (count word))))
