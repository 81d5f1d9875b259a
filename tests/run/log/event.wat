;; An event is a value of a type of the library: who reads logs takes it apart as any other.
(ns event)

(defn line [e <- LogEvent] -> String
  (str (:level e) " " (:namespace e) " " (:message e)))

(defn main [] -> nil
  (println (map line [])))
