source "postgres" "old" {
  for_each = toset(["one"])
  url      = secret("env://OLD_URL")
}
target "postgres" "new" { url = secret("env://NEW_URL") }
mapping "ward" {
  from {
    source = source.postgres.old["one"]
    table  = "public.ward"
  }
  to {
    target = target.postgres.new
    table  = "app.ward"
    key    = ["ward_id"]
  }
  field "ward_id" {
    cel  = "uuid5('ward', src.code)"
    type = uuid
  }
  field "name" { from = "name" }
}
mapping "staff" {
  from {
    source = source.postgres.old["one"]
    table  = "public.staff"
  }
  to {
    target = target.postgres.new
    table  = "app.staff"
    key    = ["staff_id"]
  }
  field "staff_id" { cel = "'s' + string(src.id)" }
  field "name" { from = "name" }
  ref "ward_id" {
    mapping = mapping.ward
    on      = "src.ward"
  }
  ref "manager_id" {
    mapping = mapping.staff
    on      = "src.manager"
    missing = "defer"
  }
}
mapping "paid" {
  from {
    source = source.postgres.old["one"]
    query  = "select staff, date_trunc('month', day)::date as month, count(*) as n, sum(paid)::numeric(12,2) as paid from visits group by 1, 2"
    key    = ["staff", "month"]
  }
  to {
    target = target.postgres.new
    table  = "app.paid"
    key    = ["staff", "month"]
    mode   = "mirror"
  }
}
