# Parley. `make run` tries it, `make test` tests it, `make check` judges the code. Needs Python 3.11+ with its venv module.

PYTHON ?= python3
WORKERS ?= 3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest
CHECK_DATA := $(VENV)/check-data
# Settings as an operator would have them, so that Django's checks for a deployment say something true.
PRODUCTION := PARLEY_BASE_URL=https://parley.example.com PARLEY_PUSH_URL=https://push.parley.example.com \
	PARLEY_EMAIL_URL=smtp://localhost PARLEY_SEAL_KEY=self-made PARLEY_DATA_DIR=$(CHECK_DATA)

.PHONY: run test check audit fuzz bench pictures messages vendor clean

run: $(VENV)/.embedded
	@exec $(BIN)/python -m deploy.trial

# Everything on PostgreSQL if there is one, then what is about the database once more on SQLite.
# Several workers even on two cores: journeys in the browser mostly wait.
test: $(VENV)/.test
	$(PYTEST) -n $(WORKERS) --dist loadgroup
	@if $(BIN)/python -m tests.programs postgresql; then \
		echo "Once more on SQLite:"; \
		$(PYTEST) -n 2 --dist loadgroup --database=sqlite -m "not postgresql" tests/policies tests/sessions tests/documents \
			--ignore tests/documents/pdf; \
	fi

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	PARLEY_DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

# Known weaknesses of what production runs on; says so where the data about them cannot be reached.
audit: $(VENV)/.test
	$(BIN)/python -m deploy.audit

# Each folder in bench/ measures one thing: `make bench` runs them all, `make bench WHAT=push` one of them.
WHAT ?= $(patsubst bench/%/__main__.py,%,$(wildcard bench/*/__main__.py))
bench: $(VENV)/.bench
	@[ -n "$(strip $(WHAT))" ] || echo "There is nothing in bench/ yet."
	@for name in $(WHAT); do echo "== bench/$$name"; $(BIN)/python -m bench.$$name || exit 1; done

# More than ten thousand requests to the API, right and wrong ones, against the real thing.
fuzz: $(VENV)/.test
	PARLEY_TEST_EXAMPLES=150 $(PYTEST) -s tests/api/test_fuzz.py

# The pictures of the README, taken on the way of the journeys that the tests walk.
pictures: $(VENV)/.test
	mkdir -p docs/pictures
	PARLEY_TEST_PICTURES=$(CURDIR)/docs/pictures $(PYTEST) -n 2 --dist loadgroup tests/journeys -k "start_to_end or inactive_agent or more_time or session_is_explained or through_a_drop or laid_onto"

# Brings locale/ up to date with the words that customers read; what waits for a translation is then empty in its .po file.
messages: $(VENV)/.test
	@command -v xgettext >/dev/null || { echo "make messages needs xgettext: install the package gettext."; exit 1; }
	$(BIN)/python -m deploy.messages

vendor: $(BIN)/python
	@command -v npm >/dev/null || { echo "make vendor needs npm; nothing else does."; exit 1; }
	$(BIN)/python -m deploy.vendor

# What was stored in var/ stays.
clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Parley needs Python 3.11 or newer; '$(PYTHON)' was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Parley needs Python 3.11 or newer; '$(PYTHON)' is older. Name another one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: install it (on Debian: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# One stamp for each set of requirements: installed again only when its file has changed.
$(VENV)/.%: requirements/%.txt | $(BIN)/python
	@echo "Installing requirements/$*.txt into $(VENV)/ ..."
	@$(PIP) install --quiet --no-deps --require-hashes -r $<
	@touch $@
