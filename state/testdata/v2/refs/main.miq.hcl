source "sqlite" "shop" { path = "shop.db" }
target "sqlite" "new" { path = "new.db" }
mapping "ward" {
  from {
    source = source.sqlite.shop
    table  = "ward"
  }
  to {
    target = target.sqlite.new
    table  = "ward"
    key    = ["ward_id"]
  }
  field "ward_id" { cel = "uuid5('ward', src.code)" }
  field "name" { from = "name" }
}
mapping "bed" {
  from {
    source = source.sqlite.shop
    table  = "bed"
  }
  to {
    target = target.sqlite.new
    table  = "bed"
    key    = ["bed_id"]
  }
  field "bed_id" { cel = "src.ward + '/' + string(src.no)" }
  ref "ward_id" {
    mapping = mapping.ward
    on      = "src.ward"
  }
}
mapping "staff" {
  from {
    source = source.sqlite.shop
    table  = "staff"
  }
  to {
    target = target.sqlite.new
    table  = "staff"
    key    = ["staff_id"]
  }
  field "staff_id" { cel = "'s' + string(src.id)" }
  field "name" { from = "name" }
  ref "ward_id" {
    mapping = mapping.ward
    on      = "src.ward"
    missing = "quarantine"
  }
  ref "bed_id" {
    mapping = mapping.bed
    on      = ["src.ward", "src.bed"]
    missing = "null"
  }
  ref "manager_id" {
    mapping = mapping.staff
    on      = "src.manager"
    missing = "defer"
  }
  lifecycle { max_rejects = 1 }
}
