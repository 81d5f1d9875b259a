;; EDN text to values and back, and what can be asked of an `Edn` whose type nobody knows. `edn` and `from-edn`, between
;; values and the type Edn, are prelude.
(ns wat.edn)

(defn text "The value as one line of EDN. Example: (wat.edn/text [1 2]) => \"[1 2]\""
  {:intrinsic "to_text" :where [(Wire T)]}
  [v <- T] -> String)

(defn parse "The one value that the text holds, at the type the place expects. Example: (map inc (wat.edn/parse \"41\")) => #wat.core/Ok 42"
  {:intrinsic "read_edn" :where [(Wire T)]}
  [text <- String] -> (Result T ReadError))

(defn parse-all "All the values that the text holds one after another; an error's way begins with the number of the value. Example: (= (wat.edn/parse-all \"2 1 ; one\") (Ok [2 1])) => true"
  {:intrinsic "edn_read_all" :where [(Wire T)]}
  [text <- String] -> (Result (Vector T) ReadError))

(defn laid-out {:intrinsic "edn_pretty" :private true :where [(Wire T)]} [v <- T  width <- i64] -> String)

(defn pretty "The value as EDN over lines of at most 80 characters, where its parts allow it. Example: (wat.edn/pretty [1 2]) => \"[1 2]\""
  {:where [(Wire T)]}
  [v <- T] -> String
  (laid-out v 80))

(defn pretty-within
  "`pretty` with lines of so many characters. Example: (wat.edn/pretty-within 4 [10 20]) => \"[10\\n 20]\""
  {:where [(Wire T)]}
  [width <- i64  v <- T] -> String
  (laid-out v width))

;; ---- of an Edn

(defn type "What kind of value it is: one of `:nil :bool :i64 :f64 :bigint :decimal :char :string :keyword :symbol :bytes
  :instant :duration :uuid :vector :list :map :set :tagged`. Example: (wat.edn/type (edn [1])) => :vector"
  {:intrinsic "edn_kind"}
  [e <- Edn] -> keyword)

(defn get-edn {:intrinsic "edn_get" :private true} [e <- Edn  key <- Edn] -> (Option Edn))

(defn get "What a map holds under the key, a vector or list at the position, a set of the element. Example: (wat.edn/get (edn {:a 1}) :a) => #wat.core/Some 1"
  {:where [(Wire K)]}
  [e <- Edn  key <- K] -> (Option Edn)
  (get-edn e (edn key)))

(defn at "What is found by one key after another. Example: (wat.edn/at (edn {:a [5 6]}) [:a 1]) => #wat.core/Some 6"
  [e <- Edn  path <- (Vector Edn)] -> (Option Edn)
  (reduce (fn [found key]
            (match found
              (None None)
              ((Some inner) (get-edn inner key))))
          (Some e)
          path))

(defn items "The elements of a vector, list or set. Example: (map count (wat.edn/items (edn [1 2]))) => 2"
  {:intrinsic "edn_items"}
  [e <- Edn] -> (Option (Vector Edn)))

(defn entries "The keys and values of a map. Example: (wat.edn/entries (edn {:a 1})) => [[:a 1]]"
  {:intrinsic "edn_entries"}
  [e <- Edn] -> (Option (Vector (Tuple Edn Edn))))

(defn tag
  "The tag of a tagged value, without its `#`. Example: (wat.edn/tag (edn (attempt (fn [] 1)))) => \"wat.core/Ok\""
  {:intrinsic "edn_tag"}
  [e <- Edn] -> (Option String))

(defn untagged "What is tagged. Example: (wat.edn/untagged (edn (attempt (fn [] 1)))) => #wat.core/Some 1"
  {:intrinsic "edn_untagged"}
  [e <- Edn] -> (Option Edn))

(defn null? "Whether it is nil. Example: (wat.edn/null? (edn nil)) => true"
  [e <- Edn] -> bool
  (= (type e) :nil))

(defn as-bool "The bool, if it is one. Example: (wat.edn/as-bool (edn true)) => true"
  [e <- Edn] -> (Option bool)
  (if (= (type e) :bool) (ok (from-edn e -> bool)) None))

(defn as-i64 "The i64, if it is one. Example: (wat.edn/as-i64 (edn 5)) => 5"
  [e <- Edn] -> (Option i64)
  (if (= (type e) :i64) (ok (from-edn e -> i64)) None))

(defn as-f64 "The f64, if it is one, or an i64 that is one exactly. Example: (wat.edn/as-f64 (edn 1.5)) => 1.5"
  [e <- Edn] -> (Option f64)
  (if (or (= (type e) :f64) (= (type e) :i64)) (ok (from-edn e -> f64)) None))

(defn as-string "The String, if it is one. Example: (wat.edn/as-string (edn :a)) => nil"
  [e <- Edn] -> (Option String)
  (if (= (type e) :string) (ok (from-edn e -> String)) None))

(defn as-keyword "The keyword, if it is one. Example: (wat.edn/as-keyword (edn :a)) => :a"
  [e <- Edn] -> (Option keyword)
  (if (= (type e) :keyword) (ok (from-edn e -> keyword)) None))
