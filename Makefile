# What the project needs done. Everything runs with Rust, a C compiler and make.

.PHONY: demo test lint bench install clean

# The main job on the bundled fake Harness: two syncs, what changed, questions in SQL.
demo:
	cargo build --quiet --locked
	cargo run --quiet --locked --example demo

# Everything CI checks.
test: lint
	cargo test --locked

# What history costs: a year of daily snapshots, what diff reads of it, and pruning it.
bench:
	cargo bench --locked --bench history

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

install:
	cargo install --locked --path .

clean:
	cargo clean
