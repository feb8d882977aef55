# Everything a person needs, each target with all the set-up that it needs itself.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# One profile for all, so that RocksDB is compiled once; --locked, so that all build the same.
CARGO_FLAGS := --release --locked
DEMO_DIR ?= demo
KAFKA_DIR ?= target/kafka
KAFKA_PORT ?= 9092
HAS_DOCKER := docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1

.PHONY: help setup demo build test faults bench lint fmt clean kafka-up kafka-down

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@scripts/setup.sh

demo: setup ## a year of usage for forty municipalities, billed and shown (DEMO_DIR=demo)
	cargo run $(CARGO_FLAGS) --bin tally -- demo --dir $(DEMO_DIR)

build: setup ## build the program: target/release/tally
	cargo build $(CARGO_FLAGS)

test: setup ## all tests, those with a real Kafka broker, mail server and invoice validator too
	scripts/kafka.sh libs
	scripts/invoice-validator.sh libs
	scripts/smtp-server.sh libs
	cargo test $(CARGO_FLAGS)

faults: setup ## the long campaign: kills, lost state, million-event runs (hours)
	scripts/kafka.sh libs
	cargo test $(CARGO_FLAGS) -- --ignored

bench: setup ## criterion: decode, dedupe, aggregate, the whole engine on a batch
	cargo bench --locked

lint: setup ## formatting, clippy, and licences and advisories where cargo-deny is installed
	cargo fmt --all --check
	cargo clippy $(CARGO_FLAGS) --all-targets -- -D warnings
	if command -v cargo-deny >/dev/null; then cargo deny --locked check; else echo "lint: cargo-deny is not installed, its check is left out"; fi

fmt: ## format the code
	cargo fmt --all

clean: kafka-down ## remove what was built and the demo's files
	cargo clean
	rm -rf $(DEMO_DIR)

kafka-up: ## a broker on 127.0.0.1:9092, by Docker or else from Maven Central
	if $(HAS_DOCKER); then docker compose up --detach --wait; else TALLY_KAFKA_PORT=$(KAFKA_PORT) scripts/kafka.sh start $(KAFKA_DIR); fi

kafka-down: ## stop it; its data stays
	if $(HAS_DOCKER); then docker compose stop; else scripts/kafka.sh stop $(KAFKA_DIR); fi
