# Everything that a person does here. The environment makes itself.
SHELL := /bin/sh
SECONDS ?=
PY := .venv/bin/python
# Three share two processors: many wait for a server or for each other.
RUN = TMPDIR=$$(scripts/swift_tmp.sh) $(PY) -m pytest -q -n 3 --dist worksteal --durations=15
# Without compiled files each of some hundred processes would compile bitewing anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check lint types imports unit live bench soak chaos environment servers clean

demo: environment            ## The main job, embedded: a practice, the server, a receiver, a day's work.
	@$(PY) -m bitewing demo $(if $(SECONDS),--seconds $(SECONDS))

test: environment servers check   ## Everything, with real servers: what waits and what computes, side by side.
	$(RUN)

check: environment           ## Style, types, dependencies: no test is run.
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

unit: environment            ## The tests that need no server.
	$(RUN) -m "not live"

live: environment servers    ## The tests against real servers.
	$(RUN) -m live

bench: environment           ## The measurements; see bench/RESULTS.md.
	@scripts/servers.sh bench
	$(PY) -m bench.deliver --memory
	$(PY) -m bench.fair
	$(PY) -m bench.scale
	$(PY) -m bench.latency
	$(PY) -m bench.polling
	$(PY) -m bench.capture

soak: environment servers    ## Writers, failing receivers, a server that is killed: lost 0 invented 0?
	@$(PY) -m bench.soak $(if $(SECONDS),--seconds $(SECONDS))

chaos: environment           ## Killed 50 times, a full disk, a jumping clock, eleven bad receivers: all accounted for?
	@$(PY) -m bench.chaos $(if $(SECONDS),--seconds $(SECONDS))

environment:
	@scripts/environment.sh

servers:
	@scripts/servers.sh

clean:                       ## Remove what was made here.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
