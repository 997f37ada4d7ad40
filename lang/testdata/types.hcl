source "csv" "f" {
  path = "in"
  table "t" {
    column "a" { type = string(10) }
    column "b" { type = timestamp(3) }
    column "c" { type = enum("x", "y") }
    column "d" { type = array(int32) }
    column "e" { type = native("citext") }
    column "f" { type = varchar(10) }     # want invalid-type "Did you mean "string"?"
    column "g" { type = "string" }        # want invalid-type "without quotes"
    column "h" { type = strin }           # want invalid-type "Did you mean "string"?"
    column "i" { type = decimal(2) }      # want invalid-type "decimal(12, 2)"
    column "j" { type = decimal(2, 3) }   # want invalid-type "behind the point"
    column "k" { type = string(0) }       # want invalid-type "string(10)"
    column "l" { type = timestamp(10) }   # want invalid-type "0 to 9"
    column "m" { type = array }           # want invalid-type "array(int32)"
    column "n" { type = array(array(int32)) } # want invalid-type "cannot be arrays"
    column "o" { type = enum("a", "a") }  # want invalid-type "each once"
    column "p" { type = enum }            # want invalid-type "needs its values"
    column "q" { type = native }          # want invalid-type "citext"
    column "r" { type = bool(1) }         # want invalid-type "nothing in brackets"
    column "s" { type = 5 }               # want invalid-type "A type is written"
    column "t" { type = int }             # want invalid-type "Did you mean "int32"?"
    column "u" { type = string("x") }     # want invalid-type "number of characters"
    column "v" { type = array(int32, int64) } # want invalid-type "elements"
    column "w" { type = whatsoever }      # want invalid-type "The types are"
    column "x" { type = native("a", "b") } # want invalid-type "citext"
    column "y" { type = array(strin) }    # want invalid-type "Did you mean "string"?"
  }
}
