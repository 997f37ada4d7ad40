variable "pw" {
  default   = "hunter2"
  sensitive = true
}
source "sqlite" "good" {
  path     = "shop.db"
  password = secret("env://PW")
  region   = "uk"
}
source "sqlite" "good" { # want duplicate-name "source.sqlite.good"
  path = "other.db"
}
source "sqlite" "bare" { # want missing-attribute "path"
}
source "sqlite" "wrong" {
  path     = ["a"]           # want invalid-value "a text in quotes"
  readonly = "perhaps"       # want invalid-value "true or false"
  timeout  = 1.5             # want invalid-value "a whole number"
  tables   = "x"             # want invalid-value "a list of texts"
  options  = ["x"]           # want invalid-value "texts by name"
  pasword  = "x"             # want unknown-attribute "Did you mean "password"?"
  password = secret("vault") # want invalid-secret "secret("env://NAME")"
}
source "sqlite" "leaks" {
  path     = var.pw               # want sensitive-value "would show"
  password = secret("env://${var.pw}") # want sensitive-value "would show"
  region   = secret("env://X")    # want secret-misplaced "takes a secret"
}
source "sqlite" "shows" {
  path = secret("env://X") # want secret-misplaced "takes no secret"
}
source "sqlite" "kind" {
  path     = "x.db"
  password = secret("vault://x") # want invalid-secret "not known to this version"
}
source "sqlite" "nulls" {
  path     = null # want invalid-value "cannot be null"
  readonly = null
}
source "sqlite" "refused" {
  path = "refused" # want provider-config "no file of that name"
}
source "sqlserver" "pas" { # want not-in-this-version "does not reach"
  host = "x"
}
source "sqlit" "x" {} # want unknown-provider "Did you mean "sqlite"?"
source "nothing" "x" {} # want unknown-provider "The kinds are"
target "postgres" "scr" {
  url      = secret("file://scr.url")
  operator = "x"  # want invalid-value "takes an object"
  at_rest  = {}
  tls      = true # want invalid-value "write tls = { network"
  table "a" {
    retention = { years = 8 }
    contract  = {}            # want invalid-value "is written { version = 2 }"
    owner     = "x"
    cursor    = { column = "a", kind = "sequence" } # want invalid-value "Remove it from the target"
    column "x" { # want type-not-declarable "from the mapping"
      type = int32
    }
  }
}
target "postgres" "each" {
  for_each = ["a"] # want invalid-value "toset(["a", "b"])"
  url      = secret("env://U")
}
