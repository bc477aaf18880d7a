# Everything this project does, a line each: `make help`. Each target is one of tools/run.py, which
# does the same without make: `python tools/run.py book`. NAME=value after it is handed on.

# The environment's own Python once it is ready, else the system's: make venv PYTHON=python3.12
PYTHON ?= $(or $(and $(wildcard .venv/ready),$(wildcard .venv/bin/python)),python3)

.DEFAULT_GOAL := help
.NOTPARALLEL:
TARGETS := help venv book pdf serve lab notebooks runtimes repository measures budgets \
  test lint format test-package test-chapters test-processors test-site test-browser test-resolve \
  bench clean
.PHONY: $(TARGETS)

$(TARGETS):
	@command -v "$(PYTHON)" > /dev/null || { echo "No '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make $@ PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" tools/run.py $@
