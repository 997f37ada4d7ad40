migrateiq {
  required_version = "~> 0.1"
  state "local" {
    file = "x"  # want unknown-attribute "It may hold path"
    path = null
  }
  state = "local" # want unknown-attribute "is a block"
}
