# Works on a machine with Python 3.11+ and make; everything else is installed into .venv.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Changes when a requirement or the interpreter does, and only then is anything installed.
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install run drill bench load client test test-long packages lint format clean sbom audit
.PHONY: stage ready doctor plan deploy admin rollback remove

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.txt requirements-media.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later found; name one: make PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(STAMP)

install: $(STAMP) ## Make .venv and install what is needed

run: $(STAMP) ## Start everything on http://127.0.0.1:$PORT (8000); Ctrl-C stops it
	@exec $(BIN)/python -m infra.local

lint: $(STAMP) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy infra

test: packages lint ## Every test but the very long ones and those that need an AWS account
	$(PYTEST) -n $(WORKERS) --dist loadgroup --durations 20 -m "not long and not deploy"

test-long: packages lint ## The long suites in full
	$(PYTEST) -n $(WORKERS) --dist loadgroup -m "not deploy"

packages:
	@bash .ci/packages

drill: $(STAMP) ## A drill of a fire over the city in memory, with its score sheet
	$(BIN)/python -m tests.drill

bench: $(STAMP) ## Calls, units, CPU and cost of requests, cases and months; writes bench.json
	$(BIN)/python -m bench
	$(BIN)/python -m bench.flood
	$(BIN)/python -m bench.together

load: $(STAMP) ## Half an hour of a busy city against make run, with a restart; writes load.json
	$(BIN)/python -m bench.load

audit: $(STAMP) ## Known vulnerabilities of the libraries in Lambda; 2 when not all could be looked up
	@$(BIN)/python -m infra.tools.audit requirements.txt requirements-media.txt

sbom: $(STAMP) ## Write which libraries run in Lambda, as CycloneDX (build/sbom.json)
	@mkdir -p build
	@$(BIN)/python -m infra.tools.sbom requirements.txt requirements-media.txt > build/sbom.json
	@echo build/sbom.json

client: $(STAMP) ## Write the Python client from the API's description
	$(BIN)/python -m clients.generate

format: $(STAMP) ## Put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Stages on AWS (docs/deploy.md). Settings are in stages/$(STAGE).toml.
DEPLOY = $(BIN)/python -m infra.deploy
ready: stage $(STAMP) ## Whether a stage's catalogue and people are ready for citizens (STAGE=…)
	@STAGE=$(STAGE) $(BIN)/python -m chalicelib.doctor --stage --live

stage:
	@test -n "$(STAGE)" || { echo "Which stage? For example: make $(MAKECMDGOALS) STAGE=dev"; exit 1; }

doctor: stage $(STAMP) ## Check account and settings: make doctor STAGE=dev
	@$(DEPLOY) doctor --stage $(STAGE)

plan: stage $(STAMP) ## Say what `make deploy` would do, and do nothing
	@$(DEPLOY) deploy --stage $(STAGE) --plan

deploy: stage $(STAMP) ## Deploy or update a stage on AWS: make deploy STAGE=dev
	@$(DEPLOY) deploy --stage $(STAGE)

admin: stage $(STAMP) ## Invite the first administrator: make admin STAGE=dev ID=… NAME="…" MAIL=…
	@$(DEPLOY) admin --stage $(STAGE) --id "$(ID)" --name "$(NAME)" --mail "$(MAIL)"

rollback: stage $(STAMP) ## Go back to the code before: make rollback STAGE=dev [RELEASE=…]
	@$(DEPLOY) rollback --stage $(STAGE) --release "$(RELEASE)"

remove: stage $(STAMP) ## Take a stage's functions down; data stay, unless DATA=drop and typed
	@$(DEPLOY) remove --stage $(STAGE) $(if $(filter drop,$(DATA)),--drop-data)

clean: ## Remove what was installed and built, but no data (those are in .local)
	rm -rf $(VENV) build .venv-ministack .venv-ministack.lock .mypy_cache .ruff_cache .pytest_cache
