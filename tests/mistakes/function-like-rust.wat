fn double(x: i64) -> i64 {
  x * 2
}

(println (double 4))
