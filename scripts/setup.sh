#!/usr/bin/env bash
# Installs what the build needs beyond Rust: a C toolchain for RocksDB and librdkafka.
# Does nothing when it is all there, so every make target may call it.
set -euo pipefail

PACKAGES=(clang libclang-dev cmake libcurl4-openssl-dev libssl-dev zlib1g-dev libzstd-dev pkg-config)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

missing_packages() {
    local package
    for package in "${PACKAGES[@]}"; do
        [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) == "install ok installed" ]] ||
            printf '%s\n' "$package"
    done
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        # -n: a password prompt would hang a run that has no terminal.
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

check_rust() {
    command -v cargo >/dev/null ||
        fail "cargo is not on the PATH. Install Rust from https://rustup.rs, open a new shell and try again."
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "installing ${missing[*]}"
    if [[ $(id -u) -ne 0 ]] && ! sudo -n true 2>/dev/null; then
        fail "needs root. Run this once, then try again: sudo apt-get install -y ${missing[*]}"
    fi
    as_root apt-get update -qq </dev/null
    as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}" </dev/null >&2
}

check_rust
if command -v dpkg-query >/dev/null; then
    install_packages
else
    say "not a Debian: please see to it that these are installed: ${PACKAGES[*]}"
fi
