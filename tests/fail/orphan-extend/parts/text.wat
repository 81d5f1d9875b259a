(ns orphan-extend.parts.text)
(defprotocol Text (text [self <- Self] -> String))
