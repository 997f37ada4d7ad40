package expr

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/decls"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// base is CEL with the library: the same for every expression, costly to make, never changed.
var base = sync.OnceValues(func() (*foundation, error) {
	env, err := library.NewEnv()
	if err != nil {
		return nil, fmt.Errorf("set up the expression library: %w", err)
	}
	functions, err := checker.NewEnv(env.Container, env.CELTypeProvider())
	if err != nil {
		return nil, fmt.Errorf("set up the expression checker: %w", err)
	}
	for _, f := range env.Functions() {
		if f.IsDeclarationDisabled() {
			continue
		}
		if err := functions.AddFunctions(f); err != nil {
			return nil, fmt.Errorf("declare %s: %w", f.Name(), err)
		}
	}
	f := &foundation{env: env, checker: functions, versions: library.Versions(), library: map[string]library.Function{}, exact: map[string]bool{}}
	for _, known := range library.Functions() {
		f.library[known.Name] = known
	}
	for name, function := range env.Functions() {
		for _, o := range function.OverloadDecls() {
			if slices.ContainsFunc(o.ArgTypes(), func(t *cel.Type) bool { return t.TypeName() == "decimal" }) && strings.Contains(name, ".") {
				f.exact[name] = true
			}
		}
	}
	return f, nil
})

type foundation struct {
	env      *cel.Env
	checker  *checker.Env
	versions map[string]string
	library  map[string]library.Function
	exact    map[string]bool // names with a namespace of functions that take an exact number
}

// world is a scope as the checker sees it.
type world struct {
	*foundation
	scope     Scope
	table     bool // out is the row of a table; src is not there
	columns   map[string]schema.Column
	params    map[string]Param
	lookups   map[string]Lookup
	objects   map[string]map[string]*cel.Type
	variables []*decls.VariableDecl
}

func newWorld(s Scope, table bool) (*world, error) {
	f, err := base()
	if err != nil {
		return nil, err
	}
	w := &world{foundation: f, scope: s, table: table, columns: map[string]schema.Column{}, params: map[string]Param{},
		lookups: map[string]Lookup{}, objects: map[string]map[string]*cel.Type{"param": {}, "lookup": {}}}
	row := map[string]*cel.Type{}
	for _, c := range s.Columns {
		w.columns[c.Name] = c
		if t, ok := celType(c.Type); ok {
			row[c.Name] = t
		}
	}
	for _, j := range s.Joins {
		for _, c := range j.Columns {
			c.Name, c.Null = Joined(j.Name, c.Name), true
			w.columns[c.Name] = c
			if t, ok := celType(c.Type); ok {
				row[c.Name] = t
			}
		}
	}
	for _, p := range s.Params {
		w.params[p.Name] = p
		if t, ok := celType(p.Type); ok {
			w.objects["param"][p.Name] = t
		}
	}
	for _, l := range s.Lookups {
		w.lookups[l.Name] = l
		key, okKey := celType(l.Key)
		value, okValue := celType(l.Value)
		if okKey && okValue {
			w.objects["lookup"][l.Name] = cel.MapType(key, value)
		}
	}
	if len(s.Keys) > 0 {
		w.objects[KeyObject] = map[string]*cel.Type{}
		for _, name := range s.Keys {
			w.objects[KeyObject][name] = library.KeyType()
		}
	}
	if !table {
		w.objects["join"] = map[string]*cel.Type{} // its rows' columns are the row's own by now
	}
	w.objects[w.row()] = row
	for name := range w.objects {
		w.variables = append(w.variables, decls.NewVariable(name, w.objectType(name)))
	}
	if s.Out != nil && !table {
		if t, ok := celType(s.Out.Type); ok {
			w.variables = append(w.variables, decls.NewVariable("out", t))
		}
	}
	return w, nil
}

// row is the name of the row.
func (w *world) row() string {
	if w.table {
		return "out"
	}
	return "src"
}

func (w *world) objectType(name string) *cel.Type {
	if w.scope.Offline && name == w.row() {
		return cel.DynType
	}
	return cel.ObjectType(name)
}

// newChecker makes a checker that sees the scope.
func (w *world) newChecker() (*checker.Env, error) {
	env, err := checker.NewEnv(w.env.Container, fields{w.env.CELTypeProvider(), w.objects}, checker.ValidatedDeclarations(w.checker))
	if err != nil {
		return nil, fmt.Errorf("set up the expression checker: %w", err)
	}
	if err := env.AddIdents(w.variables...); err != nil {
		return nil, fmt.Errorf("declare the names of the expression: %w", err)
	}
	return env, nil
}

// fields gives the checker the columns, parameters and lookups.
type fields struct {
	types.Provider
	objects map[string]map[string]*cel.Type
}

// FindStructFieldType finds a column, parameter or lookup.
func (f fields) FindStructFieldType(object, field string) (*types.FieldType, bool) {
	if of, ok := f.objects[object]; ok {
		t, ok := of[field]
		return &types.FieldType{Type: t}, ok
	}
	return f.Provider.FindStructFieldType(object, field)
}

// FindStructType finds our objects.
func (f fields) FindStructType(object string) (*types.Type, bool) {
	if _, ok := f.objects[object]; ok {
		return types.NewTypeTypeWithParam(cel.ObjectType(object)), true
	}
	return f.Provider.FindStructType(object)
}

// declare adds a variable of its own.
func (w *world) declare(name string, t *cel.Type) {
	w.variables = append(w.variables, decls.NewVariable(name, t))
}
