package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// repository is the top folder, seen from this package: absolute, since scripts work in folders of their own.
var repository = func() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
}()

func TestExamples(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(repository, "examples", "*", "script.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("find the examples: got %d scripts, %v", len(scripts), err)
	}
	for _, script := range scripts {
		example := filepath.Dir(script)
		t.Run(filepath.Base(example), func(t *testing.T) {
			p := params("", script)
			p.Setup = func(env *testscript.Env) error {
				begin(env)
				return os.CopyFS(filepath.Join(env.Cd, "example"), os.DirFS(example))
			}
			testscript.Run(t, p)
		})
	}
}
