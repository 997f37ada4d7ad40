locals {
  a = 1
  inner {} # want unknown-block "NAME = VALUE"
}
locals {
  a = 2 # want duplicate-name "local.a is declared"
}
locals {
  large = "${1e99999}"         # want invalid-value "1000 digits"
  keyed = { 1e99999 = 1 }      # want invalid-value "1000 digits"
  parse = tonumber("1e99999")  # want invalid-value "1000 digits"
}
