# Everything is kept in .venv at the root of the checkout. Python >= 3.11 is found on PATH;
# PYTHON=/path/to/python chooses one.

.DEFAULT_GOAL := help
.PHONY: help demo test check chaos soak soak-sim prompts mutants screenshots set-up clean

ARGS =
SEEDS = 200000
BASE = 1
HOURS = 8
SEED = 1
TALKS = 20
CALLS = 150
BIN = .venv/bin
SET_UP = python=$$(PYTHON="$(PYTHON)" sh scripts/find_python.sh) && "$$python" -m scripts.set_up

help:
	@echo "make demo [ARGS=...]   run it all with simulated callers and agents"
	@echo "make check             the quick checks: format, lint, types, imports, unit tests, page"
	@echo "make test              every check there is, real Asterisk and browser included;"
	@echo "                       ALLOW_SKIPS=1 leaves out what cannot run here; ARGS go to pytest"
	@echo "make chaos             all faults on the real Asterisk, also those that take minutes"
	@echo "make soak [HOURS=8] [SEED=1] [TALKS=20] [CALLS=150]"
	@echo "                       hours of calls on the real Asterisk with a fault a minute; HOURS=0.1 is"
	@echo "                       six minutes; Ctrl-C ends it in order; ARGS=\"--out FILE\" keeps the figures"
	@echo "make soak-sim [SEEDS=200000] [BASE=1]"
	@echo "                       the whole service through days drawn from seeds, faults and all"
	@echo "make set-up            only the environment in .venv and the agents' page"
	@echo "make prompts           speak the prompts anew (needs espeak-ng and sox)"
	@echo "make mutants           plant faults in the core and see the tests find them"
	@echo "make screenshots       draw the pictures of the documentation anew"
	@echo "make clean             remove what was built; not the Asterisk of the tests"

# Its set-up tells its progress on standard error: with --json one object is all that is printed.
demo:
	@{ $(SET_UP) run --page; } 1>&2
	@$(BIN)/callcenter demo $(ARGS)

set-up:
	@$(SET_UP) dev --page

check:
	@$(SET_UP) dev
	@$(BIN)/python -m scripts.checks quick $(ARGS)

test:
	@$(SET_UP) dev
	@$(BIN)/python -m scripts.checks all $(ARGS)

chaos:
	@$(SET_UP) dev
	@$(BIN)/python -m scripts.checks chaos $(ARGS)

soak:
	@$(SET_UP) dev
	@$(BIN)/python scripts/install_test_tools.py
	@$(BIN)/python scripts/install_asterisk_lab.py
	@$(BIN)/python -m tests.long_soak --hours $(HOURS) --seed $(SEED) --talks $(TALKS) \
		--calls $(CALLS) $(ARGS)

soak-sim:
	@$(SET_UP) dev
	@$(BIN)/python -m callcenter.soak --seeds $(SEEDS) --base $(BASE) $(ARGS)

prompts:
	@$(SET_UP) dev
	@$(BIN)/python -m scripts.make_prompts $(ARGS)

mutants:
	@$(SET_UP) dev
	@$(BIN)/python -m scripts.mutants $(ARGS)

screenshots:
	@$(SET_UP) dev --page
	@$(BIN)/python -m scripts.screenshots $(ARGS)

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf agent_ui/node_modules callcenter/adapters/web/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
