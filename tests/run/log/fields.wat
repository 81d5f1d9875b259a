(ns fields (:use [wat.log :as log]))

(defn shown [line <- (Option LogLine)] -> nil
  (match line
    ((Some (LogLine/Logged e))
     (println (tuple (:level e) (:path e) (:namespace e) (:message e) (:trace e) (:fields e))))
    ((Some (LogLine/Text path text)) (println (tuple path text)))
    (None (println :end))))

(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n]
    (with-log {:order n}
      (log-info "shop" "both" {:step 1})
      (with-log {:order (inc n)}
        (log/warn "shop" "inner" {:took (millis n)}))
      (log-error "shop" "own" {:order 0}))
    (log/info "shop" "none" nil)
    (log/info "shop" "data" [n])
    (eprintln "plain")
    (ignore (attempt (fn [] (with-log {:left :behind} (panic! "no")))))
    (log/info "shop" "after" nil)
    n)))

(defn main [] -> nil
  (let [p     (spawn-process worker)
        lines (logs p)]
    (unwrap (call p 7))
    (unwrap (wait p))
    (dotimes [_ 8] (shown (recv lines)))))
