# Closedset: what a person types. `make help` lists it.
#
# Works as root and as a user who may use sudo; what is missing is installed from Debian's packages,
# and nothing is installed where everything is there. Nothing is changed outside this folder but that
# and cargo's own folder.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Where rustup puts cargo, for shells that have not read its profile, and cargo's own tools.
export PATH := $(HOME)/.cargo/bin:$(PATH)

DATA ?= ./data
# Where cargo builds, wherever that was set.
TARGET = $(or $(CARGO_TARGET_DIR),target)

# The versions that the checks were tried with.
CARGO_DENY    := 0.20.2
CARGO_MACHETE := 0.9.2
MDBOOK        := 0.5.4

# What is looked for, and the Debian package that has it.
BUILD_NEEDS := cc:gcc /usr/include/stdlib.h:libc6-dev
TEST_NEEDS  := $(BUILD_NEEDS) \
	/usr/lib/postgresql/*/bin/initdb:postgresql \
	chromium:chromium \
	go:golang-go \
	/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog:golang-golang-x-mod-dev \
	sqlite3:sqlite3 \
	openssl:openssl \
	age:age \
	/usr/lib/python3/dist-packages/aiosmtpd:python3-aiosmtpd \
	pebble:pebble \
	/usr/lib/python3/dist-packages/icalendar:python3-icalendar \
	pdftotext:poppler-utils \
	qpdf:qpdf \
	script:bsdutils \
	pkill:procps \
	/usr/lib/python3*/ensurepip:python3-venv \
	node:nodejs \
	npm:npm

## help: this list
.PHONY: help
help:
	@echo "Closedset"
	@echo
	@sed -n 's/^## \([a-z]*\): /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

## run: build Closedset, start it on https://localhost:8443 and watch this computer
.PHONY: run
run: rust
	@$(MAKE) need NEEDS="$(BUILD_NEEDS)"
	cargo build --release --locked --package closedset
	exec $(TARGET)/release/closedset serve --data $(DATA) --enrol-this-computer

## demo: build Closedset and show an invented facility with a year behind it
.PHONY: demo
demo: rust
	@$(MAKE) need NEEDS="$(BUILD_NEEDS)"
	cargo build --release --locked --package closedset
	exec $(TARGET)/release/closedset serve --demo

## test: every check and every test
.PHONY: test
test: rust
	@$(MAKE) need NEEDS="$(TEST_NEEDS)"
	@$(MAKE) lint-tools
	@CLOSEDSET_REQUIRE_TOOLS=1 cargo run --quiet --locked --package xtask -- test

## lint: formatting, lints, layers, documents, dependencies; no tests
.PHONY: lint
lint: rust
	@$(MAKE) need NEEDS="$(BUILD_NEEDS)"
	@$(MAKE) lint-tools
	cargo fmt --all --check
	cargo run --quiet --locked --package xtask -- layers
	cargo run --quiet --locked --package xtask -- documents
	cargo deny --log-level error check bans licenses sources
	cargo machete
	cargo clippy --workspace --all-targets --locked -- -D warnings

## bench: measure, beside a peer or a limit; minutes, and best on a quiet machine
.PHONY: bench
bench: rust
	@$(MAKE) need NEEDS="$(TEST_NEEDS)"
	cargo bench --workspace --locked

## docs: the book as pages
.PHONY: docs
docs: rust
	@mdbook --version >/dev/null 2>&1 || $(MAKE) tool TOOL=mdbook VERSION=$(MDBOOK)
	mdbook build docs --dest-dir "$(abspath $(TARGET))/book"
	@echo "The book: $(abspath $(TARGET))/book/index.html"

## apidocs: the crates' own documentation; many minutes the first time
.PHONY: apidocs
apidocs: rust
	@$(MAKE) need NEEDS="$(BUILD_NEEDS)"
	cargo doc --workspace --locked --no-deps
	@echo "The crates: $(abspath $(TARGET))/doc/closedset_core/index.html"

## clean: remove what was built; data folders are left alone
.PHONY: clean
clean:
	cargo clean
	rm -rf tests/browser/node_modules

# --- what the ones above need -----------------------------------------------------------------------

.PHONY: rust
rust:
	@command -v cargo >/dev/null || { \
		echo "Rust is missing. Install it from https://rustup.rs, then open a new shell and try again." >&2; exit 1; }
	@wanted=$$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml); \
	found=$$(rustc --version | cut -d' ' -f2); \
	printf '%s\n%s\n' "$$wanted" "$${found%%-*}" | sort --check=quiet --version-sort || { \
		echo "Rust $$wanted or newer is needed, and this is $$found. Run: rustup update stable" >&2; exit 1; }

# Installs the packages of those NEEDS that are not there: a program on the PATH, or a file.
.PHONY: need
need:
	@missing=; \
	for need in $(NEEDS); do \
		thing=$${need%%:*}; package=$${need##*:}; \
		case $$thing in \
		/*) compgen -G "$$thing" >/dev/null || missing="$$missing $$package" ;; \
		*) command -v "$$thing" >/dev/null || missing="$$missing $$package" ;; \
		esac; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if ! command -v apt-get >/dev/null; then \
		echo "Missing:$$missing. This machine has no apt-get; install the like with its own package manager." >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then as_root=; \
	elif command -v sudo >/dev/null; then as_root=sudo; \
	else \
		echo "Missing:$$missing. You are not root and there is no sudo; ask who runs this machine for:" >&2; \
		echo "  apt-get install --no-install-recommends$$missing" >&2; exit 1; \
	fi; \
	echo "Installing from Debian:$$missing"; \
	$$as_root apt-get update -q; \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends $$missing

.PHONY: lint-tools
lint-tools:
	@cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 || rustup component add clippy rustfmt
	@cargo deny --version >/dev/null 2>&1 || $(MAKE) tool TOOL=cargo-deny VERSION=$(CARGO_DENY)
	@cargo machete --version >/dev/null 2>&1 || $(MAKE) tool TOOL=cargo-machete VERSION=$(CARGO_MACHETE)

# Unoptimised: they are used for seconds, and build in a fraction of the time.
.PHONY: tool
tool:
	@echo "Building $(TOOL) $(VERSION); once for this machine."
	CARGO_TARGET_DIR="$(abspath $(TARGET))/tools" cargo install --quiet --debug --locked $(TOOL) --version $(VERSION)
