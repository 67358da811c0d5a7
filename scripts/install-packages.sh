#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that tfqkd needs and that are not there yet.
#   scripts/install-packages.sh [--with-figures] [--with-checks] [--with-cluster] [--with-exports] [--with-browser] [--with-controllers]
#     [--with-coverage] [--with-learning]
# --with-figures adds gnuplot, --with-checks adds clang with its sanitizers, clang-format and strace, --with-cluster Slurm and GNU parallel for their test,
# --with-exports what the export to ONNX is built with, --with-browser Chromium to look at reports with, --with-controllers the
# compilers that exported C is tried with, --with-coverage gcovr, --with-learning torch and scikit-learn for scripts/bench_learning.sh.
# Exit 4 when packages are missing and can't be installed.
set -euo pipefail

packages=(g++ cmake ninja-build python3 libeigen3-dev libnlopt-dev libnlopt-cxx-dev libcli11-dev
    nlohmann-json3-dev catch2 libboost-dev libnanoflann-dev libxxhash-dev)
for argument in "$@"; do
    case $argument in
        --with-figures) packages+=(gnuplot-nox) ;;
        --with-checks) packages+=(clang libclang-rt-dev clang-format strace) ;;
        --with-cluster) packages+=(slurm-wlm munge parallel) ;;
        --with-exports) packages+=(libonnx-dev libprotobuf-dev protobuf-compiler) ;;
        --with-browser) packages+=(chromium) ;;
        --with-coverage) packages+=(gcovr) ;;
        --with-controllers) packages+=(clang gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-riscv64-unknown-elf
            picolibc-riscv64-unknown-elf) ;;
        --with-learning) packages+=(python3-torch python3-sklearn libopenblas0-pthread) ;;
        *) echo "install-packages.sh: unknown argument '$argument'; known: --with-figures --with-checks --with-cluster --with-exports --with-browser --with-controllers --with-coverage --with-learning" >&2; exit 2 ;;
    esac
done

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Ends with exit code 4 and says what is left to do by hand.
give_up() {
    echo "install-packages.sh: $1" >&2
    echo "Please have these packages installed, then try again: ${missing[*]}" >&2
    exit 4
}

missing=()
for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

command -v apt-get >/dev/null || give_up "there is no apt-get on this system"
as_root=(env)
if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || give_up "installing packages needs root, and there is no sudo"
    as_root=(sudo env)
fi

echo "Installing ${missing[*]}"
apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The log names the package server, so only its errors without addresses are shown.
if ! { "${apt[@]}" update && "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    grep '^[EW]:' "$log" | grep --invert-match --extended-regexp '[a-z]+://' >&2 || true
    give_up "apt-get failed"
fi
