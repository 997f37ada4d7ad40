migrateiq {
  required_version = ">= 99" # want required-version "this is version 0.1.0"
  state "s3" {}              # want not-in-this-version "Use state "local""
}
