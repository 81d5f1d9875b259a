;; run: test --filter worker FILE
;; A filter leaves the other tests out; a test may have processes of its own, which end with it.
(deftest "fails" (assert false))
(deftest "asks a worker"
  (let [p (spawn-process (fn {:in i64 :out i64} [] (serve inc)))]
    (assert-eq (Ok 2) (call p 1))))
(deftest "leaves a worker behind"
  (let [p (spawn-process (fn {:in i64 :out i64} [] (serve inc)))]
    (unwrap (send p 1) "sent")))
