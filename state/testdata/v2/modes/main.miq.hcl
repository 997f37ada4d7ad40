source "sqlite" "shop" {
  path = "shop.db"
}
target "sqlite" "new" { path = "new.db" }
mapping "once" {
  from {
    source = source.sqlite.shop
    table  = "b"
  }
  to {
    target = target.sqlite.new
    table  = "once"
    mode   = "append"
  }
}
mapping "upserted" {
  from {
    source = source.sqlite.shop
    table  = "a"
    where  = "src.id < 100"
  }
  to {
    target = target.sqlite.new
    table  = "upserted"
    key    = ["id"]
  }
}
mapping "mirrored" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.sqlite.new
    table  = "mirrored"
    key    = ["id"]
    mode   = "mirror"
  }
}
mapping "replaced" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.sqlite.new
    table  = "replaced"
    mode   = "replace"
  }
}
mapping "replaced_by_nothing_new" {
  from {
    source = source.sqlite.shop
    table  = "c"
  }
  to {
    target = target.sqlite.new
    table  = "c"
    mode   = "replace"
  }
}
