#!/usr/bin/env python3
"""tfqkd's networks beside torch and scikit-learn: a part of bench_learning.sh. Prints Markdown tables.

usage: bench_learning.py TFQKD FOLDER

TFQKD is the program; FOLDER holds training.csv and heldout.csv of 'tfqkd generate', and takes the models. All errors
are mean squares on the held-out rows with a key, of all parameters on the scales of tfqkd's model, in spreads. The
environment sets LIMIT, processor seconds of a training, PASSES of the latencies, and SINGLE, rows asked one by one.
"""
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

from bench_learning_data import LIMIT, TARGETS, Curve, Data, Scaling, read_rows
import bench_learning_rivals as rivals

PASSES = int(os.environ.get("PASSES", 7))
BATCH, BATCHES = 2000, 5  # as many rows as 'tfqkd benchmark' takes
SINGLE = int(os.environ.get("SINGLE", 1000))
NOISE = 0.05  # times nearer than this are level
LENGTHS = {"levenberg-marquardt": (3, 6, 12, 25, 50, 100, 200), "lbfgs": tuple(25 * 2**k for k in range(12)),
           "adam": (6, 12, 25, 50, 100, 200, 400, 1600, 6400)}
KERNELS = {"tfqkd rbfnn": ("--network", "rbfnn"),
           "tfqkd rbfnn, 4000 rows, 300 centres": ("--network", "rbfnn", "--data", "small.csv", "--max-centres", "300"),
           "tfqkd grnn": ("--network", "grnn"),
           "tfqkd grnn, order 0, 8 neighbours": ("--network", "grnn", "--order", "0", "--neighbours", "8")}
# name, how to train it, and which of tfqkd's it stands beside
RIVALS = [("scikit-learn KernelRidge, 4000 rows", rivals.kernel_ridge, "tfqkd rbfnn, 4000 rows, 300 centres"),
          ("scikit-learn KNeighborsRegressor", rivals.nearest, "tfqkd grnn, order 0, 8 neighbours")]
# said where tfqkd is not ahead
WHY = {"levenberg-marquardt": "its steps cost more at first",
       "lbfgs": "tfqkd keeps a tenth of the rows back, and ends by itself when they get no better",
       "adam": "tfqkd keeps a tenth of the rows back, and ends by itself when they get no better",
       "scikit-learn KernelRidge, 4000 rows": "tfqkd also places centres and fits widths",
       "scikit-learn KNeighborsRegressor": "it only stores the rows; tfqkd fits a width an input, by leave-one-out",
       "latency": "tfqkd also says of each row whether it is outside or sparse in what was trained on"}
SINGLE_PRECISION = "tfqkd bpnn, --precision float"  # in batches


class Program:
    """tfqkd: trains in the folder, with its reading and writing of files timed as well."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def run(self, *arguments):
        """Processor and wall time."""
        command = [self.path, *arguments, "--threads", "1", "--quiet"]
        begin = time.monotonic()
        child = subprocess.Popen(command, cwd=self.folder)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = status
        if status != 0:
            sys.exit(f"failed: {' '.join(command)}")
        return used.ru_utime + used.ru_stime, time.monotonic() - begin

    def train(self, output, *arguments):
        data = () if "--data" in arguments else ("--data", "training.csv")
        return self.run("train", *data, "--seed", "1", *arguments, "--force", "-o", output)

    def model(self, name):
        with open(f"{self.folder}/{name}", encoding="utf-8") as file:
            return json.load(file)

    def error(self, name, data):
        self.run("predict", "--model", name, "--links", "keyed.csv", "--force", "-o", "predicted.csv")
        return data.error(data.scaling.scaled_outputs(read_rows(f"{self.folder}/predicted.csv")))

    def times(self, models, *arguments):
        """Rows of 'tfqkd benchmark', {model: row}."""
        files = [a for m in models for a in ("--model", m)]
        answer = subprocess.run([self.path, "benchmark", "--data", "keyed.csv", *files, "--search-links", "0", "--passes",
                                 "1", "--threads", "1", "--format", "json", "--quiet", *arguments],
                                cwd=self.folder, capture_output=True, text=True, check=True)
        return {r["method"]: r for r in json.loads(answer.stdout)["rows"] if r["test_set"] == "keyed"}

    def curve(self, trainer, lengths, data):
        curve, last = Curve(f"tfqkd {trainer}"), None
        for length in lengths:
            output = f"{trainer}.json"
            spent, wall = self.train(output, "--trainer", trainer, "--epochs", str(length))
            network = self.model(output)["network"]
            if network == last or curve.add(self.error(output, data), spent, wall) or spent > LIMIT / 2:
                break
            last = network
        return curve


def keep_keyed(folder, source, target, most=None):
    """Writes the first rows that have a key to another file."""
    with open(f"{folder}/{source}", encoding="utf-8") as file:
        lines = file.readlines()
    notes = [line for line in lines if line.startswith("#") and not line.startswith("# r")]  # not of the run or rows
    rows = [line for line in lines if not line.startswith("#")]
    status = rows[0].rstrip("\n").split(",").index("status")
    kept = [line for line in rows[1:] if line.rstrip("\n").split(",")[status] == "ok"]
    with open(f"{folder}/{target}", "w", encoding="utf-8") as file:
        file.writelines([*notes, rows[0], *kept[:most]])


def blas():
    """Which library multiplies matrices for Python."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps}
    for kind in ("openblas", "mkl", "blis", "libblas"):
        found = sorted(f for f in files if kind in f)
        if found:
            return found[0] + (", the plain one, slow" if kind == "libblas" else "")
    return "unknown"


