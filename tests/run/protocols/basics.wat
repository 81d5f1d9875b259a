;; One protocol for structs, enums, an alias, scalars and compounds of the language; docstrings; several parameters.
(defstruct Disc [r <- f64])
(defenum Shape Dot (Box [w <- f64  h <- f64]))
(defalias Row (Vector i64))

(defprotocol Sized
  "What has a size."
  (size "How large it is." [self <- Self] -> f64)
  (scaled "As large as `k` of it." [self <- Self  k <- f64] -> Self))

(extend Disc Sized
  (size [d] (* 3.0 (:r d) (:r d)))
  (scaled [d k] (with d :r (* k (:r d)))))
(extend Shape Sized
  (size [s] (match s (Shape/Dot 0.0) ((Shape/Box w h) (* w h))))
  (scaled [s k] (match s (Shape/Dot s) ((Shape/Box w h) (Shape/Box (* k w) h)))))
(extend i64 Sized (size [n] (f64 n)) (scaled [n k] (i64 (* k (f64 n)))))
(extend f64 Sized (size [x] x) (scaled [x k] (* k x)))
(extend Row Sized
  (size [xs] (f64 (count xs)))
  (scaled [xs k] (map (fn [x] (scaled x k)) xs)))
(extend bool Sized (size [b] (if b 1.0 0.0)) (scaled [b _] b))
(extend (Tuple i64 i64) Sized
  (size [(tuple a b)] (f64 (* a b)))
  (scaled [(tuple a b) k] (tuple (scaled a k) (scaled b k))))
(extend nil Sized (size [_] 0.0) (scaled [n k] n))

(defn main [] -> nil
  (println (size (Disc 2.0)))
  (println (scaled (Disc 2.0) 1.5))
  (println (size (Shape/Box 2.0 3.0)))
  (println (scaled (Shape/Box 2.0 3.0) 2.0))
  (println (size Shape/Dot))
  (println (size 7))
  (println (scaled 7 2.0))
  (println (scaled 7.0 0.5))
  (println (size [1 2 3]))
  (println (scaled [1 2 3] 10.0))
  (println (size true))
  (println (size (tuple 6 7)))
  (println (scaled (tuple 6 7) 2.0))
  (println (size nil)))
