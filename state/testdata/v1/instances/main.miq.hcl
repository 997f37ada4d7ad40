source "sqlite" "shop" { path = "shop.db" }
target "sqlite" "new" { path = "new.db" }
target "sqlite" "other" {
  for_each = toset(["north", "south"])
  path     = "${each.key}.db"
}
mapping "all" {
  from {
    source = source.sqlite.shop
    tables = ["*"]
    except = ["a_*", "Audit*"]
  }
  to {
    target = target.sqlite.new
    names  = "snake_case"
  }
  override "Staff" {
    where = "src.StaffId > 0"
    field "note" { drop = true }
    field "initial" { cel = "text.left(src.FullName, 1)" }
  }
}
mapping "year" {
  for_each = { "2019" = "a_2019", "2020" = "a_2020" }
  from {
    source = source.sqlite.shop
    table  = each.value
  }
  to {
    target = target.sqlite.new
    table  = "year_${each.key}"
    key    = ["id"]
  }
  params = { year = each.key }
  field "id" { from = "id" }
  field "v" { cel = "src.v + param.year" }
  depends_on = [mapping.all]
}
module "place" {
  for_each = toset(["north", "south"])
  source   = "./place"
  from     = source.sqlite.shop
  to       = target.sqlite.other[each.key]
  name     = each.key
}
output "rows" { value = { for k, p in module.place : k => p.rows } }
