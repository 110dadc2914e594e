# `make run` and `make test` are all a new machine needs; it has Python 3.11+, Node 20+ and npm.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
THEME := theme/static_src
MANAGE := .venv/bin/python manage.py
ROOMS := music_streamer history scrobbling discovery social sharing playlists users uploads music recommendations audio listening theme

# Given on the command line (make run PORT=8001), they reach the settings like any environment variable.
export HOST PORT DATA_DIR MEDIA_ROOT DATABASE_URL MONGODB_URI DEMO
$(foreach name,HOST PORT DATA_DIR MEDIA_ROOT DATABASE_URL MONGODB_URI DEMO,$(if $($(name)),,$(eval unexport $(name))))

.PHONY: key help run dev test test-postgresql lint bench build check admin messages clean

help: ## Show what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: build key ## Install what is missing, then serve (HOST, PORT, DATA_DIR, MEDIA_ROOT, DATABASE_URL, MONGODB_URI, DEMO)
	@exec $(MANAGE) serve

dev: .venv/.dev-installed key build/.messages $(THEME)/node_modules/.package-lock.json ## Serve with autoreload and rebuild the theme on change
	@rm -f build/.theme
	@DEBUG=1 $(MANAGE) migrate --verbosity 0
	@npm --prefix $(THEME) run dev & theme=$$!; DEBUG=1 $(MANAGE) work & trap "kill $$theme $$!" EXIT; \
		DEBUG=1 $(MANAGE) runserver "$${HOST:-127.0.0.1}:$${PORT:-8000}"

admin: build ## Make an account that may use /admin/
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) createsuperuser

build: .venv/.installed build/static/staticfiles.json build/.messages ## Install and build what has changed, start nothing

# Two at a time, each file's tests together, as they share servers; and in order, the browser's last: while its event
# loop runs, Django has connections of their own that it does not close.
PYTEST := .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
test: build .venv/.dev-installed .venv-mongo/.installed .venv/.system lint ## Everything on SQLite, in a browser too, and on PostgreSQL what is not a browser's
	npm --prefix $(THEME) test
	env -u DATABASE_URL $(PYTEST) $(PYTEST_ARGS)
	.venv/bin/python -m tests.postgres_server -- $(PYTEST) -m "not e2e" $(PYTEST_ARGS)

test-postgresql: build .venv/.dev-installed .venv-mongo/.installed .venv/.system ## Everything on PostgreSQL, in a browser too
	.venv/bin/python -m tests.postgres_server -- $(PYTEST) $(PYTEST_ARGS)

lint: .venv/.dev-installed build/static/staticfiles.json ## Style, types, templates, the doors between the rooms
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy $(ROOMS)
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --check --target-version 5.2
	@DEBUG=1 SECRET_KEY=$(THROWAWAY_KEY) $(MANAGE) makemigrations --check --dry-run --verbosity 0
	@SITE_URL=https://music.example SECRET_KEY=$(THROWAWAY_KEY) $(MANAGE) check --deploy --fail-level WARNING

BENCH ?= listens histories smart shelf recommendations streaming artwork importing browsing playing
bench: build .venv/.dev-installed .venv/.system .venv-mongo/.installed .venv-supysonic/.installed ## The figures that README quotes (BENCH="shelf streaming" for some, LIBRARY_TOOL for the libraries)
	@for name in $(BENCH); do echo "== $$name"; .venv/bin/python -m "benchmarks.$$name"; done

MESSAGES := -l de -l es -l fr -l ja -l ar --no-wrap --add-location file --ignore 'build/*' --ignore 'static/*' \
	--ignore 'theme/static/*' --ignore '*/node_modules/*' --ignore '*/tests/*' --ignore 'tests/*' --ignore 'benchmarks/*'
messages: .venv/.dev-installed key ## Gather what is said to people into locale/, and print what is not translated yet (asks for GNU gettext)
	@DEBUG=1 $(MANAGE) makemessages -d django -e html,jinja,py,txt $(MESSAGES)
	@DEBUG=1 $(MANAGE) makemessages -d djangojs -e js $(MESSAGES)
	@for catalogue in locale/*/LC_MESSAGES/*.po; do echo "== $$catalogue"; \
		msgattrib --no-obsolete --untranslated --no-wrap $$catalogue | sed 1,/^$$/d; \
		msgattrib --no-obsolete --only-fuzzy --no-wrap $$catalogue | sed 1,/^$$/d; done
	@rm -f build/.messages && $(MAKE) --no-print-directory build/.messages

clean: ## Forget what was installed and built; data stays
	rm -rf .venv .venv-mongo .venv-supysonic build theme/static $(THEME)/node_modules locale/*/LC_MESSAGES/*.mo

# Long enough for Django's own check; it signs nothing that outlives the command.
THROWAWAY_KEY = $(shell $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))')

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Music Streamer needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | .venv/bin/python
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

.venv/.dev-installed: requirements-dev.txt .venv/.installed
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

# The MongoDB-wire server for the tests: a process of its own, with an environment of its own.
.venv-mongo/.installed: requirements-mongo.txt
	$(PYTHON) -m venv .venv-mongo
	.venv-mongo/bin/pip install --quiet --disable-pip-version-check --requirement requirements-mongo.txt
	@touch $@

# The server that the benchmarks compare us with.
.venv-supysonic/.installed: requirements-supysonic.txt
	$(PYTHON) -m venv .venv-supysonic
	.venv-supysonic/bin/pip install --quiet --disable-pip-version-check --requirement requirements-supysonic.txt
	@touch $@

# A browser and PostgreSQL, where the system has none.
.venv/.system: .venv/.dev-installed
	.venv/bin/python -m tests.e2e.browser
	.venv/bin/python -m tests.postgres_server
	@touch $@

$(THEME)/node_modules/.package-lock.json: $(THEME)/package.json $(THEME)/package-lock.json
	npm --prefix $(THEME) ci --no-audit --no-fund --loglevel=error
	@touch $@

# Each data directory has a secret key of its own; without one no command starts.
key: .venv/.installed
	@.venv/bin/python -m music_streamer.secret_key

THEME_SOURCES := $(shell find $(THEME) templates -path '*/node_modules' -prune -o -type f -print)
build/.theme: .venv/.installed $(THEME)/node_modules/.package-lock.json $(THEME_SOURCES) | key
	$(MANAGE) tailwind build
	@mkdir -p build && touch $@

build/.messages: .venv/.installed $(wildcard locale/*/LC_MESSAGES/*.po) | key
	$(MANAGE) compilemessages --verbosity 0
	@mkdir -p build && touch $@

build/static/staticfiles.json: build/.theme $(shell find static -type f) | key
	$(MANAGE) collectstatic --noinput --clear --verbosity 0
	@touch $@

requirements: .venv/.dev-installed ## Compile the pinned requirements anew from the .in files
	.venv/bin/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --upgrade --output-file requirements.txt requirements.in
	.venv/bin/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --upgrade --output-file requirements-dev.txt requirements-dev.in
.PHONY: requirements
