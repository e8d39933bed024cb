# One command for each thing; the work is done by the scripts in tools/.  CONTRIBUTING.md says when
# to use which.
BUILD        ?= build
LISTEN       ?= 127.0.0.1:8080
ELDERS       ?= 100000
FUZZ_SECONDS ?= 600
DEMO_DB      := demo/pingxiang.db

export BUILD ELDERS FUZZ_SECONDS

.DEFAULT_GOAL := build
.PHONY: build setup run demo test check deep coverage bench format clean

build:              # build/anlao, and web/dist
	@tools/build.sh $(BUILD)
	@tools/web.sh

setup:              # installs what is missing on Debian
	@tools/setup.sh

demo: setup         # the demonstration database, unless there is one
	@$(MAKE) --no-print-directory build
	@tools/demo.sh $(DEMO_DB)

run: demo           # serves the demonstration at http://$(LISTEN)
	@exec $(BUILD)/anlao serve --db sqlite:$(DEMO_DB) --listen $(LISTEN)

test: setup         # everything; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory build || { echo "0 passed, 1 failed"; exit 1; }
	@tools/test.sh all

check: build        # the quick tests, some minutes: before every commit
	@tools/test.sh quick

deep:               # sanitizers, and FUZZ_SECONDS of fuzzing for each target: some two hours
	@tools/setup.sh deep
	@tools/deep.sh

coverage: build     # docs/coverage.md, from the documents
	@ANLAO=$(BUILD)/anlao node tools/coverage.mjs

bench:              # every bound on speed and memory, a line each: some three minutes
	@tools/setup.sh
	@$(MAKE) --no-print-directory build
	@bench/run.sh

format:
	@tools/sources.sh | xargs clang-format -i

clean:
	rm -rf $(BUILD) build-asan build-fuzz
