# Needs only Python >= 3.11, git, make and bash: every target makes .venv itself, and writes only inside this checkout.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# What is compiled is kept, also where the environment says not to: each worker and each process of a test would compile
# the sources and the packages for itself.
export PYTHONDONTWRITEBYTECODE :=

bin := .venv/bin
sources := src tests benchmarks
ready := .venv/.synced

# Named one by one: what a tool would skip in silence (an example.yml is no workflow to it) nobody would check.
workflows := $(sort $(wildcard .github/workflows/*.yml))
examples := example.yml $(sort $(wildcard actions/*/example.yml)) .github/examples/one-step.yml
actions := $(wildcard action.yml) $(sort $(wildcard actions/*/action.yml))
benchmarks := $(sort $(wildcard benchmarks/*.py))

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(ready) ## three real runs of a campaign against a local GitHub; KEEP=1 leaves it running to look at
	@KEEP='$(KEEP)' $(bin)/python -m github_sandbox.demo

# The tests make and drop thousands of small files: in memory, where there is room and programs may run from there.
in_memory := $(shell [ -w /dev/shm ] && ! grep -q ' /dev/shm .*noexec' /proc/mounts 2>/dev/null \
  && [ "$$(df --output=avail /dev/shm | tail -1)" -gt 2000000 ] && echo TMPDIR=/dev/shm)

# One for each processor: each more would import and collect everything once more.
workers := $(shell nproc)

# The tests measure the CPU time of each tier, the checks included, and hold it against its share (tests/support/budget.py).
# TEST_SEED=... plays another part of the large matrices; every run prints its own.
checked := .cache/checks-cpu.json
measured := PYTHONPATH=src:tests $(bin)/python -m support.budget
play = @$(in_memory) TEST_EXTENT=$(1) $(bin)/pytest $(2) -n $(workers) --dist worksteal -q

.PHONY: test
test: $(ready) ## every check and every test that needs no GitHub; of the large matrices a sample
	@$(measured) checks $(checked) $(MAKE) --no-print-directory check
	$(call play,test,tests --ignore=tests/live) --checks-cpu=$(checked)

.PHONY: quick
quick: $(ready) ## the unit and contract tests that take no time, touched modules first, for the inner loop
	$(call play,quick,tests/unit tests/contract)

.PHONY: check
check: $(ready) ## the checks without the tests: style, types, imports, workflows, generated files, locks
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check-types check-style check-workflows

.PHONY: check-types
check-types: $(ready)
	@$(bin)/mypy --strict src tests/support tests/conftest.py

.PHONY: check-style
check-style: $(ready)
	@$(bin)/ruff check --quiet $(sources)
	@$(bin)/ruff format --check --quiet $(sources)
	@$(bin)/lint-imports
	@$(bin)/python -m bootstrap.lock --check
	@$(bin)/python -m action_patterns.metadata --check

.PHONY: check-workflows
check-workflows: $(ready)
	@$(bin)/zizmor --quiet --offline --persona pedantic --strict-collection --config zizmor.yml $(actions) $(workflows) $(examples)
	@$(bin)/actionlint $(workflows) $(examples)
	@mkdir -p .cache/home; for file in $(workflows) $(examples); do \
	  said=$$(HOME="$(CURDIR)/.cache/home" $(bin)/act --validate --strict --workflows "$$file" 2>&1) || { echo "$$said"; exit 1; }; \
	done

.PHONY: metadata
metadata: $(ready) ## write action.yml and the README tables from the Inputs models
	@$(bin)/python -m action_patterns.metadata

.PHONY: picture
picture: $(ready) ## take the picture of the HTML report again; needs Chromium and its chromedriver
	@$(bin)/python tests/browser/screenshot.py

.PHONY: lock
lock: $(ready) ## write uv.lock and src/bootstrap/*.lock from pyproject.toml
	@$(bin)/python -m bootstrap.lock --write

.PHONY: bench
bench: $(ready) ## measure every figure that the guide quotes; fails if one is over its budget
	@status=0; for file in $(benchmarks); do $(bin)/python "$$file" || status=1; done; exit $$status

.PHONY: proof
proof: $(ready) ## every test in full: every fault at every call, two in a row, 200 killed processes, all examples; hours
	$(call play,proof,tests --ignore=tests/live)

.PHONY: differential
differential: $(ready) ## the local GitHub held against a second, independent emulator; not part of make test
	@$(bin)/python tests/differential/run.py

.PHONY: live
live: $(ready) ## the same against real GitHub; needs LIVE_TOKEN and LIVE_REPOSITORY, and writes there
	@$(bin)/pytest tests/live -v

.PHONY: venv
venv: $(ready) ## .venv of this checkout, with everything the other targets need

# src/bootstrap finds the Python and the pinned uv, for this checkout as for every action.
$(ready): pyproject.toml uv.lock src/bootstrap/requirements-uv.lock
	@bash src/bootstrap/launch.sh --develop
	@touch $@

.PHONY: clean
clean: ## remove everything made here
	@rm -rf .venv .cache dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
