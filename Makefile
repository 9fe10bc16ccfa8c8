# Needs Python 3.11+ with venv; everything else is made here.

PYTHON ?= python3
BIN := .venv/bin
# What the slow tests drive: a browser, third-party SMS software, tracers.
PACKAGES := chromium tshark gammu gammu-smsd smstools strace systemd udev nodejs npm \
	openssl kannel
COMMANDS := chromium tshark gammu gammu-smsd smsd strace systemd-analyze udevadm node \
	npm openssl bearerbox smsbox

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: demo test check lint bench fuzz docs lock packages format clean

demo: .venv/ready
	@exec $(BIN)/seventy demo

# Two at a time: most tests wait for a clock of somebody else's program.
PYTEST = $(BIN)/pytest -n 2

# Every check and every test.
test: lint packages
	$(PYTEST) --dist loadfile --no-loadscope-reorder

# The part that takes less than a minute.
check: lint
	$(PYTEST) -m "not slow"

lint: .venv/ready
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	@$(BIN)/lint-imports > .lint-imports.log \
		|| { cat .lint-imports.log; exit 1; }

# Figures of this machine, some minutes; BENCH=--quick for one.
bench: .venv/ready packages
	$(BIN)/python -m tests.bench.bench_store
	$(BIN)/python -m tests.bench.bench_session
	$(BIN)/python -m tests.bench.site
	$(BIN)/python -m tests.bench.inbox $(BENCH)
	$(BIN)/python -m tests.bench.path $(BENCH)

# Minutes of mutated PDUs; says the seed.
fuzz: .venv/ready
	$(BIN)/python -m tests.smpp.fuzz

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Renews the pins; the file names no registry.
lock: .venv/ready
	$(COMPILE) --extra build --extra dev --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra build --output-file requirements-box.lock \
		--constraint requirements.lock pyproject.toml

# What is drawn from the code.
docs: .venv/ready
	$(BIN)/python -m tests.support.drawing > docs/states.md

# Kannel is masked: only tests run it, its package would start it.
packages:
	@missing=; for command in $(COMMANDS); do \
		command -v $$command >/dev/null 2>&1 \
			|| [ -x /usr/sbin/$$command ] || missing=yes; \
	done; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			export DEBIAN_FRONTEND=noninteractive; \
			systemctl mask --quiet kannel.service 2>/dev/null; \
			apt-get update -qq \
			&& apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; \
		else \
			echo "install first: sudo apt-get install $(PACKAGES)" >&2; exit 1; \
		fi; \
	fi

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "needs Python 3.11 or newer: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { [ "$$(id -u)" = 0 ] && apt-get update -qq \
			&& apt-get install -y -qq python3-venv >/dev/null; } \
		|| { echo "install first: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
