#!/usr/bin/env bash
# The share of lines in src/ and include/ that tests run, by a build of its own and gcovr.
#   scripts/coverage.sh [LEAST]      exit code 1 below LEAST percent, by default 90; JOBS tests at a time, by default as many as CPUs
# The lines that were not run are in build-coverage/coverage.txt, file by file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
least=${1:-90}
scripts/install-packages.sh --with-figures --with-checks --with-cluster --with-exports --with-coverage
cmake --preset coverage
cmake --build --preset coverage
find build-coverage -name '*.gcda' -delete
# The test of limits would cut the files with the counts; the consumer is linked without what counts.
ctest --preset coverage -j "${JOBS:-$(nproc)}" --exclude-regex '^(limits|consumer)$'
gcovr --root . --filter src/ --filter include/ --object-directory build-coverage --gcov-ignore-parse-errors \
    --exclude-throw-branches -j "$(nproc)" \
    --txt build-coverage/coverage.txt --print-summary --fail-under-line "$least"
