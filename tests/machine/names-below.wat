;; As names.wat, with the connection made three levels down by a process that was granted the address alone; `stop` before
;; an address stops that process while it waits (crates/wat/tests/names.rs).
(ns user (:use [wat.net :as net] [wat.string :as string]))

(defn dial {:in String :out String} [] -> nil
  (serve (fn [to]
    (match (net/connect to {:timeout (seconds 20)})
      ((Ok s)  (:peer s))
      ((Err e) (:message e))))))

(defn pass {:in String :out String} [] -> nil
  (serve (fn [to]
    (with-peers [p (spawn-process dial {:authority [(net-connect to)]})] (unwrap (call p to) "an answer")))))

(defn deep {:in String :out String} [] -> nil
  (serve (fn [to]
    (with-peers [p (spawn-process pass {:authority [(net-connect to)]})] (unwrap (call p to) "an answer")))))

(defn cut [to <- String] -> String
  (with-peers [p (spawn-process dial {:authority [(net-connect to)]})]
    (ignore (send p to))
    (sleep (millis 300))
    (match (stop p)
      ((Ok _)  "stopped")
      ((Err c) (str (:kind c))))))

(defn main {:in String :out String} [] -> nil
  (serve (fn [line]
    (if (string/starts-with? line "stop ")
      (cut (nth (string/split " " line) 1))
      (with-peers [p (spawn-process deep {:authority [(net-connect line)]})]
        (unwrap (call p line) "an answer"))))))
