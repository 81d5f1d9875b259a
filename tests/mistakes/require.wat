(ns user (:require [wat.string :as s]))
(println (s/upper "a"))
