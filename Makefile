# `make demo` and `make test` are all the set-up a fresh machine needs: Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Of what is installed a tenth is ever imported: that is compiled when it first is, and kept, even in containers that
# tell Python to keep nothing
export PYTHONDONTWRITEBYTECODE =
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
INSTALL := $(PIP) --constraint constraints.txt
# LOCKED=1, as continuous integration has it: everything but torch comes by hash. torch is another file on each
# kind of machine (CPU, CUDA), so it and the libraries it brings come by constraints.txt alone.
LOCKED ?=
# a Java that Spark runs on, or nothing
JAVA := $(shell "$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -version 2>&1 | grep -E 'version "(17|21)[."]')
# of what runs on Spark: the dialect of the models
SPARK_SHORT := tests/dbt/test_dialect.py

.PHONY: demo test test-slow test-browser test-spark java test-incremental lint format docs docs-site lock audit clean

demo: $(VENV)/installed  ## the whole chain on a sample, and what came out
	$(BIN)/recudf demo --database demo.duckdb

test: $(VENV)/installed-dev $(if $(JAVA),$(VENV)/installed-spark)  ## what runs on every change; with Java also a short part on Spark
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
	$(if $(JAVA),$(BIN)/pytest -m spark $(SPARK_SHORT),@echo "no Java 17 or 21, so nothing ran on Spark: see make test-spark")

test-slow: $(VENV)/installed-dev  ## the minutes-long rest, on real data where it is at hand
	$(BIN)/pytest -m slow

test-browser: $(VENV)/installed-browser  ## the report in a real browser: Chromium must be there (Debian: apt install chromium)
	$(BIN)/pytest -m browser

SECONDS ?= 3600
test-incremental: $(VENV)/installed-dev  ## incremental builds against full ones: sequences for SECONDS, or that of one SEED
	RECUDF_SEQUENCE_SECONDS=$(SECONDS) RECUDF_SEQUENCE_SEED=$(SEED) $(BIN)/pytest tests/dbt/test_incremental.py -m sequences -s

test-spark: java $(VENV)/installed-spark  ## every function on Spark, with executors of their own and one that is killed
	$(BIN)/pytest -m spark

lint: $(VENV)/installed-dev  ## format, rules, types, import rules, SQL style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests sql src/recudf/report/queries

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/installed  ## docs/functions.md from the declarations
	$(BIN)/python docs/generate_functions.py

LOCK = $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock' --constraint constraints.txt pyproject.toml

docs-site: $(VENV)/installed-dev  ## the documentation as a site: build/site/index.html
	$(BIN)/python docs/site/stage.py build/site-source
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --config-file docs/site/mkdocs.yml

lock:  ## requirements*.lock: the hashes of what constraints.txt pins, for every platform
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet uv
	$(LOCK) --extra dev --extra browser --extra docs --extra postgres --output-file $(VENV)/lock/all.txt
	$(LOCK) --extra dev --extra browser --extra docs --extra postgres --extra spark --output-file $(VENV)/lock/spark.txt
	awk '/^[^ ]/ {kept = !/^(torch|triton|cuda|nvidia)/} kept' $(VENV)/lock/all.txt > requirements.lock
	awk 'NR == FNR {known[$$1]; next} /^[^ ]/ {kept = /^#/ || !($$1 in known)} kept' \
		$(VENV)/lock/all.txt $(VENV)/lock/spark.txt > requirements-spark.lock

audit:  ## known vulnerabilities of what is pinned; fails where the advisories cannot be read
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip install --quiet pip-audit
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

DEV := [dev,docs,postgres]
# $(call install,EXTRAS): recudf itself, and what these extras need
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "recudf needs Python 3.11 or later: make PYTHON=python3.12 ...")'
test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
$(if $(LOCKED),$(PIP) --require-hashes --no-deps --requirement requirements.lock)
$(INSTALL) --editable '.$(1)'
endef

$(VENV)/installed: pyproject.toml constraints.txt
	$(call install)
	touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt
	$(call install,$(DEV))
	touch $(VENV)/installed $@

$(VENV)/installed-browser: $(VENV)/installed-dev
	$(INSTALL) --editable '.[browser]'
	touch $@

java:
	@$(if $(JAVA),:,echo "Spark needs Java 17 or 21: install it (Debian: apt install openjdk-17-jre-headless), or set JAVA_HOME"; exit 1)

$(VENV)/installed-spark: $(VENV)/installed-dev
	$(if $(LOCKED),$(PIP) --require-hashes --no-deps --requirement requirements-spark.lock,$(INSTALL) --editable '.[spark]')
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .recudf demo.duckdb
