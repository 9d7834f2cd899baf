# Two commands matter: `make demo` and `make test`. Each sets up what it needs.
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo test vitest setup browsers lint build bench bench-cluster demo-cluster bench-extension timing package release lock audit fuzz clean

demo: .venv/ready build  ## Sets up, fills a database with simulated contributors, publishes, serves.
	exec $(BIN)/taskwage demo

test:  ## Everything, the Python tests last. They wait for browsers and disks: two cores do three at a time.
	$(MAKE) --no-print-directory -j 3 setup browsers
	$(MAKE) --no-print-directory -j 2 lint build vitest
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

vitest: extension/node_modules/ready
	cd extension && npx vitest run

lint: .venv/ready extension/node_modules/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/taskwage generate --check
	$(BIN)/taskwage packs check
	cd extension && npm run --silent check

build: .venv/ready extension/node_modules/ready  ## The extension, into extension/dist/chromium and extension/dist/firefox.
	cd extension && node build.mjs

setup: .venv/ready extension/node_modules/ready

.venv/ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Taskwage needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# `npm ci` refuses a lock without the binaries of other systems, which some registries do not carry; this keeps to the lock too.
extension/node_modules/ready: extension/package.json extension/package-lock.json
	command -v npm >/dev/null || { echo "Taskwage needs Node 20 or newer (npm not found)" >&2; exit 2; }
	cd extension && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

SYSTEM_PACKAGES := chromium chromium-l10n firefox-esr fonts-noto-core xvfb xdotool postgresql pgbouncer nginx-light haproxy caddy

browsers:  ## What tests start: browsers, the oldest PostgreSQL, PgBouncer, three proxies. Installed here where we may, named where not.
	@dpkg -s $(SYSTEM_PACKAGES) >/dev/null 2>&1 || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  mkdir -p /etc/postgresql-common && { test -e /etc/postgresql-common/createcluster.conf || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf; } && \
	  apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES) >/dev/null; \
	else echo "The tests need these packages: $(SYSTEM_PACKAGES). Install them and run again." >&2; exit 2; fi

bench: .venv/ready  ## Every promise about speed beside its limit; QUICK=1 takes about a minute, JSON=FILE keeps the rows.
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(JSON),--json > $(JSON))

bench-cluster: .venv/ready  ## Two homes against one, two workers against one; QUICK=1 takes about a minute.
	$(BIN)/python -m benchmarks --cluster $(if $(QUICK),--quick) $(if $(JSON),--json > $(JSON))

demo-cluster: .venv/ready browsers  ## Two homes, a proxy, a bucket and two Ray workers: a home is killed, one release is made of both.
	$(BIN)/python -m benchmarks.demo_cluster

bench-extension: .venv/ready build browsers  ## What the extension costs a page, against the same page without it.
	$(BIN)/python extension/bench/extension_bench.py

timing: extension/node_modules/ready  ## Lives through invented weeks of work and writes docs/timing.md: recorded time against true time.
	cd extension && WRITE_TIMING=1 npx vitest run ../tests/extension/week

package: extension/node_modules/ready .venv/ready  ## Both stores' packages and their sources: make package API=https://... KEY=...
	cd extension && node package.mjs --api "$(API)" --key "$(KEY)"

release: .venv/ready extension/node_modules/ready  ## Wheel, sources, packages, bill of materials, checksums: make release API=https://... KEY=...
	$(BIN)/python deploy/make_release.py --api "$(API)" --key "$(KEY)"

lock: .venv/ready  ## Pins every dependency again, with hashes.
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate requirements-dev.in -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate requirements.in -o requirements.lock -c requirements-dev.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate requirements-build.in -o requirements-build.lock -c requirements-dev.lock

audit: .venv/ready extension/node_modules/ready  ## Asks the public advisory databases about every pinned dependency. Needs the network, so no test does it.
	$(BIN)/uv tool run pip-audit --require-hashes --disable-pip -r requirements.lock
	cd extension && npm audit --omit=dev

fuzz: .venv/ready  ## The long form of tests/api/fuzz: 25 times the cases; prints what was tried.
	TASKWAGE_FUZZ=25 $(BIN)/python -m pytest tests/api/fuzz

clean:
	rm -rf .venv extension/node_modules extension/dist build
