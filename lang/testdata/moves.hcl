source "sqlite" "shop" {
  path = "shop.db"
}
target "postgres" "scr" {
  url = secret("env://SCR")
}
mapping "patient" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
}
moved {
  from = mapping.patients
  to   = mapping.patient
}
moved {
  from = mapping.people
  to   = mapping.patients
}
moved { # want unknown-mapping "Did you mean "mapping.patient"?"
  from = mapping.human
  to   = mapping.patiant
}
moved {
  from = mapping.patient # want move-conflict "is still there"
  to   = mapping.person
}
moved {
  from = mapping.same
  to   = mapping.same # want move-conflict "are the same"
}
moved {
  from = mapping.people # want move-conflict "already"
  to   = mapping.else
}
moved { # want missing-attribute "to = mapping.NAME"
  from = mapping.solo
}
moved {
  from = "mapping.text" # want invalid-reference "write from = mapping.NAME"
  to   = source.sqlite.shop # want invalid-reference "write to = mapping.NAME"
}
moved {
  from = module.x.mapping.y
  to   = module.z # want move-conflict "a mapping to a mapping"
}
removed {
  mapping = mapping.old
  purge   = false
}
removed {
  mapping = mapping.old # want move-conflict "names mapping.old already"
}
removed {
  mapping = mapping.gone
  purge   = true
}
removed {
  mapping = mapping.patient # want move-conflict "is still there"
}
removed {
  mapping = mapping.rest["b"]
}
removed {
  maping = mapping.x # want unknown-attribute "Did you mean "mapping"?"
  mapping = mapping.y
}
reload {
  mapping    = mapping.patient
  generation = 1
  reason     = "the source was mended"
}
reload {
  mapping    = mapping.patient # want reload-twice "Keep one, and raise its generation"
  generation = 2
  reason     = "once more"
}
import {
  mapping = mapping.patient
}
import {
  mapping = mapping.patient # want import-twice "Keep one of them"
}
