#!/usr/bin/env bash
# Opens a report in a real browser, without a window: no word on its console, nothing asked of the network, tables that
# sort, and a picture of it at the width of a desk and of a phone, in FOLDER to be looked at.
#   scripts/check_report.sh TFQKD FOLDER      FOLDER belongs in a build folder
# Exit code 77 when Chromium or gnuplot is not there.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: scripts/check_report.sh TFQKD FOLDER" >&2
    exit 2
fi
tfqkd=$1 folder=$2
skip() { echo "SKIPPED: $1"; exit 77; }
fail() { echo "FAILED: $1" >&2; exit 1; }
for program in chromium gnuplot; do command -v "$program" >/dev/null || skip "$program is not installed"; done
mkdir -p "$folder"
cd "$folder"

"$tfqkd" generate --rows 400 --seed 5 --quiet -o data.csv --force
"$tfqkd" train --data data.csv --network polynomial --degree 2 --quiet -o poly.json --force
"$tfqkd" benchmark --data data.csv --model poly.json --search-links 50 --passes 1 --quiet -o summary.csv --force
"$tfqkd" benchmark --data data.csv --model poly.json --show links --search-links 0 --passes 1 --quiet -o links.csv --force
"$tfqkd" compare --protocol sns-finite --protocol aopp-finite --long --sweep distance_km=0:500:20 --quiet -o '<b>rates.csv' --force
"$tfqkd" report summary.csv links.csv '<b>rates.csv' poly.json --title 'A <script>alert(1)</script> report' -o report.html --force

grep -oE '(src|href|action)="?(https?:|//)[^"]*' report.html && fail "the page names something on the network"
[[ $(grep -o '<svg' report.html | wc -l) -eq 3 ]] || fail "the page should have three figures"

browse() { # ARGUMENTS... : the browser's console goes to console.log
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --host-resolver-rules='MAP * ~NOTFOUND' \
        --enable-logging=stderr --virtual-time-budget=2000 --user-data-dir="$PWD/profile" "$@" 2>browser.log
    grep CONSOLE browser.log >console.log && { cat console.log >&2; fail "the page speaks on the console"; }
    return 0
}
browse --window-size=1200,3200 --screenshot="$PWD/desk.png" "file://$PWD/report.html" >/dev/null
browse --window-size=390,3200 --screenshot="$PWD/phone.png" "file://$PWD/report.html" >/dev/null
browse --print-to-pdf="$PWD/report.pdf" "file://$PWD/report.html" >/dev/null
for picture in desk.png phone.png report.pdf; do
    [[ $(stat -c %s "$picture") -gt 20000 ]] || fail "$picture shows next to nothing"
done

# The same page with a finger on it: sorts the first table by its third column, twice, and writes down what comes first.
sed 's|</body>|<script>{ const heads = document.querySelector("table").querySelectorAll("th button"), first = () => document.querySelector("tbody").rows[0].cells[1].textContent; heads[3].click(); const low = first(); heads[3].click(); document.body.dataset.sorted = low + " " + first() + " " + heads[3].parentElement.getAttribute("aria-sort") + " " + (document.documentElement.scrollWidth <= innerWidth); }</script></body>|' \
    report.html >pressed.html
browse --window-size=390,800 --dump-dom "file://$PWD/pressed.html" >pressed.txt
grep -o 'data-sorted="[^"]*"' pressed.txt
grep -q 'data-sorted="poly lsa descending true"' pressed.txt ||
    fail "pressing a heading did not sort the table, or the page is wider than a phone"
echo "report.html: console free of errors, no network, tables sort; see $PWD/desk.png and phone.png"
