source "sqlite" "shop" { path = "shop.db" }
target "sqlite" "new" { path = "new.db" }
mapping "changed" {
  from {
    source = source.sqlite.shop
    table  = "changed"
  }
  to {
    target = target.sqlite.new
    table  = "changed"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { cel = "text.upper(src.v)" }
  field "m" { from = "n" }
  field "added" { cel = "src.n + 1" }
}
mapping "new" {
  from {
    source = source.sqlite.shop
    table  = "moved"
  }
  to {
    target = target.sqlite.new
    table  = "moved"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { from = "v" }
  field "n" { from = "n" }
}
mapping "swapped" {
  from {
    source = source.sqlite.shop
    table  = "swapped"
  }
  to {
    target = target.sqlite.new
    table  = "swapped"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { cel = "text.upper(src.v)" }
  field "m" { from = "n" }
  field "added" { cel = "src.n + 1" }
  lifecycle {
    strategy        = "shadow_swap"
    rollback_window = "72h"
  }
}
mapping "again" {
  from {
    source = source.sqlite.shop
    table  = "again"
  }
  to {
    target = target.sqlite.new
    table  = "again"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { from = "v" }
  field "n" { from = "n" }
}
mapping "repaired" {
  from {
    source = source.sqlite.shop
    table  = "repaired"
  }
  to {
    target = target.sqlite.new
    table  = "repaired"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { from = "v" }
  field "n" { from = "n" }
  lifecycle { on_target_drift = "repair" }
}
mapping "taken" {
  from {
    source = source.sqlite.shop
    table  = "taken"
  }
  to {
    target = target.sqlite.new
    table  = "taken"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "v" { from = "v" }
  field "n" { from = "n" }
}
moved {
  from = mapping.old
  to   = mapping.new
}
removed { mapping = mapping.gone }
import { mapping = mapping.taken }
reload {
  mapping    = mapping.again
  fields     = ["v"]
  where      = "src.id > 1"
  generation = 3
  reason     = "edited by hand"
}
