;; What the reader takes and how it refuses the rest.
(defn f [s <- String] -> String (match (parse s) ((Ok e) (str e)) ((Err e) (str (:kind e) " " (:found e)))))
(defn parse [s <- String] -> (Result Edn ReadError) (wat.edn/parse s))
(println (map f
              ["1" "-1" "+1" "01" "1.0" "1." ".5" "1e5" "1E5" "0x1F" "1/2" "1N" "1.5M" "1M" "\\a" "\\newline" "\\u0041"
               "\\ab" "\"a\\u00e9\"" "\"\\x\"" ":a" ":a/b" ":a::b" ":" "a/b" "/" "nil" "true" "#{1 1}" "{1 2 1 3}" "{1}"
               "[1" "(1 2)" "#inst \"2026-01-01\"" "#inst \"x\"" "#uuid \"zz\"" "#foo 1" "#foo/bar {:a 1}" "##Inf"
               "##Nope" "#_ 1 2" "; c\n 5" "1 2" "" "\"a" "'a" "`a" "#(f %)" "^{:a 1} b" "@a" "#\"re\"" "a,b" "\u0000"
               "1e400" "-0.0" "99999999999999999999"]))
