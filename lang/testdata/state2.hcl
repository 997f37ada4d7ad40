migrateiq {
  required_version = "new" # want invalid-value "no condition on a version"
  state "disk" {}          # want invalid-value "There is no state "disk""
}
