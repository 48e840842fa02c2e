# Everything here needs only Python >= 3.11 and make; the rest is installed into .venv from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup lock docs wheel demo test soak check eval bench kinds audit clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "jobdigest needs Python 3.11 or newer; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-emit-index-url --no-header --no-annotate \
	  --output-file requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --constraint requirements.lock --output-file requirements-run.lock pyproject.toml

docs: setup
	$(BIN)/python -m tools.make_docs

wheel: setup
	$(BIN)/python -m hatchling build -t wheel -d dist

demo: setup
	$(BIN)/python -m examples.demo

test: setup
	$(BIN)/python -m pytest tests -n 4 --dist loadfile --no-loadscope-reorder  # they mostly wait

soak: setup
	$(BIN)/python -m pytest tests -m soak

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py
	@$(BIN)/python -m tests.line_counts

eval: setup
	$(BIN)/digest eval

bench: setup
	$(BIN)/python -m benchmarks

kinds: setup
	@PYTHONPATH=tests $(BIN)/python -m support.recordings

audit: setup
	$(BIN)/pip-audit --require-hashes --requirement requirements.lock

clean:
	rm -rf $(VENV) out dist .mypy_cache .pytest_cache .ruff_cache
