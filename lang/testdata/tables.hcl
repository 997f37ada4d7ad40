source "sqlite" "shop" {
  path = "shop.db"
  table "t" {
    key    = ["a", "a"] # want invalid-value "twice"
    cursor = { column = "a", kind = "rowid" } # want invalid-value "kind is"
    kee    = 1 # want unknown-attribute "Did you mean "key"?"
    column "a" { # want type-not-declarable "knows the types"
      type          = int64
      classify      = []  # want invalid-value "empty list"
      justification = "x"
    }
    column "a" {} # want duplicate-name "written twice"
    column {}     # want wrong-labels "takes 1"
  }
  table "t" {} # want duplicate-name "Put both blocks into one"
  table {}     # want wrong-labels "takes 1"
  table "u" {
    cursor = { column = "a", kind = "rowversion" } # want not-in-this-version "sequence"
    key    = [""] # want invalid-value "empty text"
  }
  table "v" {
    cursor = { column = "a", kind = "sequence", set_by = "database" } # want invalid-value "set_by"
  }
  table "w" {
    cursor = "a" # want invalid-value "is written"
  }
  table "x" {
    cursor = { colum = "a", kind = "sequence" } # want invalid-value "is written"
  }
  table "y" {
    cursor = { column = "a" } # want invalid-value "is written"
  }
}
source "csv" "files" {
  path = "in"
  table "good.csv" {
    key = ["id"]
    column "id" { type = int64 }
    column "price" { type = decimal(12, 2) }
  }
  table "bad.csv" {
    column "x" { type = string }
    column "y" { type = json } # want provider-config "no file holds json"
  }
}
