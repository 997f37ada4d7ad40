variable "plain" {
  default = 5
}
variable "plain" {} # want duplicate-name "var.plain is declared"
variable "given" {
  type = number
}
variable "absent" {} # want missing-variable "--var 'absent=...'"
variable "odd" {
  type      = text       # want invalid-type "A variable's type is"
  sensitive = "perhaps"  # want invalid-value "takes true or false"
  defualt   = 1          # want unknown-attribute "Did you mean "default"?"
}
variable "end" {
  type = target # want invalid-type "nobody calls the root"
}
variable "refers" {
  default = var.plain # want invalid-reference "plain value"
}
variable "number" {
  type    = number
  default = "many" # want invalid-value "not of the type number"
}
variable "bounded" { # want invalid-variable "bounded must be below 3."
  default = 4
  validation {
    condition     = var.bounded < 3
    error_message = "bounded must be below 3."
  }
  validation {
    condition     = local.x # want invalid-reference "sees var only"
    error_message = "x"
  }
  validation { # want missing-attribute "error_message"
    condition = true
  }
  validation {
    condition     = "maybe" # want invalid-value "true or false"
    error_message = "x"
  }
}
variable "strict" {
  type     = string
  default  = "x"
  nullable = false
}
variable "late" {
  default = secret("env://X") # want secret-misplaced "takes a secret"
}
