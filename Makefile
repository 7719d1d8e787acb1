# One door to everything one does with this project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help quickstart check lint types test guarantees benchmarks lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(INSTALLED): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -c requirements.lock -e '.[test,dev]'
	@touch $@

quickstart: $(INSTALLED) ## Install and run the quickstart study into runs/quickstart
	$(BIN)/subtyping run experiments/quickstart.yaml --out runs/quickstart --force

check: $(INSTALLED) lint types test ## Everything CI runs: style, types, tests

lint: $(INSTALLED) ## Style (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## Types (mypy, strict)
	$(BIN)/mypy

test: $(INSTALLED) ## Tests without the slow simulations
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not guarantee'

guarantees: $(INSTALLED) ## Slow simulations that hold the statistical promises
	$(BIN)/python -m pytest -n $(WORKERS) -m guarantee

benchmarks: $(INSTALLED) ## Make the stored power surface again
	$(BIN)/python experiments/benchmarks/power_surface.py

lock: ## Pin every dependency without naming an index (needs uv)
	uv export --no-hashes --no-emit-project --all-extras --no-annotate --no-header -o requirements.lock

clean: ## Remove the environment, caches and runs
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis runs build dist *.egg-info
