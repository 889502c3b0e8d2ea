# What the project needs done. Everything runs with Rust, a C compiler and make.

.PHONY: demo playground test test-browser lint bench install static man image dist dist-twice dist-check clean

# The main job on the bundled fake Harness: two syncs, what changed, questions in SQL. The database stays.
demo:
	cargo build --quiet --locked
	cargo run --quiet --locked --example demo

# The account of the demo to play with: serves it until Ctrl-C, and prints what to type in another terminal.
playground:
	cargo build --quiet --locked
	cargo run --quiet --locked --package fake-harness --features process -- --playground

# Everything CI checks. Without a browser the tests of the report in one are left out, with a word.
test: lint
	cargo test --locked --workspace --all-features
	tests/browser/run.sh $(if $(CI),--required)

# The report in a real browser: search, filters, keyboard, print, hostile names, and what 100,000 grants take.
test-browser:
	tests/browser/run.sh --required

# What syncs of 10,000, 100,000 and 1,000,000 role assignments and questions about them cost, beside what they must cost
# at least; a tree of 520 scopes; a build from nothing; a year of daily snapshots. Takes a quarter of an hour.
# PARTS="10000 tree" measures some of it (10000, 100000, 1000000, tree, build).
bench:
	cargo build --release --locked --bin harness-access
	cargo build --release --locked --package fake-harness --features process
	cargo bench --locked --bench scale -- $(PARTS)
	$(if $(PARTS),,cargo bench --locked --bench history)

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings

install:
	cargo install --locked --path .

# A program that needs no library of the system's: `rustup target add x86_64-unknown-linux-musl`, and musl-gcc from
# Debian's musl-tools.
static:
	cargo build --release --locked --bin harness-access --target x86_64-unknown-linux-musl

# The manual page, beside the build: target/harness-access.1.
man:
	cargo run --quiet --locked --bin harness-access -- man > target/harness-access.1

# A container image of the static program, as an archive that podman, docker and skopeo load. Takes buildah.
image: static
	mkdir -p target/dist
	deploy/image/build.sh target/x86_64-unknown-linux-musl/release/harness-access amd64 \
		target/dist/harness-access-amd64.oci.tar

# What a release consists of, in target/dist; `deploy/tools.sh dist` installs what it takes.
dist:
	deploy/dist.sh

# The same from nothing twice, which must be the same bytes.
dist-twice:
	deploy/dist-twice.sh

# The packages of target/dist on machines with nothing else, against the fake Harness. Takes root.
dist-check:
	deploy/dist-check.sh

clean:
	cargo clean
