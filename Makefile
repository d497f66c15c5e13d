# The one list of commands: people, pre-commit and CI share it.

PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run ui test soak check fix bench lock clean setup

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile

run: setup ## set up, run tonight under Airflow, publish, say where to look (AS_OF=2026-11-21, CUSTOMERS=1000)
	@$(PY) -m etl.airflow_local run $(if $(AS_OF),--as-of $(AS_OF)) $(if $(CUSTOMERS),--customers $(CUSTOMERS))

ui: setup ## keep Airflow up until Ctrl-C
	@$(PY) -m etl.airflow_local ui

test: setup ## set up what is missing and pass all tests (ARGS="-k calendar" for some)
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

soak: setup ## the tests that take long: every fault, more places to die, make run on the sandbox
	@$(PY) -m pytest -m soak $(ARGS)

check: setup ## lint, format, types, house rules
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(PY) -m pytest -q tests/house

fix: setup ## put right what can be put right without thinking
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: setup ## measure what the README promises
	@$(PY) -m bench

lock: setup ## write requirements.lock anew from pyproject.toml (UPGRADE=1 for the newest that fit)
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		$(if $(UPGRADE),--upgrade) --group dev pyproject.toml --output-file requirements.lock
	@scripts/setup

clean: ## remove what the other commands made: .venv, .zixin, caches
	rm -rf .venv .zixin .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@scripts/setup
