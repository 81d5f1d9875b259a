;; Clojure's own reader of EDN as the oracle tests use it; as reader.py, in one JVM for all texts.
(require '[clojure.edn :as edn] '[clojure.string :as string])

(def hexes (java.util.HexFormat/of))
(defn hexed [^String text] (.formatHex hexes (.getBytes text "UTF-8")))

(defn drawn [v]
  (cond
    (nil? v)     "nil"
    (boolean? v) (str v)
    (instance? Long v) (str "i" v)
    (instance? clojure.lang.BigInt v) (str "n" v)
    (double? v)  (if (Double/isNaN v) "fnan" (format "f%016x" (Double/doubleToRawLongBits v)))
    (decimal? v) (str "d" (.unscaledValue ^BigDecimal v) "/" (.scale ^BigDecimal v))
    (ratio? v)   (str "r" v)
    (string? v)  (str "s" (hexed v))
    (char? v)    (str "c" (Integer/toHexString (int v)))
    (keyword? v) (str "k" (hexed (subs (str v) 1)))
    (symbol? v)  (str "y" (hexed (str v)))
    (uuid? v)    (str "u" (string/replace (str v) "-" ""))
    (instance? java.sql.Timestamp v)
    (str "@" (+ (* 1000000000N (Math/floorDiv (.getTime ^java.sql.Timestamp v) 1000)) (.getNanos ^java.sql.Timestamp v)))
    (tagged-literal? v) (str "#" (hexed (str (:tag v))) " " (drawn (:form v)))
    (vector? v)  (str "[" (string/join " " (map drawn v)) "]")
    (set? v)     (str "#{" (string/join " " (sort (map drawn v))) "}")
    (map? v)     (str "{" (string/join " " (sort (map (fn [[k x]] (str (drawn k) " " (drawn x))) v))) "}")
    (sequential? v) (str "(" (string/join " " (map drawn v)) ")")
    :else (throw (ex-info (str (class v)) {}))))

(defn line [text]
  (-> text (string/replace "\\" "\\\\") (string/replace "\n" "\\n") (string/replace "\r" "\\r") (string/replace "\t" "\\t")))

(def options {:default tagged-literal :readers {'inst clojure.instant/read-instant-timestamp}})

(defn answer [text]
  (try
    (let [v (edn/read-string options text)]
      (str "ok\t" (line (drawn v)) "\t" (line (binding [*print-namespace-maps* false] (pr-str v)))))
    (catch Throwable e (str "err\t" (line (str (.getSimpleName (class e)) ": " (.getMessage e)))))))

(let [in  (java.io.BufferedReader. (java.io.InputStreamReader. System/in "UTF-8"))
      out (java.io.PrintWriter. (java.io.OutputStreamWriter. System/out "UTF-8"))]
  ;; Only LF ends a line here: `readLine` would end one at CR as well.
  (loop [text (StringBuilder.)]
    (let [c (.read in)]
      (cond
        (neg? c) nil
        (= c 10) (do (.print out (str (answer (str text)) "\n")) (recur (StringBuilder.)))
        :else    (recur (.append text (char c))))))
  (.flush out))
