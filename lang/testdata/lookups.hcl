lookup "good" {
  values  = { "1" = "one", "2" = 2 }
  default = null
}
lookup "file" {
  file    = "codes.csv"
  key     = "code"
  default = "unknown"
}
lookup "good" { # want duplicate-name "lookup.good"
  values = {}
}
lookup "twice" {
  values = { "1" = "a", "1" = "b" } # want duplicate-key "stands at line"
}
lookup "neither" { # want missing-attribute "file = "codes.csv""
}
lookup "both" {
  values = {}
  file   = "codes.csv" # want conflicting-attributes "not both"
}
lookup "absent" {
  file = "absent.csv" # want file-not-read "absent.csv cannot be read"
}
lookup "key" {
  values = {}
  key    = "x" # want conflicting-attributes "names a column of a file"
}
lookup "list" {
  values = ["a"] # want invalid-value "texts by key"
}
lookup "nested" {
  values = { a = ["x"] } # want invalid-value "is no text"
}
source "sqlite" "shop" {
  path = "shop.db"
}
lookup "table" {
  source = source.sqlite.shop
  table  = "codes"
  key    = "CODE"
  value  = "NAME"
}
lookup "half" { # want missing-attribute "the column with the codes"
  source = source.sqlite.shop
  table  = "codes"
  value  = "NAME"
}
lookup "blind" { # want missing-attribute "what they stand for"
  source = source.sqlite.shop
  table  = "codes"
  key    = "CODE"
}
lookup "bare" { # want missing-attribute "table = "NAME""
  source = source.sqlite.shop
  key    = "CODE"
  value  = "NAME"
}
lookup "nowhere" { # want missing-attribute "source = source.sqlite.shop"
  table = "codes"
  key   = "CODE"
  value = "NAME"
}
lookup "wrong_source" {
  source = source.sqlite.shopp # want unknown-source "Did you mean "source.sqlite.shop""
  table  = "codes"
  key    = "CODE"
  value  = "NAME"
}
lookup "two" {
  file   = "codes.csv" # want conflicting-attributes "no two of them"
  source = source.sqlite.shop
  table  = "codes"
  key    = "CODE"
  value  = "NAME"
}
lookup "odd" {
  values  = {}
  default = ["x"] # want invalid-value "the word error"
}
lookup "empty" {
  file = "" # want invalid-value "cannot be empty"
}
