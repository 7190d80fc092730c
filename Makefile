# Two commands do everything on a machine with Python 3.11-3.13 and make: `make demo` and `make test`.
# Each creates .venv and installs what it needs by itself; versions are pinned in constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv installs the same pinned versions as pip, several times faster; it takes its settings from the environment.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt

.PHONY: demo test check lint types slow bench install up down secrets clean

$(VENV)/.uv: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt uv
	@touch $@

$(VENV)/.embedded: $(VENV)/.uv pyproject.toml constraints.txt
	$(INSTALL) -e '.[embedded]'
	@touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml constraints.txt
	$(INSTALL) -e '.[embedded,airflow,dev]'
	@touch $@ $(VENV)/.embedded

install: $(VENV)/.embedded

demo: $(VENV)/.embedded
	@$(BIN)/veille demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -m 'not slow' -n 2 --dist loadgroup

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

clean:
	rm -rf .venv .veille .mypy_cache .ruff_cache .pytest_cache
