#!/usr/bin/env bash
# What shells and systems may do to a program: standard output that is full or closed, other standard streams closed, folders
# that can't be written to, a tiny file system, limits on memory, open files and the size of files. It must end by itself with a
# message, never with exit code 0 and a missing or short result, and never harm a good file that was there.
#   tests/limits_test.sh PROGRAM
# What needs root or mounts is left out where it can't be had, and that is said.
set -uo pipefail
tfqkd=$(realpath "$1")
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
mounted=()
end() {
    for place in "${mounted[@]}"; do umount "$place"; done
    rm -rf "$folder"
}
trap end EXIT
cd "$folder" || exit 1
# shellcheck source=tests/writers.sh
source "$tests/writers.sh"
failed=0 runs=0
fail() { echo "FAILED: $1" >&2; failed=1; }

# ends WHAT CODES COMMAND...: runs it, and looks at its exit code and, unless that is 0, for its message; standard output is its
# own. The message goes through a pipe, which no limit and no full disk is in the way of.
ends() {
    local code what=$1 codes=$2 message
    shift 2
    { message=$("$@" 2>&1 >&3 3>&-); } 3>&1
    code=$?
    ((++runs))
    [[ " $codes " == *" $code "* ]] || fail "$what: exit code $code, expected $codes: ${message:0:300}"
    [[ $code == 0 || $message == *"tfqkd: "* ]] || fail "$what: exit code $code without a message: ${message:0:300}"
    return "$code"
}
into_full() { "$@" > /dev/full; }
into_closed() { "$@" >&-; }

# Everything that has standard output for its result.
talkers=(
    "--help" "--version" "rate --help" "help merge" "protocols" "protocols sns-finite" "doctor" "manual markdown"
    "rate --distance-km 100" "rate --links data.csv --format jsonl" "optimize --distance-km 100" "compare --distance-km 100"
    "optimize --find max-distance" "generate --rows 20" "generate --rows 5 --format json" "generate --rows 9 --dry-run"
    "merge part1.csv part2.csv -o -" "predict --model model.json --links data.csv" "benchmark --data data.csv --passes 0"
    "benchmark --data data.csv --show links" "convert data.csv --format json" "rerun data.csv.manifest.json"
    "diff data.csv data.csv" "plot rate --sweep distance_km=0:100:50 --format svg"
    "train --data data.csv --network polynomial --tune --try degree=1 --folds 2"
)
for talker in "${talkers[@]}"; do
    # shellcheck disable=SC2086  # the command is words
    if ! "$tfqkd" $talker > usual.txt 2> error.txt; then
        grep -q gnuplot error.txt || fail "$talker does not work at all: $(head -c 200 error.txt)"
        continue
    fi
    [[ -s usual.txt ]] || fail "$talker has no output"
    for output in into_full into_closed; do
        # shellcheck disable=SC2086
        ends "$talker $output" 4 "$output" "$tfqkd" $talker < /dev/null
    done
done
printf '{"distance_km": 100}\n' > asked.jsonl
for output in into_full into_closed; do ends "serve $output" 4 "$output" "$tfqkd" serve --model model.json < asked.jsonl; done

# The files as they should be. A writer that lacks a package is left out.
declare -A goods
mkdir usual
for writer in "${writers[@]}"; do
    read -r name file command <<< "$writer"
    mkdir -p c
    # shellcheck disable=SC2086
    if ! "$tfqkd" $command --force --quiet > /dev/null 2> error.txt; then
        grep -q "libonnx\|gnuplot" error.txt || fail "$name does not work at all: $(head -c 200 error.txt)"
        continue
    fi
    cp "$file" "usual/$name"
    goods[$name]=$(content "$file")
    rm -rf "$file" "$file.manifest.json" c
done

# Nothing to do before and after a disturbed run, unless said otherwise.
before() { :; }
after() { :; }

# written NAME FILE CODE: what a disturbed run may leave of a writer's file.
written() {
    if [[ -e $2 ]]; then
        [[ $(content "$2") == "${goods[$1]}" ]] || fail "$1, $where: a broken $2 with exit code $3"
    elif [[ $3 == 0 || $start == good ]]; then
        fail "$1, $where: no $2 with exit code $3"
    fi
}

