;; error[bad-main]
(def main 1)
