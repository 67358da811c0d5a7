"""What the parts of bench_learning.py share: the rows in the units of tfqkd's networks, and curves of training."""
import csv
import os
import sys
import time

import numpy

TARGETS = [1e-3, 1e-4, 3e-5]
LIMIT = float(os.environ.get("LIMIT", 120))  # processor seconds of a training


class Scaling:
    """Links and parameters in the units that tfqkd's network sees, from a model file."""

    def __init__(self, model):
        self.inputs, self.outputs = model["inputs"], model["outputs"]
        self.input_mean, self.input_spread = (numpy.array([q[k] for q in self.inputs]) for k in ("mean", "spread"))
        self.output_mean, self.output_spread = (numpy.array([q[k] for q in self.outputs]) for k in ("mean", "spread"))
        self.input_log = [k for k, q in enumerate(self.inputs) if q["scale"] == "log"]
        self.output_log = [k for k, q in enumerate(self.outputs) if q["scale"] == "log"]
        self.output_logit = [k for k, q in enumerate(self.outputs) if q["scale"] == "logit"]

    def features(self, rows):
        """Quantities of the links, before any scale."""
        def column(name):
            if name == "arm_a_loss_db":
                return (0.1 * numpy.array([float(r["distance_km"]) for r in rows])
                        - 10 * numpy.log10([float(r["detector_efficiency"]) for r in rows]))
            return numpy.array([float(r[name]) for r in rows])
        return numpy.stack([column(q["name"]) for q in self.inputs], 1)

    def scaled_inputs(self, features):
        x = features.copy()
        x[:, self.input_log] = numpy.log(x[:, self.input_log])
        return (x - self.input_mean) / self.input_spread

    def scaled_outputs(self, rows):
        y = numpy.array([[float(r[q["name"]]) for q in self.outputs] for r in rows])
        y[:, self.output_log] = numpy.log(y[:, self.output_log])
        p = y[:, self.output_logit]
        y[:, self.output_logit] = numpy.log(p / (1 - p))
        return (y - self.output_mean) / self.output_spread

    def parameters(self, scaled):
        y = scaled * self.output_spread + self.output_mean
        y[:, self.output_log] = numpy.exp(y[:, self.output_log])
        y[:, self.output_logit] = 1 / (1 + numpy.exp(-y[:, self.output_logit]))
        return y


class Data:
    """The same rows for all: x and y are scaled, features are what latencies start from."""

    def __init__(self, scaling, train, heldout):
        self.scaling, self.heldout = scaling, heldout
        self.x, self.y = scaling.scaled_inputs(scaling.features(train)), scaling.scaled_outputs(train)
        self.features = scaling.features(heldout)
        self.test_x, self.test_y = scaling.scaled_inputs(self.features), scaling.scaled_outputs(heldout)

    def error(self, predicted):
        return float(numpy.mean((predicted - self.test_y) ** 2))


class Curve:
    """Time and error of a training; the clock stands still while an error is measured."""

    def __init__(self, name):
        self.name, self.points, self.spent, self.wall = name, [], 0.0, 0.0

    def go(self):
        self.begin, self.wall_begin = time.process_time(), time.monotonic()

    def pause(self):
        self.spent += time.process_time() - self.begin
        self.wall += time.monotonic() - self.wall_begin

    def add(self, error, spent=None, wall=None):
        self.points.append((self.spent if spent is None else spent, self.wall if wall is None else wall, error))
        print(f"{self.name}: {self.points[-1][0]:.2f} s, {error:.3g}", file=sys.stderr)
        return error < TARGETS[-1]

    def best(self):
        return min(self.points, key=lambda p: p[2])

    def reached(self, target):
        """Processor time and wall time, or None."""
        return min(((p[0], p[1]) for p in self.points if p[2] < target), default=None)


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
