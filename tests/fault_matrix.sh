#!/usr/bin/env bash
# Every writer against every fault of a file system: with an error or a kill injected into a system call on its output,
# it must never end with exit code 0 and a missing, short or corrupt file, and never harm a good file that was there.
#   tests/fault_matrix.sh PROGRAM        exit code 77 where strace can't be had
set -uo pipefail
tfqkd=$(realpath "$1")
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if ! command -v strace > /dev/null || ! strace -qq -o /dev/null true 2> /dev/null; then
    echo "no strace, or not allowed: skipped"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# shellcheck source=tests/writers.sh
source "$tests/writers.sh"
faults=(
    write:error=ENOSPC:when=1 write:error=ENOSPC:when=2+ write:error=EIO:when=1 write:error=EDQUOT:when=1
    write:error=EFBIG:when=1 write:error=EINTR:when=1 write:signal=KILL:when=1 fsync:error=EIO fsync:error=ENOSPC
    fsync:signal=KILL rename:error=EIO rename:error=ENOSPC rename:error=EACCES rename:signal=KILL
    openat:error=EMFILE openat:error=EROFS openat:error=ENOSPC close:error=EIO
)

# Runs $command with $fault in what it does to $file; the shell's own word on a kill is not wanted.
under_fault() {
    {
        # shellcheck disable=SC2086
        strace -f -qq -o /dev/null -P "$folder/$file" -P "$folder/$file.partial" -P "$file" -P "$file.partial" \
            -e "inject=$fault" "$tfqkd" $command --force --quiet > /dev/null 2> error.txt
    } 2> /dev/null
}

failed=0 runs=0 noticed=0
for writer in "${writers[@]}"; do
    read -r name file command <<< "$writer"
    mkdir -p c
    rm -f "$file"
    # shellcheck disable=SC2086  # the command is words
    if ! "$tfqkd" $command --force --quiet > /dev/null 2> error.txt; then
        grep -q "libonnx" error.txt && continue
        echo "FAILED: $name does not work without a fault: $(cat error.txt)"
        failed=1
        continue
    fi
    good=$(content "$file")
    for fault in "${faults[@]}"; do
        rm -rf ./*.partial c/*.partial
        ((++runs))
        under_fault
        code=$?
        [[ $code == 0 ]] || ((++noticed))
        now=$(content "$file")
        if [[ ! -e $file || $now != "$good" ]]; then
            echo "FAILED: $name with $fault: exit code $code, and $file is not whole: $(head -c 200 error.txt)"
            failed=1
            # shellcheck disable=SC2086
            "$tfqkd" $command --force --quiet > /dev/null 2>&1
        fi
        rm -f "$file.before"
        # Without a file that was there before, success must leave one.
        mv "$file" "$file.before"
        rm -rf ./*.partial c/*.partial
        under_fault
        code=$?
        if [[ $code == 0 && ( ! -e $file || $(content "$file") != "$good" ) ]]; then
            echo "FAILED: $name with $fault: exit code 0 without a whole $file"
            failed=1
        elif [[ $code != 0 && -e $file && $(content "$file") != "$good" ]]; then
            echo "FAILED: $name with $fault: exit code $code, and a broken $file"
            failed=1
        fi
        ((++runs))
        mv "$file.before" "$file"
    done
done
echo "$runs runs of ${#writers[@]} writers under ${#faults[@]} faults; $noticed ended with an error over a good file"
# Were they all to succeed, nothing would have been injected.
if ((noticed < runs / 4)); then
    echo "FAILED: the faults have not reached the program"
    failed=1
fi
exit "$failed"
