;; A bank ledger: transfers between accounts, each of them whole or not at all.
;;
;; The books are the state of one process, and a step is a pure function from books to books: a transfer that fails has
;; changed nothing, because the new books were never returned. What a customer may do wrong is a value (`Refused`); what
;; must never happen (money from nowhere) is an assertion.
(ns ledger)

(defalias Books (Map String Decimal))

(defenum Order
  (Open     [account <- String])
  (Deposit  [account <- String  amount <- Decimal])
  (Transfer [from <- String  to <- String  amount <- Decimal])
  (Balance  [account <- String])
  Audit)

(defenum Receipt
  Done
  (Holds   [amount <- Decimal])
  (Total   [accounts <- i64  amount <- Decimal])
  (Refused [why <- String]))

(defn account "What the account holds." [books <- Books  name <- String] -> (Result Decimal String)
  (ok-or (get books name) (str "no account " name)))

(defn positive "The amount, if it can be moved." [amount <- Decimal] -> (Result Decimal String)
  (if (> amount 0M) (Ok amount) (Err (str "cannot move " amount))))

(defn deposit [books <- Books  name <- String  amount <- Decimal] -> (Result Books String)
  (let [held   (try (account books name))
        amount (try (positive amount))]
    (Ok (assoc books name (+ held amount)))))

(defn transfer [books <- Books  from <- String  to <- String  amount <- Decimal] -> (Result Books String)
  (let [held (try (account books from))
        left (- held (try (positive amount)))]
    (if (< left 0M)
      (Err (str from " has only " held))
      (deposit (assoc books from left) to amount))))

(defn settled "The next books with their receipt; the old books where there are none."
  [books <- Books  next <- (Result Books String)] -> (Tuple Books Receipt)
  (match next
    ((Ok next) (tuple next Receipt/Done))
    ((Err why) (tuple books (Receipt/Refused why)))))

(defn total [books <- Books] -> Decimal (reduce + 0M (vals books)))

(defn step [books <- Books  order <- Order] -> (Tuple Books Receipt)
  (match order
    ((Order/Open name)
     (settled books (if (contains? books name) (Err (str name " is open")) (Ok (assoc books name 0M)))))
    ((Order/Deposit name amount) (settled books (deposit books name amount)))
    ((Order/Transfer from to amount)
     (let [(tuple after receipt) (settled books (transfer books from to amount))]
       (assert (= (total books) (total after)))
       (tuple after receipt)))
    ((Order/Balance name)
     (tuple books (match (account books name)
                    ((Ok held) (Receipt/Holds held))
                    ((Err why) (Receipt/Refused why)))))
    (Order/Audit (tuple books (Receipt/Total (count books) (total books))))))

(defn bank {:in Order :out Receipt} [] -> nil
  (serve-state {} step))

(defn main {:in Order :out Receipt} [] -> nil
  (with-peers [p (spawn-process bank)]
    (serve (fn [order] (unwrap (call p order) "the bank is gone")))))
