# `make` lists the targets. What they need is installed on the way by scripts/setup.sh, which is
# silent and quick when everything is there.
.DEFAULT_GOAL := help
BIN := .venv/bin
LOCK := UV_NO_CONFIG=1 uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links

# The tests that need no browser share the cores. Browsers take all of them, and some tests watch the
# clock: these run afterwards, one by one, even when the first half failed. A half that ARGS leave
# empty, which pytest answers with 5, is no failure; two of them are.
BROWSER := chromium or alone
COVER := --cov=service --cov-branch
define halves
	@first=0; second=0; \
	$(BIN)/pytest -m 'not chromium and not alone and not soak' -n logical --dist worksteal $(2) $(ARGS) \
		|| first=$$?; \
	$(BIN)/pytest -m '($(1)) and not soak' $(3) $(ARGS) || second=$$?; \
	case $$first$$second in 00$(if $(ARGS),|05|50)) ;; *) exit 1 ;; esac
endef

.PHONY: help setup dev serve test coverage fast snapshots lint check format lock soak bench docs pictures image

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv, find or install a browser and the fonts; serve and test do this themselves
	@scripts/setup.sh

dev:
	@scripts/setup.sh dev

serve: setup ## Start the server in development mode on 127.0.0.1, port MERGESHOT_PORT or 8080
	@exec $(BIN)/mergeshot serve --dev

test: dev ## Run every test; ARGS="-k name" narrows it
	$(call halves,$(BROWSER))

coverage: dev ## Run every test and print the coverage, which takes a third longer
	$(call halves,$(BROWSER),$(COVER) --cov-report=,$(COVER) --cov-append --cov-report=term:skip-covered)

fast: dev ## Run the tests that need no browser
	$(call halves,not chromium and alone)

snapshots: dev ## Write the composed pages of all examples anew, to be read before a commit
	SNAPSHOTS=write $(BIN)/pytest tests/templates

lint: dev ## Check style, types, import layers and spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

check: lint test ## Lint and test: what CI runs

format: dev ## Put the code into its standard shape
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: ## Lock the dependencies anew with uv; ARGS=--upgrade takes the newest versions
	@command -v uv >/dev/null || { echo "make lock needs uv: pipx install uv"; exit 1; }
	$(LOCK) $(ARGS) pyproject.toml -o requirements.txt
	$(LOCK) $(ARGS) pyproject.toml --group dev --group bench -c requirements.txt -o requirements-dev.txt
	$(LOCK) $(ARGS) --group build -o requirements-build.txt

soak: dev ## Run the long tests; PART=memory runs those whose name has the word
	$(BIN)/pytest -m soak tests $(if $(PART),-k '$(PART)') $(ARGS)

bench: dev ## Measure the whole service beside its peers; ARGS=--quick takes two minutes
	$(BIN)/python -m benchmarks $(ARGS)

docs: dev ## Write the generated parts of docs/ anew
	@{ sed '/^<!-- The rest/q' docs/configuration.md; echo; $(BIN)/mergeshot config --markdown; } \
		> docs/configuration.new
	@mv docs/configuration.new docs/configuration.md

pictures: dev ## Draw the pictures of docs/pictures anew; ARGS=event-ticket draws those alone
	$(BIN)/python -m scripts.pictures $(ARGS)

image: ## Build the container image
	docker build --tag mergeshot .
