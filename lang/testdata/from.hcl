variable "id" {
  default = 1
}
source "sqlite" "shop" {
  path = "shop.db"
}
target "postgres" "scr" {
  url = secret("env://SCR")
}
mapping "asked" {
  from {
    source = source.sqlite.shop
    key    = ["id"]
    query  = <<-SQL
      SELECT id, name FROM a;
    SQL
  }
  to {
    target = target.postgres.scr
    table  = "asked"
  }
}
mapping "joined" {
  from {
    source = source.sqlite.shop
    table  = "a"
    join "b" {
      table = "b"
      on    = { b_id = "id", "odd name" = "x" }
    }
    join "c" {
      table = "b"
      on    = { c_id = "id" }
    }
  }
  to {
    target = target.postgres.scr
    table  = "joined"
  }
  field "name" { cel = "join.b.name" }
}
mapping "queries" {
  from { # want missing-attribute "that tell the query's rows apart"
    source = source.sqlite.shop
    query  = "SELECT ${var.id}" # want query-literal "could change what it does"
  }
  to {
    target = target.postgres.scr
    table  = "queries"
  }
}
mapping "unliteral" {
  from {
    source = source.sqlite.shop
    query  = upper("select 1") # want query-literal "as it stands"
    key    = []                # want invalid-value "empty list"
  }
  to {
    target = target.postgres.scr
    table  = "unliteral"
  }
}
mapping "empty" {
  from {
    source = source.sqlite.shop
    query  = " ;" # want invalid-value "Write one SELECT"
    key    = ["id"]
  }
  to {
    target = target.postgres.scr
    table  = "empty"
  }
}
mapping "both" {
  from {
    source = source.sqlite.shop
    table  = "a" # want conflicting-attributes "a query or a table"
    query  = "SELECT 1 AS id"
    key    = ["id"]
  }
  to {
    target = target.postgres.scr
    table  = "both"
  }
}
mapping "query_and_join" {
  from {
    source = source.sqlite.shop
    query  = "SELECT 1 AS id"
    key    = ["id"]
    join "b" { # want conflicting-attributes "write it into the query"
      table = "b"
      on    = { id = "id" }
    }
  }
  to {
    target = target.postgres.scr
    table  = "query_and_join"
  }
}
mapping "many" {
  from {
    source = source.sqlite.shop
    tables = ["*"]
    key    = ["id"] # want conflicting-attributes "belongs to a query"
    join "b" {      # want conflicting-attributes "belongs to the mapping of one table"
      table = "b"
      on    = { id = "id" }
    }
  }
  to {
    target = target.postgres.scr
  }
}
mapping "joins" {
  from {
    source = source.sqlite.shop
    table  = "a"
    join "b" {
      table = "b"
      on    = { id = "id" }
    }
    join "b" { # want duplicate-name "a join "b""
      table = "c"
      on    = { id = "id" }
    }
    join "a-b" { # want invalid-name "CEL cannot write join.a-b"
      table = "c"
      on    = { id = "id" }
    }
    join { # want wrong-labels "takes 1"
    }
    join "e" { # want missing-attribute "before the sign of equality"
      table = "c"
    }
    join "f" { # want missing-attribute "table = "NAME""
      on = { id = "id" }
    }
    join "g" {
      table = "c"
      on    = ["id"] # want invalid-value "pairs of columns"
    }
    join "h" {
      table = "c"
      on    = {} # want invalid-value "pairs of columns"
    }
    join "i" {
      table = "c"
      on    = { id = 5 } # want invalid-value "pairs of columns"
      where = "x"        # want unknown-attribute "no attribute "where""
    }
  }
  to {
    target = target.postgres.scr
    table  = "joins"
  }
}
mapping "beside" {
  from {
    source  = source.sqlite.shop
    tables  = ["*"]
    objects = ["sequences", "large_objects"]
  }
  to {
    target = target.postgres.scr
  }
}
mapping "near" {
  from {
    source  = source.sqlite.shop
    tables  = ["*"]
    objects = ["sequence"] # want invalid-value "Did you mean "sequences""
  }
  to {
    target = target.postgres.scr
  }
}
mapping "far" {
  from {
    source  = source.sqlite.shop
    tables  = ["*"]
    objects = ["views"] # want invalid-value "one of "sequences" or "large_objects""
  }
  to {
    target = target.postgres.scr
  }
}
mapping "none" {
  from {
    source  = source.sqlite.shop
    tables  = ["*"]
    objects = [] # want invalid-value "empty list"
  }
  to {
    target = target.postgres.scr
  }
}
mapping "single" {
  from {
    source  = source.sqlite.shop
    table   = "a"
    objects = ["sequences"] # want conflicting-attributes "beside many tables"
  }
  to {
    target = target.postgres.scr
    table  = "single"
  }
}
