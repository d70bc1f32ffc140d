# Thin names for `python3 dev.py …`, which also works where make is missing.
# Options go through ARGS:  make test ARGS="tests/unit -k timing"
PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-exam lock

help setup demo test check bench bench-exam lock:
	@$(PYTHON) dev.py $@ $(ARGS)
