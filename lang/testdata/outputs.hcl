variable "pw" {
  default   = "hunter2"
  sensitive = true
}
source "sqlite" "shop" {
  path = "shop.db"
}
target "postgres" "scr" {
  url = secret("env://SCR")
}
mapping "patient" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
}
mapping "rest" {
  from {
    source = source.sqlite.shop
    tables = ["*"]
  }
  to {
    target = target.postgres.scr
  }
}
output "good" { value = "${mapping.patient.rows_written} of ${mapping.rest["b"].rows}" }
output "all" { value = { for t, m in mapping.rest : t => m.rows } }
output "none" {} # want missing-attribute "mapping.NAME.rows_written"
output "typo" { value = mapping.patient.row_written } # want unknown-attribute "Did you mean "rows_written"?"
output "who" { value = mapping.patients.rows } # want unknown-mapping "Did you mean "mapping.patient"?"
output "many" { value = mapping.rest.rows } # want invalid-reference "write mapping.rest["
output "leak" { value = var.pw } # want sensitive-value "sensitive = true into the output"
output "told" {
  value     = var.pw
  sensitive = true
}
output "good" { value = 1 } # want duplicate-name "output.good"
output "call" { value = upper([mapping.patient.rows]) } # want evaluation "string"
