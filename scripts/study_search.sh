#!/bin/sh
# How near to the best known optimum the local search (LSA) ends: the same random links of the default domain,
# optimised by LSA and by three global methods of NLopt with restarts.
#   scripts/study_search.sh [PROTOCOL [LINKS [SEED [PROGRAM]]]]
set -eu
cd "$(dirname "$0")/.."
protocol=${1:-sns-finite} links=${2:-500} seed=${3:-1} tfqkd=${4:-build/tfqkd}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for method in lsa auto nlopt:GN_CRS2_LM nlopt:GN_DIRECT_L nlopt:GN_MLSL_LDS; do
    budget=20000
    case $method in nlopt:*) budget=60000 ;; esac
    "$tfqkd" generate --protocol "$protocol" --rows "$links" --seed "$seed" --method "$method" \
        --max-evaluations "$budget" --restarts 4 --output "$folder/$method.csv" >/dev/null
done

python3 - "$folder" "$protocol" "$links" "$seed" <<'PYTHON'
import csv, sys

folder, protocol, links, seed = sys.argv[1:]
methods = ["lsa", "auto", "nlopt:GN_CRS2_LM", "nlopt:GN_DIRECT_L", "nlopt:GN_MLSL_LDS"]
rows = {}
for method in methods:
    with open(f"{folder}/{method}.csv") as file:
        rows[method] = list(csv.DictReader(line for line in file if not line.startswith("#")))
rates = {m: [float(row["key_rate_bit_per_pulse"]) for row in rows[m]] for m in methods}
best = [max(rates[m][i] for m in methods) for i in range(len(rates["lsa"]))]


def quantile(values, share):
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


with_key = [i for i, rate in enumerate(best) if rate > 0]
print(f"{protocol}, {links} links of the default domain, seed {seed}: {len(with_key)} have a key\n")
print("| method | minimum | 1 % | 5 % | median | below 0.9999 | below 0.999 | no key though there is one | evaluations, median |")
print("|---|---|---|---|---|---|---|---|---|")
for method in methods:
    ratios = sorted(rates[method][i] / best[i] for i in with_key)
    evaluations = sorted(float(row["evaluations"]) for row in rows[method])
    cells = [f"{quantile(ratios, share):.9f}" for share in (0, 0.01, 0.05, 0.5)]
    cells += [str(sum(r < limit for r in ratios)) for limit in (0.9999, 0.999)]
    cells += [str(sum(r == 0 for r in ratios)), f"{quantile(evaluations, 0.5):.0f}"]
    print(f"| {method} | " + " | ".join(cells) + " |")
worst = sorted(with_key, key=lambda i: rates["lsa"][i] / best[i])[:3]
print("\nlowest R_lsa / R_best: " + ", ".join(f"row {i}: {rates['lsa'][i] / best[i]:.9f}" for i in worst))
PYTHON
