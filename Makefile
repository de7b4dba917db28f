# `make demo` and `make test` are all the set-up a fresh machine needs: Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-slow lint format docs clean

demo: $(VENV)/installed  ## the whole chain on a sample, and what came out
	$(BIN)/recudf demo --database demo.duckdb

test: $(VENV)/installed-dev  ## what runs on every change
	$(BIN)/pytest

test-slow: $(VENV)/installed-dev  ## the minutes-long rest, on real data where it is at hand
	$(BIN)/pytest -m slow

lint: $(VENV)/installed-dev  ## format, rules, types, import rules, SQL style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests sql

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/installed  ## docs/functions.md from the declarations
	$(BIN)/python docs/generate_functions.py

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "recudf needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(INSTALL) --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .recudf demo.duckdb
