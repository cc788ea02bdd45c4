# All paths are relative, so a checkout may be in a folder with spaces. `make help` lists the targets.
.PHONY: help run test template lint ruff format-check types arrows migrations format messages states bank prove prove-crash drill bench clean
.DEFAULT_GOAL := run

PYTHON ?= python3
PY := .venv/bin/python
VAR_DIR ?= var
export VAR_DIR
# The linters run two at a time.
MAKEFLAGS += --jobs=2
# For commands that read settings and need no database.
NO_DATABASE := DATABASE_URL=postgresql://unused

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "%-14s %s\n", $$1, $$2 }'

run: .venv/run.stamp ## start everything: database, demo data, web server, workers
	@exec $(PY) -m config.process.run

test: .venv/test.stamp lint template ## run all linters and tests (COVERAGE=1 measures the coverage, too)
	$(PY) -m pytest -n auto $(if $(COVERAGE),--cov)

template: .venv/test.stamp ## make the database that the tests copy (beside the linters, as migrating takes long)
	$(PY) -m tests.support.database

lint: ruff format-check types arrows migrations ## run all linters

ruff: .venv/test.stamp ## check style and common mistakes
	$(PY) -m ruff check .

format-check: .venv/test.stamp ## check the formatting
	$(PY) -m ruff format --check .

types: .venv/test.stamp ## check types with mypy
	$(NO_DATABASE) $(PY) -m mypy

arrows: .venv/test.stamp ## check which package imports which
	$(PY) .venv/bin/lint-imports

migrations: .venv/test.stamp ## check that no migration is missing
	$(PY) manage.py makemigrations --check --dry-run

format: .venv/test.stamp ## fix what ruff can fix, then format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: .venv/test.stamp ## update and compile the translations (needs GNU gettext)
	$(NO_DATABASE) $(PY) manage.py update_messages

states: .venv/test.stamp ## draw the state tables into docs/architecture.md
	$(NO_DATABASE) $(PY) manage.py draw_states

bank: .venv/test.stamp ## start the bank simulator (PORT=8900)
	$(PY) -m tests.support.bank --port $(or $(PORT),8900)

prove: .venv/test.stamp ## compare the books after a thousand bad payments (WALKS=n: walk; CONTROL=name|all: guard off)
ifneq ($(CONTROL),)
	$(PY) -m tests.prove.walk $(if $(filter all,$(CONTROL)),--controls,--control $(CONTROL)) $(if $(SEED),--seed $(SEED))
else ifneq ($(WALKS),)
	$(PY) -m tests.prove.walk --walks $(WALKS) $(if $(SEED),--seed $(SEED))
else
	$(PY) -m tests.prove $(if $(SEED),--seed $(SEED))
endif

prove-crash: .venv/test.stamp ## the same while database, network, disk and processes fail
	$(PY) -m tests.prove --crash --payments 200 $(if $(SEED),--seed $(SEED))

drill: .venv/test.stamp ## kill a database during an import, lose it, restore it, compare with the bank's books
	$(PY) -W ignore -m tests.drills

bench: .venv/test.stamp ## run the benchmarks
	$(PY) -m tests.benchmarks

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade --constraint constraints.txt pip

.venv/run.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group run
	@touch $@

.venv/test.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group test
	@touch $@

clean: ## remove the virtual environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
