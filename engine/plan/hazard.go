package plan

import "slices"

// Code is what a reason code of an action means, for good.
type Code struct {
	Code     string
	Category string // of an action with this reason, unless the mapping treats it as another one
	// Irreversible: something that stood in the target is gone afterwards. Exposure: data come where they are less protected.
	Irreversible bool
	Exposure     bool
	Means        string // a whole sentence
}

// The categories, the gravest last.
const (
	Metadata   = "metadata"
	Additive   = "additive"
	Corrective = "corrective"
	Breaking   = "breaking"
)

// Categories are all of them, the gravest last.
func Categories() []string { return []string{Metadata, Additive, Corrective, Breaking} }

// Codes are all reasons that an action can have, in the order of their codes.
func Codes() []Code {
	return []Code{
		{Code: "A001", Category: Additive, Means: "The target's columns follow the fields."},
		{Code: "A002", Category: Metadata, Means: "Fields are not filled any more; their columns stay."},
		{Code: "A101", Category: Additive, Means: "A column is added to the target's table."},
		{Code: "A102", Category: Additive, Means: "A column's type is widened: it holds all that it held, and more."},
		{Code: "A107", Category: Additive, Means: "A condition or filter is gone: rows enter that were left out before."},
		{Code: "B101", Category: Breaking, Means: "A column is dropped, or filled no more: those who read it lose it."},
		{Code: "B102", Category: Breaking, Irreversible: true, Means: "A column's type is narrowed: not every value that it could hold has a place in it."},
		{Code: "B103", Category: Breaking, Means: "Null is tightened: a column that could be null cannot be any more."},
		{Code: "B104", Category: Breaking, Irreversible: true, Means: "The key changed: rows are told apart by something else."},
		{Code: "B105", Category: Breaking, Means: "A column has another name."},
		{Code: "B106", Category: Breaking, Means: "A column's type is of another kind."},
		{Code: "B107", Category: Breaking, Irreversible: true, Means: "Rows leave the target, or may: a condition or filter is new or another one, or rows are deleted."},
		{Code: "B108", Category: Corrective, Irreversible: true, Means: "Keys that the source does not make any more are deleted, as mode mirror asks for."},
		{Code: "B109", Category: Breaking, Means: "The rows come from another table, query or system."},
		{Code: "B110", Category: Breaking, Irreversible: true, Means: "The mode changed to or from replace: the table is built anew."},
		{Code: "B111", Category: Corrective, Irreversible: true, Means: "The definition changed and the mode is replace: the table is built anew."},
		{Code: "B112", Category: Corrective, Irreversible: true, Means: "The change cannot be carried out row by row: the table is built anew."},
		{Code: "B113", Category: Breaking, Means: "Null is loosened: a column that was never null may be null."},
		{Code: "B114", Category: Breaking, Irreversible: true, Means: "The mode changed to mirror: rows whose source is gone are deleted."},
		{Code: "B115", Category: Breaking, Irreversible: true, Means: "The keys of another mapping, which this one refers to, changed: the table is built anew."},
		{Code: "B116", Category: Corrective, Irreversible: true, Means: "The definition changed, and its rows refer to others by `ref`: the table is built anew."},
		{Code: "B117", Category: Breaking, Irreversible: true, Means: "The mode changed to history: the table is built anew, with the rows of the source as first versions."},
		{Code: "B118", Category: Breaking, Irreversible: true, Means: "The mode changed from history: the table is built anew, and every closed version is gone."},
		{Code: "B130", Category: Corrective, Irreversible: true, Means: "The definition changed and the strategy is shadow_swap: the table is built anew and swapped in."},
		{Code: "C001", Category: Additive, Means: "The mapping is new: its rows are loaded for the first time."},
		{Code: "C002", Category: Additive, Means: "The target's table is gone, and is made and loaded again."},
		{Code: "D001", Category: Additive, Means: "The source has rows above the cursor, or new and changed ones at or below it."},
		{Code: "D002", Category: Corrective, Means: "The source reads differently than it did, without a cursor to tell by."},
		{Code: "D003", Category: Corrective, Means: "The source has changed, and the mode is replace."},
		{Code: "D004", Category: Corrective, Means: "The source has changed since it was read, beside a change of the definition."},
		{Code: "D005", Category: Additive, Means: "Rows came or changed since the last run, as the transactions tell that wrote them."},
		{Code: "D006", Category: Corrective, Means: "Rows that were read have changed while new ones came: in mode append too, both are written by their key."},
		{Code: "D007", Category: Corrective, Means: "The cursor is new, or another one: all rows are read once, held against the target by key, and what differs is written."},
		{Code: "D008", Category: Metadata, Means: "The source reads differently, and every row that the mapping makes of it stands as it should."},
		{Code: "D009", Category: Corrective, Irreversible: true, Means: "Rows that changed at the source are left out by the mapping's condition or filters now, and are deleted."},
		{Code: "D101", Category: Additive, Means: "Rows that the definition lets in now are loaded."},
		{Code: "D105", Category: Corrective, Means: "The target does not hold what the runs left there, and it is put back."},
		{Code: "D106", Category: Metadata, Means: "The target holds what the mapping makes, by other hands than the runs'; the ledger takes it over."},
		{Code: "D107", Category: Corrective, Means: "The rows come from elsewhere now, and those that differ are written."},
		{Code: "F001", Category: Metadata, Means: "A `removed` block forgets the mapping; its rows stay."},
		{Code: "F002", Category: Breaking, Irreversible: true, Means: "A `removed` block with `purge = true` deletes the mapping's rows and forgets it."},
		{Code: "G001", Category: Metadata, Means: "Classes or purposes changed; no row moves."},
		{Code: "G002", Category: Metadata, Means: "The mode is another one from here on; no row moves for that."},
		{Code: "G003", Category: Metadata, Means: "The contract of the target's table has another version."},
		{Code: "H101", Category: Corrective, Means: "The definition of a mapping in mode history changed: where values differ the open version is closed and a new one opened; closed versions keep what was made before."},
		{Code: "H102", Category: Corrective, Means: "In mode history, versions whose key the source does not make any more are closed; nothing is deleted."},
		{Code: "H103", Category: Metadata, Means: "In mode history, the moments of versions are told in another way from here on; no version changes for that."},
		{Code: "I001", Category: Metadata, Means: "An `import` block takes over rows that stand, once they are verified; no row is written."},
		{Code: "I002", Category: Corrective, Means: "An `import` block takes over rows that stand, and those that differ are put right."},
		{Code: "K001", Category: Metadata, Means: "Other mappings refer to rows that stand, and their keys are remembered from here on; no row is written."},
		{Code: "K101", Category: Breaking, Irreversible: true, Means: "The time of a table that a swap has kept is over: it is dropped."},
		{Code: "K102", Category: Metadata, Means: "A table that a swap has kept is gone: nothing can be brought back."},
		{Code: "K103", Category: Breaking, Irreversible: true, Means: "A table that a swap has kept is dropped by the next swap: one old table is kept."},
		{Code: "K110", Category: Breaking, Irreversible: true, Means: "A table that a swap has kept is brought back; the present one is dropped."},
		{Code: "M001", Category: Metadata, Means: "A `moved` block gives the mapping another address."},
		{Code: "R001", Category: Corrective, Irreversible: true, Means: "`--replace` asks for the table to be built anew."},
		{Code: "R002", Category: Corrective, Means: "An abandoned run left rows, and they are loaded again."},
		{Code: "R101", Category: Corrective, Means: "Fields are made in another way: their values change where the two differ."},
		{Code: "R102", Category: Corrective, Means: "A `reload` block makes rows again from the source, once for each generation."},
		{Code: "X201", Category: Metadata, Exposure: true, Means: "A class of data reaches a field that protects it less than the last run did, or that had none of it."},
		{Code: "X202", Category: Metadata, Exposure: true, Means: "Classified data go to another country than they come from."},
		{Code: "X203", Category: Metadata, Exposure: true, Means: "Classified data go to a lower environment than they come from."},
	}
}

