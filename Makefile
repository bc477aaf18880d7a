# Everything this project does, a line each: `make help`.
# Each target makes what it needs, once: the environment, the cache, the site.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SITE := _build/html/index.html
PORT ?= 8000

# The kernel named python3 is the environment's own, whatever the user has installed elsewhere.
export JUPYTER_PREFER_ENV_PATH := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

# Two workers with one thread each are quicker than two that fight over the cores; numbers stay comparable.
notebooks book test-package test-chapters bench: export OMP_NUM_THREADS = 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help venv book serve lab notebooks runtimes repository clean bench
.PHONY: test lint format test-package test-chapters test-site test-browser

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### Environment

venv: $(READY)  ## make the environment .venv (pinned; a few minutes, once)

$(READY): requirements.txt constraints.txt pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "No '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make venv PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is $$($(PYTHON) --version); this course needs Python 3.11 or newer. Name one: make venv PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2> /dev/null || { echo "$(PYTHON) lacks its venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

##### The book

book: $(READY)  ## build the site, warnings are errors; print where it is
	$(BIN)/python tools/seed_cache.py
	$(BIN)/jupyter-book build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output . -W -n --keep-going
	@$(BIN)/python -c 'import pathlib; print("The site:", pathlib.Path("$(SITE)").absolute().as_uri())'

serve: book  ## build the site and serve it on localhost (PORT=8000)
	@echo "Open http://localhost:$(PORT)/ and stop with Ctrl-C."
	$(BIN)/python -m http.server $(PORT) --bind localhost --directory _build/html

lab: $(READY)  ## open the chapters in JupyterLab, each .md paired with its .ipynb
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/book/recurrence/rnn.ipynb

notebooks: $(READY)  ## execute the chapters that changed into the .ipynb beside them (ALL=1: every chapter)
	$(BIN)/python tools/execute_chapters.py $(if $(ALL),--all)

runtimes: $(READY)  ## execute every chapter, measure it, and write book/results/runtimes.csv
	$(BIN)/python tools/execute_chapters.py --all

repository: $(READY)  ## set the repository's address everywhere: make repository URL=https://... (empty removes it)
	$(BIN)/python tools/repository.py "$(URL)"

##### Proof

test: $(READY)  ## everything that proves the project, quickest first; stops at the first failure
	$(BIN)/python tools/run_parts.py lint test-package test-chapters book test-browser

lint: $(READY)  ## style and format of the Python code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(READY)  ## mend what `make lint` finds and can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test-package: $(READY)  ## tests of the package `unrolled` and of tools/
	$(BIN)/pytest -n 2 --benchmark-disable --ignore tests/test_chapters.py --ignore tests/test_site.py

test-chapters: $(READY)  ## form and pairing of the chapters, then every stored output again (strict nbval)
	$(BIN)/pytest tests/test_chapters.py
	$(BIN)/pytest --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg -n 2 --dist loadfile book

test-site: book test-browser  ## build the site, then test it

test-browser: $(READY)  ## links of the site as built, and its pages in Chromium
	$(BIN)/pytest -n 2 tests/test_site.py

bench: $(READY)  ## measure the speed of the package
	$(BIN)/pytest tests/benchmarks --benchmark-only

clean:  ## remove what was built (keep the environment)
	rm -rf _build
