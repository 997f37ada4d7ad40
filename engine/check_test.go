package engine_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

const checkedStays = `
source "sqlite" "shop" {
  path = "shop.db"
  table "stay" {
    cursor = { column = "ID", kind = "sequence" }
  }
}
target "sqlite" "copy" {
  path = "copy.db"
}
mapping "stay" {
  from {
    source = source.sqlite.shop
    table  = "stay"
    where  = "src.ID != 3"
    join "ward" {
      table = "ward"
      on    = { WARD = "CODE" }
    }
  }
  to {
    target = target.sqlite.copy
    table  = "stay"
    key    = ["id"]
    mode   = "upsert"
  }
  field "id" { from = "ID" }
  field "cost" {
    from = "COST"
    type = decimal(12, 2)
  }
  check "of the run" {
    expect = "agg.sum(run.cost) == decimal('107.60') && agg.count(run) == 3 && agg.count_if(run.id == src.ID) == 3 && agg.count_if(src.DAYS > 2 && run.id > 0) == 1"
  }
  check "joined" {
    expect = "agg.count_if(join.ward.NAME != null && run.id > 0) == 1"
  }
  check "average" {
    expect   = "coalesce(agg.avg(run.cost, 2, 'half_even'), decimal(0)) == decimal('35.87') && agg.min(run.id) != null"
    severity = "warn"
  }
  check "all read" { expect = "agg.count(src) == agg.count(run) + 1" }
}
`

const stays = `CREATE TABLE stay (ID INTEGER PRIMARY KEY, WARD TEXT, COST DECIMAL(12,2) NOT NULL, DAYS INTEGER NOT NULL);
	CREATE TABLE ward (CODE TEXT PRIMARY KEY, NAME TEXT);
	INSERT INTO ward VALUES ('A', 'Alder');
	INSERT INTO stay VALUES (1, 'A', '0.20', 1), (2, 'B', '100.00', 2), (3, 'B', '5.00', 3), (4, NULL, '7.40', 4)`

func TestAChecksSeesTheRowsOfItsRun(t *testing.T) {
	for name, target := range map[string]string{"sqlite": "", "postgres": testserver.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			config := checkedStays
			if target != "" {
				config = strings.NewReplacer("target \"sqlite\" \"copy\" {\n  path = \"copy.db\"", "target \"postgres\" \"copy\" {\n  url = secret(\"env://COPY\")",
					"target.sqlite.copy", "target.postgres.copy").Replace(config)
			}
			f := newFolder(t, config, "COPY="+target)
			sqliteRun(t, f.path("shop.db"), stays)
			holds(t, f.apply(), `check of the run holds: agg.count(run) = 3, agg.count_if(run.id == src.ID) = 3`, "check joined holds", "check average holds: over 3 rows of this run",
				"check all read holds: agg.count(src) = 4, agg.count(run) = 3")
			f.settled()

			sqliteRun(t, f.path("shop.db"), "INSERT INTO stay VALUES (5, 'A', '1.00', 9)")
			out := strings.Join(strings.Fields(f.exits(1, "plan")), " ")
			holds(t, out, "Not all rows of the source are read", `Check "all read"`, "only the rows above the last position of cursor ID", "--replace=mapping.stay")

			f.edit("main.miq.hcl", `  check "all read" { expect = "agg.count(src) == agg.count(run) + 1" }`, "")
			out = f.exits(8, "apply", "--auto-approve")
			holds(t, out, "check of the run fails: agg.count(run) = 1, agg.count_if(run.id == src.ID) = 1, agg.count_if(src.DAYS > 2 && run.id > 0) = 1", "check joined holds", "check average fails (warn): over 1 row of this run")
		})
	}
}

func TestAChecksAverageOfNothingIsNull(t *testing.T) {
	f := newFolder(t, strings.Replace(checkedStays, "src.ID != 3", "src.ID > 100", 1))
	sqliteRun(t, f.path("shop.db"), stays)
	holds(t, f.exits(8, "apply", "--auto-approve"), "check average fails (warn): over 0 rows of this run", "check all read fails: agg.count(src) = 4, agg.count(run) = 0")
}
