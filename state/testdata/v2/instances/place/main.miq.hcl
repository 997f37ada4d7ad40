variable "from" { type = source }
variable "to" { type = target }
variable "name" { type = string }
mapping "ward" {
  from {
    source = var.from
    table  = "WardNames"
  }
  to {
    target = var.to
    table  = "ward"
    key    = ["no"]
  }
  params = { name = var.name }
  field "no" { from = "WardNo" }
  field "name" { cel = "coalesce(src.WardName, '') + ' ' + param.name" }
}
output "rows" { value = mapping.ward.rows }
