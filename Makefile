# Two commands do everything on a machine with Python 3.11-3.13 and make: `make demo` and `make test`.
# Each creates .venv and installs what it needs by itself; versions are pinned in constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv installs the same pinned versions as pip, several times faster. It does not read pip's configuration (an index or a
# certificate of one's own), so where it fails pip itself tries.
define install
$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[$(EXTRAS)]' || \
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[$(EXTRAS)]'
endef
$(VENV)/.embedded: EXTRAS := embedded
$(VENV)/.dev: EXTRAS := embedded,airflow,dev
$(VENV)/.tune: EXTRAS := embedded,airflow,dev,tune

.PHONY: demo learn tune test check engine lint types slow bench install up down secrets clean

$(VENV)/.uv: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt uv
	@touch $@

$(VENV)/.embedded: $(VENV)/.uv pyproject.toml constraints.txt
	@echo 'Installing into $(VENV) ...'
	@$(install)
	@touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml constraints.txt
	@echo 'Installing into $(VENV) ...'
	@$(install)
	@touch $@ $(VENV)/.embedded

$(VENV)/.tune: $(VENV)/.uv pyproject.toml constraints.txt
	@echo 'Installing into $(VENV) ...'
	@$(install)
	@touch $@ $(VENV)/.dev $(VENV)/.embedded

install: $(VENV)/.embedded

demo: $(VENV)/.embedded
	@$(BIN)/veille demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -m 'not slow' -n 2 --dist loadgroup

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

# The tests that talk to an engine, on the one that VEILLE_TEST_ELASTICSEARCH_URL names.
engine: $(VENV)/.dev
	$(BIN)/python -m pytest -m 'engine and not airflow' -n 2 --dist loadgroup

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

# Random values for every secret that .env lacks; what is there is kept.
secrets:
	@$(PYTHON) -m pipeline.deploy.secrets

up: secrets
	docker compose up --build --detach
	@echo 'Kibana: http://localhost:5601 (user veille_reader)   Airflow: http://localhost:8080 (user admin)'
	@echo 'The passwords are in .env. What set-up did: docker compose logs setup setup-kibana'

down:
	docker compose down

# Compile schemas/kibana/source/ to the saved objects that Kibana imports. The compiler needs Python 3.12, so it runs
# apart from .venv.
kibana: $(VENV)/.dev
	$(BIN)/uv run --quiet --no-project --isolated --python '>=3.12' \
		$(foreach name,kb-dashboard-core babel,--with $(shell grep -o '^$(name)==[^ ;]*' constraints.txt)) python -m schemas.kibana.build

LABELLED := $(wildcard tests/tag/labelled/learned/*.jsonl) --sentences tests/tag/labelled/sentences.jsonl

# Fit the tagger's model to the labelled stories again: after a change of grammar, lexicons or labels.
learn: $(VENV)/.dev
	$(BIN)/python -m pipeline.tag.weigh.learn $(LABELLED)

# Fit the encoder again: after a change of its labels. Some fifty minutes.
tune: $(VENV)/.tune
	$(BIN)/python -m pipeline.tag.weigh.tune $(LABELLED)

clean:
	rm -rf .venv .veille .mypy_cache .ruff_cache .pytest_cache
