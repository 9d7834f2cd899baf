# Two commands matter: `make demo` and `make test`. Each sets up what it needs.
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: demo test setup browsers lint build lock clean

demo: .venv/ready build  ## Sets up, fills a database with simulated contributors, publishes, serves.
	exec $(BIN)/taskwage demo

test: .venv/ready extension/node_modules/ready browsers lint build  ## Everything, the Python tests last.
	cd extension && npx vitest run
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/ready extension/node_modules/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/taskwage generate --check
	$(BIN)/taskwage packs check
	cd extension && npm run --silent check

build: .venv/ready extension/node_modules/ready  ## The extension, into extension/dist/chromium.
	cd extension && node build.mjs

setup: .venv/ready extension/node_modules/ready

.venv/ready: requirements-dev.lock pyproject.toml
	command -v $(PYTHON) >/dev/null || { echo "Taskwage needs Python 3.11 or newer ($(PYTHON) not found; make PYTHON=python3 ...)" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

extension/node_modules/ready: extension/package.json extension/package-lock.json
	command -v npm >/dev/null || { echo "Taskwage needs Node 20 or newer (npm not found)" >&2; exit 2; }
	cd extension && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

browsers:  ## Chromium for the browser tests: installed here where we may, named where not.
	@command -v chromium >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; \
	else echo "The browser tests need Chromium: install the package 'chromium' and run again." >&2; exit 2; fi

lock: .venv/ready  ## Pins every dependency again, with hashes.
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url requirements-dev.in -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url requirements.in -o requirements.lock -c requirements-dev.lock

clean:
	rm -rf .venv extension/node_modules extension/dist build
