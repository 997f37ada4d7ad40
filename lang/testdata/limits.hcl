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
  limits {
    rows_per_second = 20000
    parallel        = 4
    window          = "22:00-05:00 Europe/London"
  }
}
mapping "where" {
  from {
    source = source.sqlite.shop
    table  = "b"
  }
  to {
    target = target.sqlite.copy
    table  = "b"
  }
  limits {
    parallel = 1.5                       # want invalid-value "a whole number from 1 to 1000"
    window   = "22:00-05:00 Europe/Lodon" # want unknown-zone "no time zone "Europe/Lodon""
    pace     = 5                         # want unknown-attribute "It may hold"
  }
  limits {} # want duplicate-block "one block limits"
}
mapping "when" {
  from {
    source = source.sqlite.shop
    table  = "c"
  }
  to {
    target = target.sqlite.copy
    table  = "c"
  }
  limits {
    rows_per_second = -1                # want invalid-value "a whole number"
    window          = "22:00-22:00 UTC" # want invalid-value "ends as it begins"
  }
}
mapping "how" {
  from {
    source = source.sqlite.shop
    table  = "d"
  }
  to {
    target = target.sqlite.copy
    table  = "d"
  }
  limits {
    rows_per_second = "many"             # want invalid-value "a whole number"
    window          = "22:00-05:00 Local" # want unknown-zone "no time zone "Local""
  }
  parallel = 3 # want unknown-attribute "belongs into a block limits"
}
