# Thin names for `python3 dev.py …`, which also works where make is missing.
# Options go through ARGS:  make test ARGS="tests/unit -k timing"
# Hostile input, so many times as much as in every test run:  make fuzz EXAMPLES=50 SEED=7
# Faults on each database and the seed of a run:  make faults FAULTS=20 SEED=7
PYTHON ?= python3
ARGS ?=
FAULTS ?= 200
EXAMPLES ?= 20
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-exam faults fuzz looks lock

help setup demo test check bench bench-exam looks lock:
	@$(PYTHON) dev.py $@ $(ARGS)

faults:
	@$(PYTHON) dev.py $@ --faults $(FAULTS) --seed $(SEED) $(ARGS)

fuzz:
	@$(PYTHON) dev.py $@ --examples $(EXAMPLES) --seed $(SEED) $(ARGS)
