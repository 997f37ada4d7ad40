source "sqlite" "shop" {
  path = "shop.db"
}
target "sqlite" "copy" {
  path = "copy.db"
}
mapping "good" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.sqlite.copy
    table  = "a"
  }
  control "episodes" {
    sum       = ["EPISODES"]
    by        = ["WARD_ID"]
    tolerance = "0.01"
  }
  control "episodes" { # want duplicate-name "a control "episodes" already"
    sum = ["EPISODES"]
  }
  control "all" {
    sum       = []      # want invalid-value "empty list"
    tolerance = "0,5"   # want invalid-value "a decimal number from 0"
  }
  control "some" {
    sum       = ["A"]
    by        = ["B", "B"] # want invalid-value "twice"
    tolerance = "-1"       # want invalid-value "a decimal number from 0"
    total     = 5          # want unknown-attribute "It may hold"
  }
  control {} # want wrong-labels "takes 1"
}
