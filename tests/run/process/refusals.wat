;; Commands that cannot be started say so at their first use, with the step and the reason.
(ns refusals (:use [wat.process :as process] [wat.fs :as fs]))

(defn show [name <- String  crash <- Crash] -> nil
  (println (tuple name (:kind crash) (:data crash))))

(defn refuse [name <- String  command <- String  args <- (Vector String)  options <- process/Options] -> nil
  (match (call (process/spawn-lines command args options) "x")
    ((Err crash) (show name crash))
    ((Ok answer) (panic! "it ran" answer))))

(defn script [dir <- String  name <- String  text <- String  mode <- i64] -> String
  (let [path (str dir "/" name)]
    (unwrap (fs/write-text path text))
    (unwrap (fs/set-mode mode path))
    path))

(defn main [] -> nil
  (println (process/which "no such command"))
  (refuse "missing" "no-such" [] {:env {"PATH" "/nowhere"}})
  (refuse "missing path" "/no/such" [] {})
  (refuse "nothing" "" [] {})
  (refuse "a directory" "/tmp" [] {})
  (refuse "not executable" "/etc/passwd" [] {})
  (refuse "a zero byte" "cat" ["a" "b\u0000c"] {})
  (refuse "a variable" "cat" [] {:env {"A=B" "c"}})
  (refuse "no directory" "cat" [] {:directory "/no/such/directory"})
  (unwrap (fs/with-temp-dir (fn [dir]
    (do (refuse-script "no interpreter" (script dir "a" "#!/no/such/interpreter -x\n" 448))
        (refuse-script "no program" (script dir "b" "just text\n" 448)))))))

(defn refuse-script "The directory's name differs from run to run." [name <- String  path <- String] -> nil
  (match (process/run path [])
    ((Err crash) (println (tuple name (:kind crash) (wat.string/replace (:message crash) path "SCRIPT"))))
    ((Ok out)    (panic! "it ran" (:exit out)))))
