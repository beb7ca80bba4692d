# Everything starts here. Needed: Python ≥ 3.11 and make. All that a step downloads comes from PyPI, npm or Debian.
PYTHON ?= python3
PORT ?= 8000
STRUCTURES ?= 4100
YEARS ?= 5
RELEASES ?= 1
export SENACS_DEMO ?= 1

BIN := .venv/bin
UV := $(BIN)/uv
SENACS := $(BIN)/senacs
export PATH := $(CURDIR)/$(BIN):$(PATH)
# npm calls node through env; the wheel's own node comes first.
NPM := npm

.PHONY: help distributed-tools setup assets demo demo-data serve test test-fast test-postgresql check format bench clean messages docs browser-tools

help:
	@echo "make demo        installe, construit la démonstration et la sert sur http://127.0.0.1:$(PORT)"
	@echo "make demo-data   la même chose sans servir (STRUCTURES=$(STRUCTURES) YEARS=$(YEARS))"
	@echo "make test        installe ce qu'il faut et lance tous les tests (SQLite, PostgreSQL, navigateur)"
	@echo "make test-fast   les tests rapides seulement"
	@echo "make check       style, types, couches, migrations"
	@echo "make bench       mesures, écrites dans docs/performance/"

# --- installation -----------------------------------------------------------------------------
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est nécessaire."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.synced: $(UV) pyproject.toml uv.lock
	$(UV) sync --quiet --locked --python $(BIN)/python
	@touch $@

node_modules/.installed: .venv/.synced package.json package-lock.json
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

ASSET_SOURCES := $(shell find assets -type f 2>/dev/null)
var/assets/.built: node_modules/.installed $(ASSET_SOURCES)
	node assets/build.mjs
	$(SENACS) collectstatic --noinput --verbosity 0
	@touch $@

assets: var/assets/.built

setup: .venv/.synced var/assets/.built

# --- demonstration ----------------------------------------------------------------------------
demo-data: setup
	$(SENACS) build_demo --structures $(STRUCTURES) --years $(YEARS) --releases $(RELEASES)

demo: demo-data
	@$(MAKE) --no-print-directory serve

serve: setup
	$(SENACS) serve --port $(PORT)

# --- quality ----------------------------------------------------------------------------------
browser-tools:
	@sh .ci/system-packages

# The engine of one test, which nothing else needs; a plain sync takes it away again.
distributed-tools: .venv/.synced
	$(UV) sync --quiet --locked --group distributed --python $(BIN)/python

test: setup browser-tools distributed-tools
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser"
	$(BIN)/pytest -m browser
	SENACS_TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --dist loadgroup

test-fast: setup
	$(BIN)/pytest -n 2 --no-migrations -m "not slow and not browser and not postgresql"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check senacs/*/templates
	$(BIN)/djangofmt --check --profile jinja senacs/web/jinja2
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(SENACS) makemigrations --check --dry-run
	$(SENACS) check
	$(SENACS) check_questionnaire

format: .venv/.synced
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt --quiet senacs/*/templates
	$(BIN)/djangofmt --quiet --profile jinja senacs/web/jinja2

bench: setup
	$(UV) sync --quiet --locked --group bench --python $(BIN)/python
	$(BIN)/python -m bench

clean:
	rm -rf var node_modules .venv
