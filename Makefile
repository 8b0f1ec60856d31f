# make try           set everything up and open Neovim on a tour (or print the tour, without a terminal)
# make try-vscode    the same in VS Code in the browser (code-server); prints its local address
# make vsix          build the VS Code extension and say where it lies
# make test          set everything up and run all tests
# make test-editors  drive real editors: EDITORS=neovim,vscode,emacs,vim; what they need is told when it is missing
# make check         formatting, lints, types, and the catalog's own checks
# make catalog       compile cards, facts and alternatives, with every complaint about them
# make coverage      say how much of the standard library the catalog covers; run every example, check every fact
# make proofs        run every replacement against the real packages, on every Python found
# make facts         regenerate catalog/facts from documentation, typeshed and interpreters, and say what changed
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EDITORS_READY := $(VENV)/.ready-editors
EDITORS ?= neovim,vscode,emacs,vim

.DEFAULT_GOAL := help
.PHONY: help try try-vscode vsix test test-editors check catalog coverage facts proofs clean

help:
	@sed -n 's/^# make /make /p' Makefile

$(READY): pyproject.toml catalog/tools/build_hook.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(EDITORS_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,editors]'
	@touch $@

# Compiling takes a second, so it is simply done whenever something depends on it.
catalog: $(READY)
	@PYTHONPATH=catalog/tools $(BIN)/python -m catalog_compiler catalog server/stdlib_ls/data/catalog.txt

try: catalog
	@$(BIN)/python clients/neovim/try.py

vsix: catalog
	@$(BIN)/python clients/vscode/codeserver.py

try-vscode: catalog $(EDITORS_READY)
	@$(BIN)/python clients/vscode/try.py

test: catalog
	$(BIN)/python -m pytest

test-editors: catalog $(EDITORS_READY)
	$(BIN)/python -m pytest tests/editors tests/clients --editors $(EDITORS)

check: catalog $(EDITORS_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --strict tests catalog/tools

coverage: catalog
	$(BIN)/python catalog/tools/catalog_coverage.py
	STDLIB_LS_FULL=1 $(BIN)/python -m pytest tests/catalog

# DOCS="3.16=/path/to/html ..." names built documentation that is on this machine.
facts: $(READY)
	@PYTHONPATH=catalog/tools:tests $(BIN)/python -m facts $(addprefix --docs ,$(DOCS))

proofs: catalog
	$(BIN)/python tests/proofs/run_all.py

clean:
	rm -rf $(VENV) server/stdlib_ls/data build dist
