# Needs Go, git and make; `make setup` installs what the tests need besides.

FUZZTIME ?= 30s
ROWS ?= 3000000
ROUNDS ?= 3
BENCHFLAGS ?=

.PHONY: build demo test test-short check golden setup fuzz bench bench-parts clean

build:
	go build -o bin/migrateiq ./cmd/migrateiq

# The whole way once, in a fresh copy of examples/clinic. The plan at the end has to find nothing to do.
demo: build
	@rm -rf .migrateiq-demo
	@cp -R examples/clinic .migrateiq-demo
	@set -e; cd .migrateiq-demo; \
	run() { echo; echo "\$$ migrateiq $$*"; ../bin/migrateiq "$$@"; }; \
	run plan; \
	run apply --auto-approve; \
	run verify; \
	again=$$(run plan) || { echo "$$again"; exit 1; }; \
	echo "$$again"; \
	case "$$again" in *"No changes"*) ;; *) echo "demo: the second plan should have said No changes" >&2; exit 1;; esac

# Tests that need a server start their own from installed binaries, and are skipped with a message where there are none.
test:
	go test -timeout 60m ./...

test-short:
	go test -short ./...

check:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt would change:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go test -run Architecture .

# Writes the expected output of the scripts anew. Read the difference before you commit it.
golden:
	go test ./cmd/migrateiq -run Script -update

# PostgreSQL is the only thing that tests need besides Go.
setup:
	@if command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then \
		echo "setup: PostgreSQL is there"; \
	elif [ "$$(id -u)" = 0 ]; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; \
	else \
		echo "setup: PostgreSQL is missing. Install it with this command, then go on:" >&2; \
		echo "  sudo apt-get install -y --no-install-recommends postgresql" >&2; \
		exit 1; \
	fi

# Every fuzz test for FUZZTIME each.
fuzz:
	@set -e; for p in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
		done; \
	done

# A copy beside PostgreSQL's own programs, on two servers that it starts: make bench ROWS=3000000 BENCHFLAGS="-only wide".
# -memory goes on with ten times the rows, -profile FILE writes a profile.
bench:
	go test ./cmd/bench -run Copy -v -count=1 -timeout 3h -rows $(ROWS) -rounds $(ROUNDS) $(BENCHFLAGS)

# The parts of a copy, each alone.
bench-parts:
	go test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin .migrateiq-demo
