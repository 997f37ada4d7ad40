mapping "a" {
  from = = # want syntax ""
}
