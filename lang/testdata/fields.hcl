variable "x" {
  default = "src.A"
}
source "sqlite" "shop" {
  path = "shop.db"
}
target "postgres" "scr" {
  url = secret("env://SCR")
}
mapping "a" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  field "ok" { from = "A" }
  field "ok" { from = "B" } # want duplicate-name "The field "ok""
  field "none" {} # want missing-attribute "where its values come from"
  field "both" {
    from = "A"
    cel  = "src.A" # want conflicting-attributes "not both"
  }
  field "poured" { cel = "src.A == '${var.x}'" } # want cel-interpolation "params"
  field "wrapped" { cel = "${var.x}" } # want cel-interpolation "params"
  field "turned" { cel = "a%{ if true }b%{ endif }" } # want cel-interpolation "params"
  field "plain" { cel = var.x } # want cel-literal "written as a text"
  field "broken" { cel = "src.A +" } # want cel-syntax ""
  field "lines" { cel = "src.A +\n 1" } # want cel-literal "heredoc"
  field "empty" { cel = " " } # want invalid-value "is empty"
  field "escaped" { cel = "src.A == \"x\" || src.A == '$${y}'" }
  field "dropped" { drop = true }
  field "dropped2" {
    drop = true
    from = "A" # want conflicting-attributes "has no values"
  }
  field "values" {
    from         = "A"
    type         = txt             # want invalid-type "The types are"
    null         = "no"            # want invalid-value "true or false"
    on_row_error = "skip"          # want invalid-value "quarantine"
    allow_lossy  = "rounding"      # want invalid-value "truncate"
    classify     = "personal"      # want invalid-value "a list of texts"
    purpose      = [1, null]       # want invalid-value "empty text"
    expect       = "out =="        # want cel-syntax ""
    justify      = "x"             # want unknown-attribute "A block field has no attribute "justify""
  }
  field "contradiction" {
    from         = "A"
    null         = false
    on_row_error = "null" # want conflicting-attributes "null = false"
  }
  field {} # want wrong-labels "takes 1"
  field "nothing" { from = "" } # want invalid-value "cannot be empty"
}