// CodeOf finds what a code means.
func CodeOf(code string) (Code, bool) {
	all := Codes()
	i := slices.IndexFunc(all, func(c Code) bool { return c.Code == code })
	if i < 0 {
		return Code{}, false
	}
	return all[i], true
}

// Treated is a reason that the author takes for another category than its own, and why.
type Treated struct {
	Code     string `json:"code"`
	From     string `json:"from"` // the code's own category
	Category string `json:"category"`
	Reason   string `json:"reason"`
}

// For reports whether one of these reasons is why the action is laid.
func (a *Action) For(codes ...string) bool {
	return len(a.Reasons) > 0 && slices.Contains(codes, a.Reasons[0].Code)
}

// Judge sets the action's category and flags by its reasons and by what the author takes some of them for. A reason that
// is not in the list leaves the category that the action has. What is lost and what is exposed no author can say away.
func (a *Action) Judge(treated []Treated) {
	was := a.Category
	a.Category, a.Treated = "", nil
	a.Irreversible = a.Irreversible || a.Kind == Reload || a.Removes > 0
	for _, r := range a.Reasons {
		c, known := CodeOf(r.Code)
		if !known {
			c.Category = was
		}
		a.Irreversible, a.Exposure = a.Irreversible || c.Irreversible, a.Exposure || c.Exposure
		if i := slices.IndexFunc(treated, func(t Treated) bool { return t.Code == r.Code && t.Category != c.Category }); i >= 0 {
			t := treated[i]
			t.From, c.Category = c.Category, t.Category
			if !slices.Contains(a.Treated, t) {
				a.Treated = append(a.Treated, t)
			}
		}
		a.Category = Graver(a.Category, c.Category)
	}
	if a.Category == "" {
		a.Category = was
	}
}

// Graver is the graver of two categories.
func Graver(a, b string) string {
	if slices.Index(Categories(), b) > slices.Index(Categories(), a) {
		return b
	}
	return a
}

// Category is the gravest of the mapping's actions.
func (m *Mapping) Category() string {
	out := ""
	for _, a := range m.Actions {
		out = Graver(out, a.Category)
	}
	return out
}