# disturbed WHERE PLACE CODES HOW...: every writer in the folder PLACE, run by HOW... COMMAND; over a good file, and without one.
disturbed() {
    local where=$1 place=$2 codes=$3 start name file command code noticed=0
    shift 3
    cd "$place" || exit 1
    ln -s "$folder"/{data.csv,data.csv.manifest.json,model.json,part1.csv,part2.csv,links.npy,good.json} .
    for writer in "${writers[@]}"; do
        read -r name file command <<< "$writer"
        [[ -v goods[$name] ]] || continue
        for start in good none; do
            find . -mindepth 1 ! -type l -delete
            mkdir c
            # A good file may be too large for the place.
            [[ $start == none ]] || cp "$folder/usual/$name" "$file" 2> /dev/null || continue
            before
            # shellcheck disable=SC2086
            ends "$name, $where" "$codes" "$@" "$tfqkd" $command --force --quiet < /dev/null > /dev/null
            code=$?
            after
            ((noticed += code != 0))
            written "$name" "$file" "$code"
        done
    done
    cd "$folder" || exit 1
    echo "$where: $noticed of $((2 * ${#goods[@]})) runs ended with an error"
    if [[ $codes == 4 && $noticed -eq 0 ]]; then fail "$where disturbs nothing"; fi
}
limited() { (ulimit "$1" "$2" && exec "${@:3}"); }
fresh() { rm -rf work && mkdir work; }

# The least memory that the program starts with, in kB; less is the loader's business, before the program is asked.
least=8000 most=4000000
while ((most - least > 100)); do
    middle=$(((least + most) / 2))
    if limited -v "$middle" "$tfqkd" --version &> /dev/null; then most=$middle; else least=$middle; fi
done
for more in 300 2000 6000 12000 30000; do
    fresh
    disturbed "$more kB of memory more than to start" work "0 4" limited -v "$((most + more))"
done
for more in 500 4000 12000; do
    ends "rows on many threads in little memory" "0 4" limited -v "$((most + more))" \
        "$tfqkd" generate --rows 2000 --threads 8 --quiet --force -o many.csv
done
for files in 4 5 6 8; do
    fresh
    disturbed "$files open files" work "0 4" limited -n "$files"
done
for blocks in 0 1 8; do
    fresh
    disturbed "files of $blocks kB at most" work "0 4" limited -f "$blocks"
done

# A file that is opened must not take the place of a closed stream.
"$tfqkd" predict --model model.json --links <(printf 'distance_km\n100\n900\n') -o usual.csv 2> /dev/null
"$tfqkd" predict --model model.json --links <(printf 'distance_km\n100\n900\n') -o closed.csv <&- >&- 2>&-
[[ $? == 0 && -s usual.csv ]] && cmp usual.csv closed.csv || fail "closed streams change a result"

if mkdir tiny && mount -t tmpfs -o size=64k none tiny 2> error.txt; then
    mounted+=("$folder/tiny")
    before() { cat /dev/zero > filler 2> /dev/null; }
    disturbed "a full file system" tiny 4
    find tiny -mindepth 1 -delete
    before() { :; }
    ends "2000 rows into 64 kB" 4 "$tfqkd" generate --rows 2000 --quiet -o tiny/rows.csv
    [[ ! -e tiny/rows.csv ]] || fail "2000 rows in 64 kB"
    find tiny -mindepth 1 -delete
    before() { mount -o remount,ro "$folder/tiny"; }
    after() { mount -o remount,rw "$folder/tiny"; }
    disturbed "a read-only file system" tiny 4
else
    echo "skipped: a full and a read-only file system; no mount here: $(head -c 100 error.txt)"
fi
if [[ $EUID -ne 0 ]]; then
    fresh
    before() { chmod a-w . c; }
    after() { chmod u+w . c; }
    disturbed "a read-only folder" work 4
else
    echo "skipped: a folder without the right to write, which root may always"
fi
echo "$runs runs"
exit "$failed"
