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
lookup "table" {
  source = source.sqlite.shop # want not-in-this-version "CSV file"
  table  = "codes"            # want not-in-this-version "CSV file"
}
lookup "odd" {
  values  = {}
  default = ["x"] # want invalid-value "the word error"
}
lookup "empty" {
  file = "" # want invalid-value "cannot be empty"
}
