source "sqlite" "shop" {
  path = "shop.db"
  table "cn" {
    cursor = { column = "AGE", kind = "sequence" } # want cursor-null "never be seen again"
  }
  table "ct" {
    cursor = { column = "NAME", kind = "sequence" } # want cursor-type "integer"
  }
  table "cx" {
    cursor = { kind = "xmin" } # want cursor-kind "cursor of kind xmin"
  }
  table "co" {
    cursor = { column = "ID", kind = "sequence", overlap = 5 } # want cursor-overlap "keep both"
  }
  table "cc" {
    cursor = { column = "ID", kind = "sequence" } # want cursor-classified "stand in plan and state in clear"
    column "ID" { classify = ["personal.id"] }
  }
}
target "sqlite" "new" {
  path = "new.db"
}
target "csv" "out" {
  path = "out"
}
lookup "prices" {
  source = source.sqlite.shop
  table  = "person"
  key    = "PRICE" # want lookup-type "A lookup holds texts"
  value  = "NAME"
}
lookup "list" { values = { "1" = "x" } }
mapping "table" {
  from {
    source = source.sqlite.shop
    table  = "persn" # want unknown-table "Did you mean "person"?"
  }
  to {
    target = target.sqlite.new
    table  = "t1"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "column" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t2"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  field "name" { from = "NAM" } # want unknown-column "Did you mean "NAME"?"
}
mapping "unknowns" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t3"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  field "a" { cel = "src.NAM" }       # want unknown-column "Did you mean "NAME"?"
  field "b" { cel = "row.NAME" }      # want unknown-name "There is nothing called "row" here"
  field "c" { cel = "param.trsut" }   # want unknown-param "trsut"
  field "d" { cel = "join.wrad.NAME" } # want unknown-join "wrad"
  field "e" { cel = "src.ID + src.NAME" } # want cel-type ""
  field "f" { cel = "src.SHAPE" }     # want unknown-type "SHAPE"
  field "g" { cel = "src.AGE > 3" }   # want null-decides "AGE"
}
mapping "casts" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t4"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  field "a" { # want no-cast "int"
    from = "NAME"
    type = int32
  }
  field "b" { # want lossy "timestamp"
    from = "SEEN"
    type = timestamp(6)
  }
  field "c" { # want null-into-not-null "null"
    from = "AGE"
    null = false
  }
}
mapping "key" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t5"
    key    = ["idd"] # want unknown-key "Did you mean "id"?"
  }
  field "id" { from = "ID" }
}
mapping "standing" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "standing"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  field "nam" { from = "NAME" }   # want unknown-target-column "Did you mean "name"?"
  field "total" { from = "PRICE" } # want generated-column "computed by the target"
  field "name" {
    from = "NAME"
    type = int32 # want type-differs "Change the field or the table"
  }
}
mapping "must" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "must" # want column-not-filled "must"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "nokey" {
  from {
    source = source.sqlite.shop
    table  = "notes"
  }
  to {
    target = target.sqlite.new
    table  = "t6"
    mode   = "upsert" # want upsert-needs-key "key"
  }
  field "text" { from = "TEXT" }
}
mapping "mode" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.csv.out
    table  = "t7"
    key    = ["id"]
    mode   = "upsert" # want mode-not-possible "append"
  }
  field "id" { from = "ID" }
}
mapping "type" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.csv.out
    table  = "t8"
  }
  field "id" { from = "ID" }
  field "a" { # want no-such-type "cannot"
    cel  = "[1, 2]"
    type = array(int64)
  }
}
mapping "twice" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t9"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "twice_too" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t9" # want table-has-two-mappings "belongs to one mapping"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "reconciled" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t10"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  reconcile { # want unknown-field "Did you mean "id"?"
    columns = ["idd"]
  }
}
mapping "filtered" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t11"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  filter "f" {
    kind   = "cohort"
    lookup = lookup.list
    key    = "src.ID" # want filter-key "text"
  }
}
mapping "controlled" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "t12"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  field "name" { from = "NAME" }
  control "c" {
    sum = ["name"] # want control-field "which is string"
  }
}
mapping "cursor_null" {
  from {
    source = source.sqlite.shop
    table  = "cn"
  }
  to {
    target = target.sqlite.new
    table  = "t_cn"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "cursor_type" {
  from {
    source = source.sqlite.shop
    table  = "ct"
  }
  to {
    target = target.sqlite.new
    table  = "t_ct"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "cursor_class" {
  from {
    source = source.sqlite.shop
    table  = "cc"
  }
  to {
    target = target.sqlite.new
    table  = "t_cc"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "glob" {
  from {
    source = source.sqlite.shop
    tables = ["x*"] # want no-table-matches "none matches"
  }
  to {
    target = target.sqlite.new
  }
}
mapping "overridden" {
  from {
    source = source.sqlite.shop
    tables = ["*.staff"]
  }
  to { # want table-has-two-mappings "both write to table x.staff"
    target = target.sqlite.new
    schema = "x"
  }
  override "staff" { # want ambiguous-table "Write the schema too"
    key = ["ID"]
  }
}
mapping "twins" {
  from {
    source = source.sqlite.shop
    tables = ["twins"] # want duplicate-field "written twice"
  }
  to {
    target = target.sqlite.new
    names  = "snake_case"
  }
}
key "people" { from = secret("env://PEOPLE_KEY") }
mapping "pseudonym" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "tk"
  }
  field "id" { cel = "pseudonym.hmac('peple', 'a')" } # want undeclared-key "Did you mean "people"?"
}
mapping "cursor_kind" {
  from {
    source = source.sqlite.shop
    table  = "cx"
  }
  to {
    target = target.sqlite.new
    table  = "cx_t"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "cursor_overlap" {
  from {
    source = source.sqlite.shop
    table  = "co"
  }
  to {
    target = target.sqlite.new
    table  = "co_t"
    mode   = "append"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "referred" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "referred"
    key    = ["id"]
  }
  field "id" { from = "ID" }
}
mapping "refers" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "refers"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  ref "two" {
    mapping = mapping.referred
    on      = ["src.ID", "src.ID"] # want ref-key ""on" has 2 expressions"
    missing = "null"
  }
  ref "text" {
    mapping = mapping.referred
    on      = "src.NAME" # want ref-type "Write an expression of that type"
    missing = "null"
  }
  ref "elsewhere" {
    mapping = mapping.mode # want ref-target "refer to a mapping into the same target"
    on      = "src.ID"
    missing = "null"
  }
}
mapping "refers_to_itself" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "refers_to_itself"
    key    = ["id"]
  }
  field "id" { from = "ID" }
  ref "before" { # want ref-cycle "mapping.refers_to_itself -> mapping.refers_to_itself"
    mapping = mapping.refers_to_itself
    on      = "src.ID"
    missing = "error"
  }
}
mapping "refers_by_key" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "refers_by_key"
    key    = ["id"]
  }
  field "name" { from = "NAME" }
  ref "id" { # want ref-needs-null "a part of the target's key"
    mapping = mapping.referred
    on      = "src.ID"
    missing = "null"
  }
}
mapping "versions" {
  from {
    source = source.sqlite.shop
    table  = "person"
  }
  to {
    target = target.sqlite.new
    table  = "versions"
    key    = ["id"]
    mode   = "history"
    history { # want history-column "Drop the field, or give the column another name"
      valid_from = "name"
    }
  }
  field "id" { from = "ID" }
  field "name" { from = "NAME" }
}
