package engine_test

import "testing"

const limited = `
source "sqlite" "shop" {
  path = "shop.db"
}
target "sqlite" "copy" {
  path = "copy.db"
}
mapping "item" {
  tags = ["first", "nightly"]
  from {
    source = source.sqlite.shop
    table  = "item"
  }
  to {
    target = target.sqlite.copy
    table  = "item"
  }
  limits {
    rows_per_second = 1000000
    parallel        = 1
    window          = "00:00-23:59 UTC"
  }
}
`

func TestLimitsAreInThePlanAndAChangeOfThemMovesNoRow(t *testing.T) {
	f := newFolder(t, limited)
	sqliteRun(t, f.path("shop.db"), `CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
		INSERT INTO item VALUES (1, 10), (2, 20), (3, 30)`)
	// at one minute of the day the window is closed, and the rows would come a minute later
	f.edit("main.miq.hcl", "23:59 UTC", "00:00 UTC")
	holds(t, f.exits(1, "validate"), "ends as it begins")
	f.edit("main.miq.hcl", "    window          = \"00:00-00:00 UTC\"\n", "")
	holds(t, f.exits(0, "plan"), "limits: 1,000,000 rows per second; 1 worker")
	f.apply()
	f.settled()
	f.edit("main.miq.hcl", "parallel        = 1", "window = \"22:00-05:00 Europe/London\"")
	f.settled()
	holds(t, f.exits(0, "plan", "--json"), `"nightly"`, `"limits":`, `"rows_per_second":`, `"from":`, `"Europe/London"`)
	f.edit("main.miq.hcl", "Europe/London", "Europe/Lodon")
	holds(t, f.exits(1, "plan"), "Unknown time zone")
}
