key "people" { from = secret("env://PEOPLE_KEY") }
variable "trust" {
  type    = string
  default = "RVH"
}
variable "secret" {
  type      = string
  default   = "not told"
  sensitive = true
}
locals { highest = 1000 }
source "sqlite" "shop" {
  path = "shop.db"
  table "people" {
    column "name" { classify = ["personal.name"] }
  }
}
target "sqlite" "new" { path = "new.db" }
lookup "sex" {
  values  = { "1" = "male", "2" = "female" }
  default = null
}
lookup "sexes" {
  values  = { "1" = "male", "2" = "female" }
  default = "other"
}
lookup "kind" {
  file  = "lists/kinds.csv"
  key   = "code"
  value = "name"
}
lookup "land" {
  source = source.sqlite.shop
  table  = "lands"
  key    = "code"
  value  = "name"
}
lookup "out" { file = "lists/out.csv" }
mapping "person" {
  from {
    source = source.sqlite.shop
    table  = "people"
    where  = "src.id < param.highest && lookup.kind[src.kind] != 'fourth'"
  }
  to {
    target = target.sqlite.new
    table  = "person"
    key    = ["person_id"]
  }
  params = { trust = var.trust, highest = local.highest, ratio = "1.5", secret = 7, words = ["a", "b"] }
  tags   = ["first"]
  field "person_id" { cel = "uuid5('pas', param.trust, string(src.id))" }
  field "id" { from = "id" }
  field "name" {
    cel     = "text.title(src.name)"
    type    = string(80)
    expect  = "size(out) < 80 && src.id > 0"
    purpose = ["direct_care"]
  }
  field "alias" {
    cel      = "pseudonym.hmac('people', src.name)"
    classify = ["personal.name"]
  }
  field "sex" {
    cel  = "src.sex == null ? null : lookup.sex[src.sex]"
    null = true
  }
  field "sexes" { cel = "lookup.sexes[coalesce(src.sex, '')]" }
  field "kind" { cel = "lookup.kind[src.kind]" }
  field "land" { cel = "lookup.land[src.land]" }
  field "born" {
    cel          = "date(src.born)"
    type         = date
    null         = true
    on_row_error = "null"
  }
  field "paid" {
    cel         = "src.paid"
    type        = decimal(7, 1)
    allow_lossy = "round"
  }
  field "cohort" { from = "land" }
  field "cut" {
    from        = "name"
    type        = string(2)
    allow_lossy = "truncate"
  }
  field "at" {
    cel  = "datetime(src.at).at_zone('Europe/London', 'earlier')"
    type = timestamptz(0)
  }
  field "note" {
    cel          = "src.note"
    expect       = "out == null || out != 'bad'"
    on_row_error = "quarantine"
  }
  field "ratio" { cel = "decimal(param.ratio) * decimal(string(src.id))" }
  field "word" { cel = "param.words[0] + string(param.secret)" }
  field "fixed" { cel = "'fixed'" }
  field "nothing" {
    cel  = "src.id > 0 ? null : src.id"
    type = int32
    null = true
  }
  filter "out" {
    kind   = "objection"
    lookup = lookup.out
    key    = "string(src.id)"
    as_of  = "2026-11-20"
  }
  check "some" {
    expect   = "agg.count() > 0 && agg.count_if(out.id > 0) == agg.count() && coalesce(agg.min(out.id), 0) == 1"
    severity = "warn"
    message  = "no rows"
  }
  check "both" { expect = "agg.sum(run.id) <= agg.sum(src.id)" }
  control "ids" {
    sum       = ["id"]
    by        = ["cohort"]
    tolerance = "0"
  }
  reconcile { columns = ["person_id", "id"] }
  lifecycle {
    max_rejects     = "50%"
    max_row_drift   = 3
    on_target_drift = "ignore"
  }
  limits {
    rows_per_second = 20000
    parallel        = 2
  }
}
output "people" { value = mapping.person.rows }
output "digest" { value = mapping.person.digest }
