// Command migrateiq plans, carries out and proves migrations of data.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"os/user"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

const release = "0.1.0"

func main() { os.Exit(run(os.Args[1:], time.Now)) }

// run is the whole program in this process, so that tests can be it, by a clock of their own.
func run(args []string, now func() time.Time) int {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error: find the working folder:", err)
		return 1
	}
	environ := os.Environ()
	if err := forgetDriver(environ); err != nil {
		fmt.Fprintln(os.Stderr, "Error: prepare the environment:", err)
		return 1
	}
	return cli.Run(context.Background(), cli.World{
		Dir: dir, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: environ, ReadFile: os.ReadFile,
		Terminal: terminal, Interrupt: interrupts(),
		Providers: providers.NewSet(sqlite.New(), postgres.New(), csv.New()),
		Rules:     policy.Builtin{},
		Store:     func(path string) state.Store { return localfile.New(path) },
		Now:       now, Owner: owner(), Version: version(),
	}, args)
}

// forgetDriver removes the variables by which PostgreSQL's driver would be steered past the configuration. A secret that
// names one still has its value, from environ.
func forgetDriver(environ []string) error {
	for _, e := range environ {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "PG") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// interrupts closes its channel at the first request to stop; the second ends the program, whose work is safe at any
// moment.
func interrupts() <-chan struct{} {
	asked := make(chan os.Signal, 2)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	stop := make(chan struct{})
	go func() {
		<-asked
		close(stop)
		<-asked
		os.Exit(130)
	}()
	return stop
}

func terminal(stream any) (int, bool) {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

func owner() string {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("%s@%s pid %d", name, host, os.Getpid())
}

// version is the release, with the commit where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return release + "+" + s.Value[:12]
		}
	}
	return release
}
