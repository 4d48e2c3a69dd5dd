# The commands of the project; `make` lists them. Everything is prepared when it is missing, so each works in a fresh clone.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
DATA_DIR ?= instance
TEST_JOBS ?= 2
PYTEST := $(BIN)/python -m pytest
export SUPERAPP_DATA_DIR ?= $(abspath $(DATA_DIR))
export PYTHONUNBUFFERED := 1

.PHONY: help setup dev system run test test-slow check format bench assets translations screenshots lighthouse lock wheel clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv from the locked libraries; starts nothing
	@tools/environment.sh app

dev: ## setup, plus the tools of tests and checks
	@tools/environment.sh dev

system: # Debian's chromium and postgresql, when missing
	@tools/environment.sh system

run: setup ## start the app on http://127.0.0.1:8000 with demo data
	@exec $(BIN)/python -m tools.start

test: dev system ## run the tests on SQLite and PostgreSQL, and in Chromium
	@$(PYTEST) -n $(TEST_JOBS) --dist loadfile $(ARGS)

test-slow: dev system ## kill storms, mutations, a million rows
	@$(PYTEST) -m slow $(ARGS)

check: dev ## format, lint, types, import directions, templates
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run 'make format'." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet templates plugins

format: dev ## format the code and mend what can be mended safely
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: dev ## measure pages, forms, tasks and decisions against a bare Flask app
	@$(BIN)/python -m tests.benchmark $(ARGS)

assets: ## build static/dist from its sources (needs Node.js)
	npm ci --no-audit --no-fund
	npm run build

translations: dev ## collect the texts and compile the English catalogue
	@$(BIN)/python -m tools.words

screenshots: dev system ## picture every page, both sizes and themes, into build/screenshots/
	@$(BIN)/python -m tests.support.screenshots $(ARGS)

lighthouse: dev system ## Lighthouse's mobile figures of sign-in, home and list (needs Node.js); below 100 fails
	npm ci --prefix tests/lighthouse --no-audit --no-fund --silent
	@$(BIN)/python -m tests.lighthouse $(ARGS)

lock: dev ## resolve setup.cfg into the hashed locks
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile $(LOCKING) setup.cfg --extra postgresql --extra build -o requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile $(LOCKING) setup.cfg --extra dev -c requirements.lock -o requirements-dev.lock
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate $(ARGS)

wheel: dev ## build an installable wheel into build/
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-index --no-build-isolation -w build .
