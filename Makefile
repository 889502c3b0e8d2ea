# What the project needs done. Everything runs with Rust, a C compiler and make.

.PHONY: demo test lint bench bench-history bench-build install clean

# The main job on the bundled fake Harness: two syncs, what changed, questions in SQL.
demo:
	cargo build --quiet --locked
	cargo run --quiet --locked --example demo

# Everything CI checks.
test: lint
	cargo test --locked

# What syncs of 10,000, 100,000 and 1,000,000 role assignments and questions about them cost, beside what they must cost
# at least; then a tree of 520 scopes. SIZES="10000 tree" measures a part.
bench:
	cargo build --release --locked --bin harness-access --example fake_harness
	cargo bench --locked --bench scale -- $(SIZES)

# What history costs: a year of daily snapshots, what diff reads of it, and pruning it.
bench-history:
	cargo bench --locked --bench history

# How long a build from nothing takes, downloads aside, and how large the program is. Takes minutes.
bench-build:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && cargo fetch --locked && start=$$(date +%s) && \
	cargo build --release --locked --bin harness-access --target-dir "$$folder" && \
	echo "$$(($$(date +%s) - start)) s on $$(getconf _NPROCESSORS_ONLN) cores" && \
	ls -l "$$folder/release/harness-access"

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

install:
	cargo install --locked --path .

clean:
	cargo clean
