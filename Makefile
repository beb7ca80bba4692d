# Everything starts here. Needed: Python ≥ 3.11 and make. All that a step downloads comes from PyPI, npm or Debian.
PYTHON ?= python3
PORT ?= 8000
STRUCTURES ?= 4100
YEARS ?= 5
RELEASES ?= 2
export SENACS_DEMO ?= 1

BIN := .venv/bin
UV := $(BIN)/uv
SENACS := $(BIN)/senacs
export PATH := $(CURDIR)/$(BIN):$(PATH)
# npm calls node through env; the wheel's own node comes first.
NPM := npm

.PHONY: help distributed-tools setup install assets demo demo-data serve test test-fast test-browser-postgresql check format picture mutants bench clean browser-tools sbom audit

# What stands after ## beside a target is its line of help; a test asks that each has one.
help: ## cette liste
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "Réglages : PORT=$(PORT) STRUCTURES=$(STRUCTURES) YEARS=$(YEARS) RELEASES=$(RELEASES)"

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

# What a real site needs, without the tools of work; SENACS_* variables say where (docs/guide/exploitation.md).
install: export SENACS_DEMO = 0
install: $(UV) ## installe un vrai site, ou le met à niveau
	$(UV) sync --quiet --locked --no-default-groups --group assets --python $(BIN)/python
	$(NPM) ci --omit=dev --no-audit --no-fund --loglevel=error
	$(SENACS) install

assets: var/assets/.built ## construit la feuille de style et les scripts

setup: .venv/.synced var/assets/.built ## installe ce qu’il faut pour travailler

# --- demonstration ----------------------------------------------------------------------------
demo-data: setup ## installe et construit la démonstration, sans la servir
	$(SENACS) build_demo --structures $(STRUCTURES) --years $(YEARS) --releases $(RELEASES)

demo: demo-data ## installe, construit la démonstration et la sert
	@$(MAKE) --no-print-directory serve

serve: setup ## sert le site sur http://127.0.0.1:PORT
	$(SENACS) serve --port $(PORT)

# --- quality ----------------------------------------------------------------------------------
browser-tools: ## installe de Debian ce que les tests pilotent (Chromium, PostgreSQL, Poppler)
	@sh .ci/system-packages

# The engine of one test, which nothing else needs; a plain sync takes it away again.
distributed-tools: .venv/.synced ## installe le moteur distribué, pour un seul test
	$(UV) sync --quiet --locked --group distributed --python $(BIN)/python

test: setup browser-tools distributed-tools ## tous les tests : SQLite, navigateur, PostgreSQL
	$(BIN)/pytest -n 2 --no-migrations --dist loadgroup -m "not browser"
	$(BIN)/pytest -n 2 --no-migrations --dist loadgroup -m browser
	SENACS_TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --no-migrations --dist loadgroup -m "not browser or survey or both"

test-browser-postgresql: setup browser-tools ## tous les tests de navigateur, sur PostgreSQL
	SENACS_TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --dist loadgroup -m browser

test-fast: setup ## les tests rapides seulement
	$(BIN)/pytest -n 2 --no-migrations -m "not slow and not browser and not postgresql"

check: setup ## style, gabarits, types, couches, migrations, questionnaire
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check senacs/*/templates
	$(BIN)/djangofmt --check --profile jinja senacs/web/jinja2
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(SENACS) makemigrations --check --dry-run
	$(SENACS) check
	$(SENACS) check_questionnaire
	$(SENACS) check_indicators

# --- supply -----------------------------------------------------------------------------------
# What an installation carries, for whoever must answer for it: CycloneDX, from the two lock files.
sbom: .venv/.synced ## écrit ce que porte une installation (CycloneDX), dans var/sbom
	mkdir -p var/sbom
	$(UV) export --quiet --locked --no-default-groups --format cyclonedx1.5 --output-file var/sbom/python.cdx.json
	$(NPM) sbom --omit=dev --package-lock-only --sbom-format cyclonedx --loglevel=error > var/sbom/javascript.cdx.json

# Neither is part of `make check`: what is known today depends on the day, and on the network.
audit: .venv/.synced ## cherche les failles connues des dépendances (demande le réseau)
	@$(UV) audit --locked --no-default-groups || { echo "uv audit : des failles, ou pas de réseau : lire ci-dessus."; exit 1; }
	@$(NPM) audit --omit=dev --package-lock-only || { echo "npm audit : des failles, ou pas de réseau : lire ci-dessus."; exit 1; }

format: .venv/.synced ## met en forme le code et les gabarits
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt --quiet senacs/*/templates
	$(BIN)/djangofmt --quiet --profile jinja senacs/web/jinja2

picture: setup ## redessine docs/img/packages.svg d’après les imports
	$(BIN)/python docs/picture.py

mutants: setup ## des fautes une à une, que les tests doivent voir ; écrit docs/performance/mutants.md
	$(BIN)/python -m tests.mutants

bench: setup ## mesures, écrites dans docs/performance/
	$(UV) sync --quiet --locked --group bench --python $(BIN)/python
	$(BIN)/python -m bench

clean: ## enlève tout ce qui se reconstruit
	rm -rf var node_modules .venv