def seconds(reached):
    return "never" if reached is None else f"{reached[0]:.2f} ({reached[1]:.2f})"


def ratio(rival, own):
    """How many times longer the rival takes."""
    if rival is None or own is None:
        return "-" if rival is own else "never" if rival is None else "0"
    return f"{rival[0] / own[0]:.3g}"


def table(header, rows):
    print("\n| " + " | ".join(header) + " |")
    print("|" + " :--- |" + " ---: |" * (len(header) - 2) + " :--- |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def training_table(own, others):
    """`others` has (curve, name of the same trainer in tfqkd)."""
    best = own["levenberg-marquardt"]
    rows = []
    for curve, same in [(c, None) for c in own.values()] + others:
        cells = [curve.name] + [seconds(curve.reached(t)) for t in TARGETS]
        spent, _, error = curve.best()
        cells += [f"{error:.2e}", f"{spent:.1f}"]
        for peer in (best, own[same] if same else None):
            cells.append(" / ".join(ratio(curve.reached(t), peer.reached(t)) for t in TARGETS) if same else "")
        rows.append(cells + [verdict(curve, own, same)])
    table(["network 32-16, tanh"] + [f"error {t:g}" for t in TARGETS] +
          ["least error", "after [s]", "times slower than tfqkd's Levenberg-Marquardt", "than its same trainer",
           "tfqkd ahead"], rows)


def behind(rival, own):
    """The targets that the rival reaches first."""
    return [f"{t:g}" for t in TARGETS
            if rival.reached(t) and (not own.reached(t) or rival.reached(t)[0] < own.reached(t)[0])]


def verdict(curve, own, same):
    if not same:
        return ""
    late = {name: behind(curve, own[name]) for name in ("levenberg-marquardt", same)}
    if curve.best()[2] < own[same].best()[2]:
        late[same].append("its least error")
    said = [f"{name} not at {', '.join(at)}: {WHY[name]}" for name, at in late.items() if at]
    if not late["levenberg-marquardt"] and said:
        said.insert(0, "yes by Levenberg-Marquardt")
    return "; ".join(said) or "yes"


def kernel_table(own, others):
    """`others` has (curve, which of tfqkd's it stands beside)."""
    rows = []
    for curve, peer in [(c, None) for c in own] + others:
        spent, wall, error = curve.points[-1]
        cells = [curve.name, f"{spent:.2f} ({wall:.2f})", f"{error:.2e}"]
        if peer:
            slower, worse = spent / peer.points[-1][0], error / peer.points[-1][2]
            late = [why for why, r in ((f"time: {WHY[curve.name]}", slower), ("error", worse)) if r < 1]
            cells += [peer.name, f"{slower:.3g}", f"{worse:.3g}", "not in " + "; ".join(late) if late else "yes"]
        else:
            cells += [""] * 4
        rows.append(cells)
    table(["kernels and neighbours", "training [s]", "error", "beside", "times slower", "times the error",
           "tfqkd ahead"], rows)


def latencies(program, models, predictors, features):
    """Microseconds a row, {name: ([single...], [batch...])}; all take turns."""
    found = {name: ([], []) for name in [*models, *predictors]}
    for _ in range(PASSES):
        for precision in ("double", "float"):
            asked = {n: m for n, m in models.items() if (n == SINGLE_PRECISION) == (precision == "float")}
            rows = program.times(asked.values(), "--precision", precision)
            for name, model in asked.items():
                found[name][0].append(rows[model[:-5]]["single_us_min"])
                found[name][1].append(rows[model[:-5]]["batch_us_min"])
        for name, predict in predictors.items():
            begin = time.process_time()
            for k in range(SINGLE):
                predict(features[k:k + 1])
            middle = time.process_time()
            predict(features[:BATCH])  # torch looks at a new shape again
            batch_begin = time.process_time()
            for _ in range(BATCHES):
                predict(features[:BATCH])
            end = time.process_time()
            found[name][0].append(1e6 * (middle - begin) / SINGLE)
            found[name][1].append(1e6 * (end - batch_begin) / BATCH / BATCHES)
    return found


def latency_table(found, peers):
    """`peers` says which of tfqkd's a rival stands beside."""
    rows = []
    for name, times in found.items():
        cells = [name] + [f"{f(t):.3g}" for t in times for f in (min, statistics.median)]
        ahead = ""
        if name in peers:
            slower = [min(t) / min(o) for t, o in zip(times, found[peers[name]])]
            cells += [peers[name]] + [f"{s:.3g}" for s in slower]
            late = [what for what, s in zip(("one at a time", "in a batch"), slower) if s < 1 + NOISE]
            level = "level" if min(slower) > 1 - NOISE else "not"
            ahead = f"{level} {' and '.join(late)}: {WHY['latency']}" if late else "yes"
        else:
            cells += ["", "", ""]
        rows.append(cells + [ahead])
    table(["microseconds a row", "single, min", "median", "batch, min", "median", "beside", "times slower, single",
           "batch", "tfqkd ahead"], rows)


def model_file(name):
    return name.replace("tfqkd ", "").replace(",", "").replace(" ", "-") + ".json"


def timed(program, name, data, *arguments):
    curve = Curve(name)
    spent, wall = program.train(model_file(name), *arguments)
    curve.add(program.error(model_file(name), data), spent, wall)
    return curve


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    program, folder = Program(os.path.abspath(arguments[0]), arguments[1]), arguments[1]
    keep_keyed(folder, "heldout.csv", "keyed.csv")
    keep_keyed(folder, "training.csv", "small.csv", rivals.KERNEL_ROWS)
    program.train("first.json", "--epochs", "1")
    scaling = Scaling(program.model("first.json"))
    train = [row for row in read_rows(f"{folder}/training.csv") if row["status"] == "ok"]
    data = Data(scaling, train, read_rows(f"{folder}/keyed.csv"))
    versions = [f"{m.__name__} {m.__version__}" for m in (rivals.numpy, rivals.torch, rivals.sklearn) if m]
    print(f"{len(data.x)} rows to learn from, {len(data.test_x)} held out; {', '.join(versions)}; "
          f"matrix products by {blas()}.", flush=True)

    own = {trainer: program.curve(trainer, lengths, data) for trainer, lengths in LENGTHS.items()}
    kernels = {name: timed(program, name, data, *arguments) for name, arguments in KERNELS.items()}
    models = {name: "levenberg-marquardt.json" for name in ("tfqkd bpnn", SINGLE_PRECISION)}
    models.update({name: model_file(name) for name in kernels})
    others, kernel_others, predictors, peers = [], [], {}, {}

    def add_predictor(name, predict, peer):
        predictors[name], peers[name] = predict, peer

    if rivals.torch:
        rivals.torch.set_num_threads(1)
        curve, network = rivals.torch_lbfgs(data)
        others += [(curve, "lbfgs"), (rivals.torch_adam(data, LENGTHS["adam"]), "adam")]
        for name, kind, peer in (("double", rivals.torch.float64, "tfqkd bpnn"),
                                 ("single precision", rivals.torch.float32, SINGLE_PRECISION)):
            add_predictor(f"torch 32-16, {name}", rivals.torch_predictor(network, scaling, kind), peer)
    if rivals.KernelRidge:
        curve, network = rivals.sklearn_adam(data)
        others += [(rivals.sklearn_lbfgs(data), "lbfgs"), (curve, "adam")]
        add_predictor("scikit-learn MLPRegressor", rivals.predictor(network, scaling), "tfqkd bpnn")
        for name, fit, peer in RIVALS:
            curve, model = fit(data)
            curve.name = name
            kernel_others.append((curve, kernels[peer]))
            add_predictor(name, rivals.predictor(model, scaling), peer)

    training_table(own, others)
    kernel_table(list(kernels.values()), kernel_others)
    latency_table(latencies(program, models, predictors, data.features), peers)
    for name, there in (("torch", rivals.torch), ("scikit-learn", rivals.KernelRidge)):
        if not there:
            print(f"\n{name} is not installed, so its rows are missing: scripts/install-packages.sh --with-learning")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
