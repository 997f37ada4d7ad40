// Package corpus holds the program against what it, and older versions of it, left behind: a state and a ledger that some
// version wrote have to be planned as "No changes" by every later one, as long as nobody changed the configuration.
//
// A case is a folder state/testdata/v<format>/<case>, where format is that of the state in it: the configuration, the state,
// and every database as the text of a dump (<name>.db.sql for SQLite, <name>.pg.sql for PostgreSQL). The tests restore both
// ends from these texts, plan with live reads, and compare every fingerprint that the state holds with the one that is made
// now.
//
// A case comes from a recipe, testdata/<case>.txtar, whose steps are carried out by
//
//	go test ./cmd/migrateiq/corpus -run Corpus -update
//
// which adds the cases that are not there for the format that is written now, and refuses to touch one that is: a case
// that is written anew proves nothing. Where a test of a standing case fails, the program is mended and not the case. An
// older program adds what it leaves behind with -program PATH.
package corpus
