# Minber: `make demo` and `make test` do all their own set-up on a machine with Debian, Python 3.11 and git.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FAST := not server and not browser and not slow and not quality
export PYTHONUTF8 := 1
# compiled modules are kept, also where the environment says otherwise: tests start dozens of interpreters
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo check test bench lock docs clean

help: ## say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## make .venv from the lock (an existing one is kept and brought up to date)

$(STAMP): requirements.lock pyproject.toml
	.ci/system python
	test -x $(BIN)/python || $$(.ci/system which-python) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: install ## the main job on bundled speeches, no server, in seconds
	$(BIN)/minber demo demo

check: install ## format, lint, types and the fast tests: under two minutes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -m "$(FAST)" -n auto --dist loadfile

test: install ## everything: real Doccano server, real browser, quality gate
	.ci/system browser
	.ci/system services
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	status=0; \
	$(BIN)/pytest -q --durations=15 -m "not server and not browser" -n auto --dist loadfile || status=1; \
	$(BIN)/pytest -q --durations=15 -m "server or browser" || status=1; \
	exit $$status

bench: install ## speed, as ratios within one run; see docs/performance.md
	for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

lock: install ## bring requirements.lock up to date with pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --custom-compile-command "make lock" --group dev -o requirements.lock pyproject.toml

docs: install ## write the pages that come from data (docs/errors.md, docs/settings.md, docs/recommender.openapi.json)
	$(BIN)/python -c 'from schemas.errors import errors_page; print(errors_page(), end="")' > docs/errors.md
	$(BIN)/python -c 'from schemas.settings import settings_page; print(settings_page(), end="")' > docs/settings.md
	$(BIN)/python -c 'from corpus.service.api import openapi_page; print(openapi_page(), end="")' > docs/recommender.openapi.json

clean: ## remove what was built; your .venv stays
	rm -rf demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
