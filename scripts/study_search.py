"""Compares the files METHOD.csv of a folder row by row: a part of study_search.sh.
usage: study_search.py FOLDER PROTOCOL ROWS SEED [RANGE...]"""
import csv, sys

folder, protocol, links, seed = sys.argv[1:5]
methods = ["auto", "lsa", "nlopt:GN_CRS2_LM", "nlopt:GD_MLSL_LDS"]
rows = {}
for method in methods:
    with open(f"{folder}/{method}.csv") as file:
        rows[method] = list(csv.DictReader(line for line in file if not line.startswith("#")))
rates = {m: [float(row["key_rate_bit_per_pulse"]) for row in rows[m]] for m in methods}
best = [max(rates[m][i] for m in methods) for i in range(len(rates["lsa"]))]
with_key = [i for i, rate in enumerate(best) if rate > 0]


def at_share(values, share):
    """The value that `share` of the sorted values are not above, without interpolation."""
    return values[int(share * len(values))]


where = ", ".join(sys.argv[5:]) or "the default domain"
print(f"\n## {protocol}\n\n{links} links ({where}), seed {seed}; {len(with_key)} have a key.\n")
print("| method | median of 1 - R/R_best | 99 % are below | worst | keys missed | evaluations, median |")
print("|---|---|---|---|---|---|")
for method in methods:
    loss = sorted(1 - rates[method][i] / best[i] for i in with_key)
    evaluations = sorted(float(row["evaluations"]) for row in rows[method])
    cells = [f"{at_share(loss, 0.5):.1e}", f"{at_share(loss, 0.99):.1e}", f"{loss[-1]:.1e}"]
    cells += [str(sum(rates[method][i] == 0 for i in with_key)), f"{at_share(evaluations, 0.5):.0f}"]
    print(f"| {method} | " + " | ".join(cells) + " |")
for method in methods[:2]:
    worst = sorted(with_key, key=lambda i: rates[method][i] / best[i])[:3]
    print(f"\nfurthest behind, {method}: " + ", ".join(f"row {i} ({1 - rates[method][i] / best[i]:.1e})" for i in worst))
