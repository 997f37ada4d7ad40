variable "env" {
  default = "test"
}
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
locals {
  fine   = upper("${var.env}-x")
  later  = local.fine
  wrong  = var.envv          # want unknown-variable "Did you mean "env"?"
  worse  = local.fines       # want unknown-local "Did you mean "fine"?"
  func   = uper("x")         # want unknown-function "Did you mean "upper"?"
  envy   = env("HOME")       # want unknown-function "a secret is written"
  file   = file("x")         # want unknown-function "read no files"
  clock  = timestamp()       # want unknown-function "no clock"
  out    = mapping.x.rows    # want invalid-reference "only outputs"
  src    = source.sqlite.s   # want unknown-source "Declare it"
  tgt    = target.sqlite.s   # want unknown-target "Declare it"
  look   = lookup.x          # want invalid-reference "CEL"
  each   = each.value        # want invalid-reference "a block that has for_each"
  mod    = module.x.y        # want unknown-module "Declare it: module "x""
  what   = vars.env          # want invalid-reference "Did you mean "var"?"
  word   = test              # want invalid-reference "A text stands in quotes"
  path   = path.cwd          # want invalid-reference "There is no path "cwd""
  twice  = { a = 1, a = 2 }  # want duplicate-key "stands at line 26"
  same   = { "a" = 1, a = 2 } # want duplicate-key "Remove one of the two"
  index  = [1, 2][5]         # want evaluation "index"
  type   = upper([])         # want evaluation "string"
  a      = local.b           # want local-cycle "local.a -> local.b -> local.a"
  b      = local.a
  hush   = parseint(var.pw, 10) # want evaluation "sensitive value away"
  secret = secret("env://X")    # want secret-misplaced "source or target"
}
