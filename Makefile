# Two commands: `make run` and `make test`. All paths are relative, so a checkout may lie in a path with spaces.
.PHONY: run test lint bank prove bench clean
.DEFAULT_GOAL := run

PYTHON ?= python3
PY := .venv/bin/python
VAR_DIR ?= var
export VAR_DIR

run: .venv/run.stamp
	@exec $(PY) -m config.process.run

test: .venv/test.stamp lint
	$(PY) -m pytest -n auto

lint: .venv/test.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	DATABASE_URL=postgresql://unused $(PY) -m mypy
	$(PY) .venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

# The bank simulator, for a POS whose addresses point at it: `make bank PORT=8900`.
bank: .venv/test.stamp
	$(PY) -m tests.support.bank --port $(or $(PORT),8900)

# Thousands of payments against a bank that lies and dies, our processes killed at every named point.
prove: .venv/test.stamp
	$(PY) -m tests.prove

bench: .venv/test.stamp
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

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
