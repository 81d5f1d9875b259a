;; Three levels in a minute:
;;
;;     wat examples/tree.wat < examples/tree.in
;;
;;             counter            reads sentences, prints how many words each has and the longest of them
;;            ┌───┴───┐
;;          words   longest       a server each
;;                    │
;;                  length        measures one word
;;
;; A program reads what it is asked with `readln` and answers with `println`; `serve` is that loop. Spawned as a
;; process it is a server with a typed handle. Ask it something it cannot read, and this file does not compile.

(defn words "How many words a sentence has." {:in String :out i64} [] -> nil
  (serve (fn [sentence] (count (split-words sentence)))))

(defn longest "The longest word of a sentence." {:in String :out String} [] -> nil
  (let [measurer (spawn-process length)]
    (serve (fn [sentence]
      (unwrap (max-by (fn [word] (measure measurer word)) (split-words sentence)) "a sentence without words")))))

(defn length "How long a word is." {:in String :out i64} [] -> nil
  (serve (fn [word] (count word))))

(defn measure [p <- (Peer String i64)  word <- String] -> i64
  (unwrap (call p word) "the measurer is gone"))

(defn split-words [sentence <- String] -> (Vector String)
  (filter (fn [word] (not= word "")) (wat.string/split " " sentence)))

(defn main [] -> nil
  (with-peers [w (spawn-process words)
               l (spawn-process longest)]
    (answer-all w l)))

(defn answer-all [w <- (Peer String i64)  l <- (Peer String String)] -> nil
  (match (readln)
    ((Some sentence)
     (do (match (tuple (call w sentence) (call l sentence))
           ((tuple (Ok n) (Ok word)) (println (tuple n word)))
           ((tuple (Err crash) _)    (println (tuple (:path crash) (:message crash))))
           ((tuple _ (Err crash))    (println (tuple (:path crash) (:message crash)))))
         (answer-all w l)))
    (None nil)))
