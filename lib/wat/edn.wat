;; EDN text to values and back. `edn` and `from-edn`, between values and the type Edn, are prelude.
(ns wat.edn)

(defn text "The value as one line of EDN. Example: (wat.edn/text [1 2]) => \"[1 2]\""
  {:intrinsic "to_text" :where [(Wire T)]}
  [v <- T] -> String)

(defn parse "The one value that the text holds, at the type the place expects. Example: (map inc (wat.edn/parse \"41\")) => #wat.core/Ok 42"
  {:intrinsic "read_edn" :where [(Wire T)]}
  [text <- String] -> (Result T ReadError))
