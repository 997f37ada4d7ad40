source "sqlite" "shop" {
  path = "shop.db"
}
target "sqlite" "copy" {
  path = "copy.db"
}
lookup "out" {
  values = { "1" = "asked" }
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
  filter "ndoo" {
    kind   = "ndoo"
    lookup = lookup.out
    key    = "src.NHS_NO"
    as_of  = "2026-11-20"
  }
  filter "ndoo" { # want duplicate-name "a filter "ndoo" already"
    kind   = "ndoo"
    lookup = lookup.out
    key    = "src.NHS_NO"
  }
}
mapping "wrong" {
  from {
    source = source.sqlite.shop
    table  = "b"
  }
  to {
    target = target.sqlite.copy
    table  = "b"
  }
  filter "a" {
    kind   = "ndo"               # want invalid-value "Did you mean "ndoo"?"
    lookup = lookup.outt         # want unknown-lookup "Did you mean"
    key    = "src.NHS_NO in"     # want cel-syntax ""
    as_of  = "20.11.2026"        # want invalid-value "takes a day"
  }
  filter "b" {
    kind   = "cohort"
    lookup = "lookup.out"        # want invalid-reference "without quotes"
    key    = "src.${"x"}"        # want cel-interpolation ""
    list   = "x"                 # want unknown-attribute "It may hold"
  }
  filter "c" {
    kind   = "cohort"
    lookup = lookup.out.x        # want invalid-reference "lookup.NAME"
    key    = ""                  # want invalid-value "empty"
  }
  filter {} # want wrong-labels "takes 1"
}
