source "sqlite" "shop" {
  path = "shop.db"
  table "a" { key = ["id"] }
}
source "csv" "files" {
  path = "files"
  table "people" {
    key = ["ID"]
    column "ID" { type = int64 }
    column "BORN" { type = date }
    column "PAID" { type = decimal(9, 2) }
    column "AT" { type = timestamptz(0) }
    column "OK" { type = bool }
  }
}
target "sqlite" "new" { path = "new.db" }
target "csv" "out" { path = "out" }
mapping "asked" {
  from {
    source = source.sqlite.shop
    query  = "select id, cast(count(*) as integer) as n, cast(max(v) as text) as v from a group by id"
    key    = ["id"]
  }
  to {
    target = target.sqlite.new
    table  = "asked"
    key    = ["id"]
  }
}
mapping "joined" {
  from {
    source = source.sqlite.shop
    table  = "a"
    where  = "coalesce(join.ward.name, '') != 'Elm'"
    join "ward" {
      table = "wards"
      on    = { ward = "no" }
    }
  }
  to {
    target = target.sqlite.new
    table  = "joined"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "ward" { cel = "join.ward.name" }
}
mapping "person" {
  from {
    source = source.csv.files
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "person"
    key    = ["ID"]
  }
}
mapping "keyless" {
  from {
    source = source.sqlite.shop
    table  = "keyless"
  }
  to {
    target = target.sqlite.new
    table  = "keyless"
  }
}
mapping "written_out" {
  from {
    source = source.sqlite.shop
    table  = "wards"
  }
  to {
    target = target.csv.out
    table  = "wards"
  }
}
