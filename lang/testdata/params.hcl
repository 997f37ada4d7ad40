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
  params = { "a-b" = 1 } # want invalid-param "CEL cannot write param.a-b"
}
mapping "b" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  params = { x = null } # want invalid-param "is null"
}
mapping "c" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  params = { x = { y = 1 } } # want invalid-param "no place in an expression"
}
mapping "d" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  params = { x = [1, "a"] } # want invalid-param "different types"
}
mapping "e" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  params = { x = [] } # want invalid-param "list(string)"
}
mapping "f" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  params = { x = [null] } # want invalid-param "holds a null"
}
mapping "g" {
  from {
    source = source.sqlite.shop
    table  = "a"
  }
  to {
    target = target.postgres.scr
    table  = "a"
  }
  params = { x = [[1]] } # want invalid-param "no text, number or bool"
}
