# Two commands on a bare machine with Python >= 3.11 and make: `make demo`, `make test`.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint unit bench docs fuzz brute store mutation clean
.DEFAULT_GOAL := demo

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "learner-engine needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@$(BIN)/python -m compileall -q src  # also where the environment forbids it to be done on the way
	@touch $@

## demo: audit the demo report, look at one learner, read up on one finding
demo: $(READY)
	$(BIN)/learner-engine audit fixtures/demo.csv --fail-on never
	$(BIN)/learner-engine timeline fixtures/demo.csv --learner rita.reenrolled@northwind.example
	$(BIN)/learner-engine rules S103

## test: every check that a change must pass
test: lint unit

unit: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not deep"

## lint: style, strict types, import direction
lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## bench: this program beside its peers and a floor, as ratios in one run (docs/performance.md)
bench: $(READY)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python bench/run.py $(BENCH)

## docs: the generated pages; a test keeps them current
docs: $(READY)
	$(BIN)/python tools/make_docs.py

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
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
