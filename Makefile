# Two commands on a bare machine with Python >= 3.11 and make: `make demo`, `make test`.
# While working on a change: `make check`. CONTRIBUTING.md says what each target is for.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Python keeps what it compiled, also where the environment says otherwise: every start is faster.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo check test deep lint quick unit hostile bench docs fuzz brute store mutation clean
.DEFAULT_GOAL := demo

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "learner-engine needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@$(BIN)/python -m compileall -q src
	@touch $@

## demo: audit the demo report, look at one learner, read up on one finding
demo: $(READY)
	$(BIN)/learner-engine audit fixtures/demo.csv --fail-on never
	$(BIN)/learner-engine timeline fixtures/demo.csv --learner rita.reenrolled@northwind.example
	$(BIN)/learner-engine rules S103

## check: lint, and beside it the tests for 35 seconds, those of what you changed first
check: $(READY)
	@$(MAKE) --no-print-directory -j2 lint quick

quick: $(READY)
	$(BIN)/python -m pytest -m "not deep" --hypothesis-profile quick --budget 35 \
	  -n auto --dist load --maxschedchunk 4

## test: every check that a change must pass
test: lint unit

unit: $(READY)
	$(BIN)/python -m pytest -m "not deep" -n auto --dist worksteal

## deep: ten times the examples, and all that takes long (some hours)
deep: lint
	$(BIN)/python -m pytest --hypothesis-profile deep -n auto --dist worksteal
	$(MAKE) --no-print-directory store brute fuzz

## lint: style, strict types, import direction
lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## hostile: what somebody who means harm could try, all of it
hostile: $(READY)
	$(BIN)/python -m pytest tests/hostile -n auto --dist worksteal

## bench: this program beside its peers and a floor, as ratios in one run (docs/performance.md)
bench: $(READY)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python bench/run.py $(BENCH)

## docs: the generated pages (a test keeps them current), and the site in site/
docs: $(READY)
	$(BIN)/python tools/make_docs.py
	$(BIN)/python -m sphinx -q -W --keep-going -b html -d .sphinx_cache docs site
	@echo "site/index.html"

## fuzz: 10,000 damaged files
fuzz: $(READY)
	$(BIN)/python tools/fuzz.py --files 10000

## brute: the repairs of all short histories beside every set of edits
brute: $(READY)
	$(BIN)/python tools/every_repair.py
	$(BIN)/python tools/every_repair.py --partial

## mutation: change the pure core in 758 small ways; do the tests notice? (90 minutes; docs/mutation.md)
mutation: $(READY)
	$(BIN)/python -m pip install --quiet --group mutation
	$(BIN)/python tools/mutation.py $(MUTATION)

## store: 200 imports killed at random moments, 1,000 edits of a store
store: $(READY)
	$(BIN)/python tools/crash_store.py --kills 200
	$(BIN)/python tools/crash_store.py --kills 50 --signal INT
	$(BIN)/python tools/tamper_store.py --edits 1000

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .sphinx_cache site
