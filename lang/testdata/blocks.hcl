migrateiq {
  required_version = ">= 0.1, < 2.0"
  state "local" {
    path = "state/${var.env}.json"
  }
  experiments = []            # want not-in-this-version "experiments"
  policy "nhs" {}
  encryption {}               # want not-in-this-version "encryption"
  require_version = ">= 0.1"  # want unknown-attribute "Did you mean "required_version"?"
  state "local" {}            # want duplicate-block "one block state"
}

migrateiq {} # want duplicate-block "one block migrateiq"

stray = 1 # want unknown-attribute "outside of every block"

maping "x" {} # want unknown-block "Did you mean "mapping"?"
policy "x" {} # want unknown-block "belongs into the block migrateiq"
field "x" {}  # want unknown-block "belongs into a block mapping"
widget {}     # want unknown-block "The blocks are"

module "x" {}     # want missing-attribute "needs "source""
governance {}
exemption {}      # want wrong-labels "write exemption "name" { }"
key "x" {}        # want missing-attribute "needs "from""
reload "x" {}     # want wrong-labels "write reload { }"
import "x" {}     # want wrong-labels "write import { }"

mapping {}         # want wrong-labels "write mapping "name" { }"
variable "a" "b" {} # want wrong-labels "takes 1"
source "sqlite" {} # want wrong-labels "write source "kind of system" "name" { }"
mapping "" {}      # want wrong-labels "cannot be empty"
mapping "1x" {}    # want invalid-name "begins with a letter"
lookup "a-b" {     # want invalid-name "CEL cannot write lookup.a-b"
  values = {}
}

variable "env" {
  type    = string
  default = "test"
}
