;; A long vector that is changed while another holds it is a tree; its slices and concatenations share what they can,
;; and both old and new stay what they are.
(defn tree [n <- i64] -> (Vector i64)
  (let [flat   (vec (range n))
        longer (conj flat n)]
    (assert (= (count flat) n))
    (subvec longer 0 n)))

(defn same? [xs <- (Vector i64)  ys <- (Seq i64)] -> bool
  (= xs (vec ys)))

(let [xs     (tree 5000)
      middle (subvec xs 33 4967)
      both   (concat middle xs middle)]
  (println [(count middle) (count both)])
  (println (same? xs (range 5000)))
  (println (same? middle (range 33 4967)))
  (println (same? both (concat (range 33 4967) (range 5000) (range 33 4967))))
  (println [(nth both 4933) (nth both 4934) (nth both 9933) (nth both 9934)])
  (let [changed (assoc (conj both -1) 9934 -2)]
    (println [(nth changed 9934) (nth both 9934) (nth changed (count both))])
    (println (= (subvec changed 0 9934) (subvec both 0 9934)))
    (println (sort (distinct (subvec changed 9930 9940)))))
  (println (count (reduce (fn [acc i] (concat acc (subvec xs i (+ i 100)))) xs (range 50))))
  (println (= (reduce + 0 xs)
              (reduce + 0 (reduce (fn [acc i] (concat acc (subvec xs (* i 100) (* (+ i 1) 100)))) [] (range 50))))))

;; Elements that are objects are kept by what holds them.
(let [words (map str (tree 3000))
      more  (conj words "end")
      part  (subvec more 1000 2900)
      both  (concat part more)]
  (println [(nth part 0) (unwrap (last part)) (nth both 1900) (unwrap (last both)) (str (count words))]))
