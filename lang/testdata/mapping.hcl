variable "pw" {
  default   = "hunter2"
  sensitive = true
}
source "sqlite" "shop" {
  path = "shop.db"
}
source "sqlite" "spare" {
  for_each = ["a"] # want invalid-value "takes a map"
  path     = "x.db"
}
target "postgres" "scr" {
  url = secret("env://SCR")
}
mapping "none" { # want missing-block "a block from" want missing-block "a block to"
}
mapping "words" {
  from {
    source = source.sqlite.shop
    table  = "a"
    where  = "src.a > 1 &&" # want cel-syntax ""
    key    = ["a"]          # want conflicting-attributes "belongs to a query"
    tabel  = "x"            # want unknown-attribute "Did you mean "table"?"
  }
  to {
    target = target.postgres.scr
    table  = "a"
    mode   = "upsrt"          # want invalid-value "Did you mean "upsert"?"
    share  = {}               # want not-in-this-version "no other mapping writes"
    schema = "x"              # want conflicting-attributes "many tables"
    names  = "snake_case"     # want conflicting-attributes "many tables"
    key    = []               # want invalid-value "empty list"
  }
  from {} # want duplicate-block "one block from"
  params = 5                  # want invalid-value "values by name"
  tags   = ["a", "a"]         # want invalid-value "twice"
  depends_on = "x"            # want invalid-value "a list of mappings and modules"
  ref "x" {}                  # want missing-attribute "mapping" want missing-attribute "on"
  filter "x" {}               # want missing-attribute "kind" want missing-attribute "lookup" want missing-attribute "key"
  control "x" {}              # want missing-attribute "sum"
  override "x" {}             # want conflicting-attributes "for one of many tables"
  limits {
    rows_per_second = 0.5                    # want invalid-value "a whole number from 1 to 1000000000"
    parallel        = 0                      # want invalid-value "a whole number from 1 to 1000"
    window          = "22:00 to 5:00 UTC"    # want invalid-value "22:00-05:00 Europe/London"
  }
  governance {}
  tags {}                     # want unknown-block "is an attribute"
  chek "x" {}                 # want unknown-block "Did you mean "check"?"
  check "c" {
    expect   = "agg.count() > 0"
    severity = "fatal"        # want invalid-value "It is one of "info", "warn" or "block""
    message  = "${mapping.words.rows} rows" # want not-in-this-version "without it"
  }
  check "c" {} # want duplicate-name "a check "c""
  check "d" {} # want missing-attribute "expect"
  check {}     # want wrong-labels "takes 1"
  reconcile {
    columns = "all" # want invalid-value "takes "*""
  }
  lifecycle {
    strategy        = "sideways"    # want invalid-value "shadow_swap"
    rollback_window = "72 hours"    # want invalid-value "such as "72h""
    on_target_drift = "mend"        # want invalid-value "report"
    max_rejects     = "0.00001%"    # want invalid-value "four decimals"
    max_row_drift   = "101%"        # want invalid-value "100%"
  }
}
mapping "mirror" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "b"
    mode   = "scd2" # want not-in-this-version "history"
  }
  lifecycle {
    max_rejects = -1 # want invalid-value "number of rows"
  }
}
mapping "refs" {
  from {
    source = source.sqlite.shp # want unknown-source "Did you mean "source.sqlite.shop"?"
    table  = "a"
    tables = ["*"]             # want conflicting-attributes "Remove one of the two"
  }
  to {
    target = target.mysql.other # want unknown-target "There is target.postgres.scr."
    table  = "c"                # want conflicting-attributes "names no target table"
  }
}
mapping "address" {
  from {
    source = "source.sqlite.shop" # want invalid-reference "write source = source.sqlite.shop"
    except = ["x"]                # want conflicting-attributes "leaves tables out"
    table  = null                 # want invalid-value "cannot be null"
  }
  to { # want missing-attribute "target = target.postgres.scr"
    table = "" # want invalid-value "cannot be empty"
  }
}
mapping "many" {
  from {
    source = source.sqlite.shop
    tables = ["a[", "b"] # want invalid-value "is no pattern"
    except = []          # want invalid-value "empty list"
  }
  to {
    target = target.postgres.scr
    names  = "camel" # want invalid-value "snake_case"
  }
  field "x" { # want conflicting-attributes "takes every column"
    from = "x"
  }
}
mapping "each" {
  for_each = toset(["a"])
  from {
    source = each.value # want invalid-reference "takes the address of a source"
    table  = "a"
  }
  to { # want missing-attribute "table = "NAME""
    target = module.x.t # want unknown-module "Declare it"
  }
}
mapping "spare" {
  from {
    source = source.sqlite.spare
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "d"
  }
  params = { pw = var.pw } # want sensitive-value "take sensitive = true off"
}
