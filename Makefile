# make demo   installs what is missing, then grades a whole class
# make test   installs what is missing, then lint, types and tests
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

# Kernels use one thread each, so the tests may run side by side.
export OMP_NUM_THREADS = 1
# Where it is set, each of the hundred commands that the tests start would compile the grader anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test lint types tests explore frozen mutants bench verify schema guide pictures catalog doctor setup clean
.DEFAULT_GOAL := demo

demo: setup
	@$(BIN)/grader demo || [ $$? -eq 1 ]  # 1: graded, and something waits for a person

test: lint types tests

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

# Three at once also on two cores: tests wait for limits to run out, and for processes to start.
tests: setup
	@$(PYTHON) .ci/system_packages.py --tests
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -rs

# The properties on other and many more examples than `make test`, which takes the same ones each time: 2,000 mutants of
# each file that is read, 1,000 damages, 100 power cuts, 100 kills.
explore: setup
	$(BIN)/pytest -n 2 -m hypothesis --hypothesis-profile explore
	GRADER_DRAFTS=all $(BIN)/pytest -n 2 -rP tests/drafting/test_course_drafts.py

# What classes and exams got once, beside what they get now: every notebook is run again, which takes some minutes.
# Where a difference is right: .venv/bin/python -m tests.frozen --accept, which also prints its line for the changelog.
frozen: setup
	$(BIN)/python -m tests.frozen

# Which small mistakes no test notices; of one module alone: make mutants OF='grader.exam.rules.*'
mutants: setup
	$(BIN)/mutmut run --max-children 1 $(OF)
	$(BIN)/mutmut results

# Some ten minutes on a machine that does nothing else; the first time, nbgrader and otter are installed below .bench/.
bench: setup
	$(BIN)/python -m tests.bench --write .bench/table.md

# Every mutant of every assignment: some 1,500 notebooks.
verify: setup
	$(BIN)/grader verify

schema: setup
	$(BIN)/python -m grader.rubric.schema > rubrics/rubric.schema.json
	$(BIN)/python -m grader.exam.exam_schema > assignments/exam.schema.json

# The parts of the guide that schemas and commands say: between `<!-- made: … -->` and `<!-- end -->`.
guide: setup
	$(BIN)/grader guide --write grader/guide

# The guide's pictures, of the demo's class and others: some five minutes, and Chromium.
pictures: setup
	$(BIN)/python -m tests.guide.pictures

# Gathers the texts from code and templates into the catalogs: new ones are to be translated there, old ones are gone.
catalog: setup
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml --add-location file --sort-by-file --output build/grader.pot grader
	$(BIN)/pybabel --quiet update --input-file build/grader.pot --output-file grader/language/locale/es.po --locale es \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110

doctor: setup
	$(BIN)/grader doctor

setup: $(STAMP)
	@$(PYTHON) .ci/system_packages.py

# torch comes first and pinned: an open range would take a build with gigabytes of CUDA.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv .grader build mutants *.egg-info
