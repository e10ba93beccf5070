# The front door: everything real is in meson.build. `make run` and `make check` install what is
# missing, build, and do what they say.
BUILD ?= build
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: all deps build run check check-long check-asan check-tsan check-valgrind bench fuzz figures screenshots clean

all: build

# debian/control is the one list of what is needed.
deps:
	@tests/install-deps.sh $(SUDO)

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@tests/install-deps.sh --if-missing $(SUDO)
	meson setup $(BUILD) --buildtype=debugoptimized -Doptimization=3 $(if $(CI),-Dwerror=true)

run: build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(BUILD)/src/app/backflow; else \
	  echo "There is no display: training on the command line, figures go to backflow-figures/."; \
	  exec $(BUILD)/src/cli/backflow-cli run t1-baseline --epochs 1 --out backflow-figures; fi

check: build
	@tests/check.sh $(BUILD)

check-long: build
	@tests/check.sh $(BUILD) --setup=long

# Each in a build of its own, which takes a while.
check-asan:
	tests/sanitize/run.sh address $(CURDIR)/build-asan
check-tsan:
	tests/sanitize/run.sh thread $(CURDIR)/build-tsan
check-valgrind:
	tests/sanitize/run.sh valgrind $(CURDIR)/build-valgrind

bench: build
	tests/bench/bench.py $(BUILD)
	@if /usr/bin/python3 -c 'import torch' 2>/dev/null; then tests/bench/compare.py --json $(BUILD)/bench/peers.json $(BUILD); \
	 else echo "PyTorch (python3-torch) is not here to compare with."; fi

# Ten minutes a target, by clang's libFuzzer.
fuzz:
	tests/fuzz/run.sh $(CURDIR)/build-fuzz $(or $(SECONDS),600)

# The pictures of data/help/figures.md, from real runs.
figures: build
	tests/report/figures.sh $(BUILD)

screenshots: build
	tests/ui/screenshots.sh $(BUILD) $(BUILD)/screenshots

clean:
	rm -rf $(BUILD) backflow-figures
