source "sqlite" "shop" {
  path = "shop.db"
  table "entries" { cursor = { column = "id", kind = "sequence" } }
  table "empty" { cursor = { column = "id", kind = "sequence" } }
  table "changes" { cursor = { column = "at", kind = "timestamp", set_by = "application", overlap = "1h" } }
}
target "sqlite" "new" { path = "new.db" }
mapping "appended" {
  from {
    source = source.sqlite.shop
    table  = "entries"
  }
  to {
    target = target.sqlite.new
    table  = "appended"
    mode   = "append"
  }
}
mapping "empty" {
  from {
    source = source.sqlite.shop
    table  = "empty"
  }
  to {
    target = target.sqlite.new
    table  = "empty"
    mode   = "append"
  }
}
mapping "upserted" {
  from {
    source = source.sqlite.shop
    table  = "changes"
    where  = "!src.off"
  }
  to {
    target = target.sqlite.new
    table  = "upserted"
    key    = ["id"]
  }
}
