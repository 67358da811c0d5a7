#!/usr/bin/env python3
"""Optimises finite-key SNS links with scipy, as a user without tfqkd would: the formula in Python, searches from scipy.

usage: bench_search_scipy.py TFQKD LINKS.csv COUNT OUTPUT.csv

TFQKD is the program: every rate found is checked against it, to 1e-9 relative. LINKS.csv is of 'tfqkd generate', its
first COUNT links are optimised. OUTPUT.csv is for 'tfqkd-bench searches --other'. Searches move in tfqkd's own
coordinates (log and logit of the parameters, within its ranges) and climb tfqkd's own score, which is more than most
users give scipy. Times are processor time of one core.
"""
import csv
import io
import math
import subprocess
import sys
import time
from math import exp, expm1, log, log1p, sqrt

import numpy
from scipy import optimize

# name, lower, upper, start, scale: the search ranges of sns-finite
PARAMETERS = [
    ("signal_intensity", 0.01, 1, 0.45, "log"),
    ("sending_probability", 1e-5, 0.5, 0.035, "log"),
    ("weak_decoy_intensity", 0.002, 0.5, 0.05, "log"),
    ("decoy_ratio", 1e-3, 0.9, 0.16, "logit"),
    ("signal_window_probability", 0.02, 0.995, 0.85, "logit"),
    ("vacuum_probability", 0.002, 0.992, 0.05, "logit"),
    ("weak_decoy_fraction", 0.002, 0.998, 0.94, "logit"),
    ("phase_slice_rad", 0.02, 1.6, 0.35, "log"),
]
NODES, WEIGHTS = (half.tolist() for half in (a[8:] for a in numpy.polynomial.legendre.leggauss(16)))
BESSEL = numpy.cumprod([1 / k**2 for k in range(1, 16)]).tolist()
SEED = 1


def newton(function, x):
    """A root by Newton's method from above or below a convex function; function(x) gives value and slope."""
    for _ in range(60):
        value, slope = function(x)
        step = value / slope
        x -= step
        if abs(step) <= 1e-15 * abs(x):
            break
    return x


def solve_above(c):  # x - ln(1 + x) = c, x > 0
    return newton(lambda x: (x - log1p(x) - c, x / (1 + x)), sqrt(2 * c) + 2 * c / 3)


def solve_below(c):  # u - (1 - exp(-u)) = c, u > 0
    return newton(lambda u: (u + expm1(-u) - c, -expm1(-u)), sqrt(2 * c) + c)


def solve_entropy(c):  # (1 + x) ln(1 + x) - x = c, x > 0
    return newton(lambda x: ((1 + x) * log1p(x) - x - c, log1p(x)), sqrt(2 * c) + c)


def expected_lower(count, beta):
    return count * exp(-solve_below(beta / max(count, 1e-150)))


def expected_upper(count, beta):
    count = max(count, 1e-150)
    return count * (1 + solve_above(beta / count))


def observed_lower(expected, beta):
    return expected * exp(-solve_above(-log1p(-beta / expected))) if expected > beta else 0.0


def observed_upper(expected, beta):
    return expected * (1 + solve_entropy(beta / expected)) if expected > 0 else 0.0


def entropy(x):
    x = min(max(x, 1e-300), 1 - 1e-16)
    return -(x * log(x) + (1 - x) * log1p(-x)) / log(2)


def bessel_i0_minus_1(x_squared):
    t, power, total = x_squared / 4, 1.0, 0.0
    for c in BESSEL:
        power *= t
        total += c * power
        if c * power < 1e-18 * total:
            break
    return total


def one_click(dark, a):
    return 2 * (1 - dark) * exp(-a) * (dark + expm1(a / 2))


def slice_clicks(dark, a, delta):
    """Wrong and all single clicks for phases within a slice, both users at mean photon number a after loss."""
    wrong = right = 0.0
    for node, weight in zip(NODES, WEIGHTS):
        leak = 2 * a * math.sin(delta * node / 4) ** 2
        wrong += weight * expm1(leak)
        right += weight * expm1(2 * a - leak)
    common = (1 - dark) * exp(-2 * a)
    return common * (dark + wrong), common * (2 * dark + wrong + right)


def score(link, point):
    """The key rate where it is positive, else key bits per sifted bit less what conditions for a key are missed by."""
    mu, eps, mu_1, ratio, p_z, p_0, weak, delta = point
    dark, n = link["dark_count_probability"], link["pulses"]
    f, e_d = link["error_correction_inefficiency"], link["misalignment"]
    eta = link["detector_efficiency"] * 10 ** (-link["loss_a_db"] / 10)
    mu_2 = min(mu_1 / ratio, 20)
    outside = max(mu_1 / ratio / 20 - 1, 0)
    p_1, p_2 = (1 - p_0) * weak, (1 - p_0) * (1 - weak)

    # signal windows
    a = eta * mu
    i0 = bessel_i0_minus_1(a * a)
    s_00 = 2 * dark * (1 - dark)
    s_z = one_click(dark, a)
    s_zz = 2 * (1 - dark) * exp(-2 * a) * (dark + expm1(a) * (i0 + 1) + i0)
    only = p_z**2 * eps * (1 - eps)
    both, none = p_z**2 * eps**2 * s_zz, p_z**2 * (1 - eps) ** 2 * s_00
    sifted = 2 * only * s_z + both + none
    error = (both + none) / sifted

    # decoy windows
    s_1, s_2 = one_click(dark, eta * mu_1), one_click(dark, eta * mu_2)
    wrong, every = slice_clicks(dark, eta * mu_1, delta)
    t = (1 - 2 * e_d) * wrong + e_d * every

    # numbers of windows, and Chernoff bounds of what is expected of them
    beta = log(2) - log(link["chernoff_failure"])
    decoy, silent = 1 - p_z, p_z * (1 - eps)
    vacuum = decoy * p_0
    quiet = vacuum + silent
    n_00 = n * (vacuum * vacuum + 2 * silent * vacuum)
    n_1, n_2 = n * decoy * p_1 * quiet, n * decoy * p_2 * quiet
    n_x = n * (decoy * p_1) ** 2 * delta / math.pi
    s00_low, s00_up = expected_lower(n_00 * s_00, beta) / n_00, expected_upper(n_00 * s_00, beta) / n_00
    s1_low, s2_up = expected_lower(n_1 * s_1, beta) / n_1, expected_upper(n_2 * s_2, beta) / n_2
    t_up = expected_upper(n_x * t, beta) / n_x

    # single photons
    one = (mu_2**2 * exp(mu_1) * s1_low - mu_1**2 * exp(mu_2) * s2_up - (mu_2**2 - mu_1**2) * s00_up) / (
        mu_1 * mu_2 * (mu_2 - mu_1))
    errors, photons = t_up - 0.5 * exp(-2 * mu_1) * s00_low, 2 * mu_1 * exp(-2 * mu_1) * one
    phase = max(errors / max(photons, 1e-60), 0)
    expected = n * 2 * only * mu * exp(-mu) * one if one > 0 else 0.0
    count = observed_lower(expected, beta)
    some = max(count, 1e-100)
    phase = observed_upper(some * phase, beta) / some
    lost = -(log(link["correctness_failure"]) + 2 * (log(link["privacy_failure"]) + log(link["smoothing_failure"])))
    bits = count * (1 - entropy(min(phase, 0.5))) - n * f * sifted * entropy(error) - lost / log(2)
    rate = bits / n
    if rate > 0:
        return rate
    missed = min(max(1 - 0.5 * photons / max(errors, 1e-290), 0), 100) + 2 * max(-one / eta, 0) + outside
    missed += max(1 - expected / beta, 0) + min(max(1 - 0.5 / max(phase, 1e-290), 0), 100)
    more = max(error, 0.5)
    missed += f * (1 - entropy(more)) + 2 * (more - 0.5)
    return min(rate / max(sifted, 1e-290), 0) - missed


def to_scale(x, scale):
    return log(x) if scale == "log" else log(x / (1 - x))


def from_scale(x, scale):
    return exp(x) if scale == "log" else 1 / (1 + exp(-x))


BOX = [(to_scale(low, scale), to_scale(high, scale)) for _, low, high, _, scale in PARAMETERS]
START = numpy.array([to_scale(start, scale) for *_, start, scale in PARAMETERS])


def point_of(x):
    return [min(max(from_scale(v, scale), low), high) for v, (_, low, high, _, scale) in zip(x, PARAMETERS)]


class Target:
    """What scipy makes small: -(100 + ln R) with a key, -score without; it keeps its best point and counts."""

    def __init__(self, link):
        self.link, self.calls, self.best, self.where = link, 0, math.inf, START

    def __call__(self, x):
        self.calls += 1
        value = score(self.link, point_of(x))
        value = -(100 + log(value)) if value > 0 else -value
        if value < self.best:
            self.best, self.where = value, numpy.array(x)
        return value


def random_starts(count):
    low, high = numpy.array(BOX).T
    return [START] + list(low + (high - low) * numpy.random.default_rng(SEED).random((count - 1, len(BOX))))


def nelder_mead(starts):
    def search(target):
        for start in random_starts(starts):
            optimize.minimize(target, start, method="Nelder-Mead", bounds=BOX,
                              options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 20000, "maxfev": 20000})
    return search


def l_bfgs_b(target):
    optimize.minimize(target, START, method="L-BFGS-B", bounds=BOX, options={"ftol": 1e-12, "gtol": 1e-6})


def differential_evolution(target):
    optimize.differential_evolution(target, BOX, x0=START, seed=SEED, tol=1e-8, maxiter=1000)


SEARCHES = {"scipy L-BFGS-B": l_bfgs_b, "scipy Nelder-Mead": nelder_mead(1),
            "scipy Nelder-Mead, 20 starts": nelder_mead(20),
            "scipy differential evolution": differential_evolution}


def rows_of(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def read_links(path, count):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    # what the whole table has in common: "# link.pulses: 1e12"
    common = dict(line[7:].split(": ") for line in text.splitlines() if line.startswith("# link."))
    links = []
    for row in rows_of(text)[:count]:
        link = {**common, **{k: v for k, v in row.items() if v != ""}}
        if "loss_a_db" not in link:
            link["loss_a_db"] = float(link["distance_km"]) * float(link.get("attenuation_db_per_km", 0.2)) / 2
        links.append({k: float(link[k]) for k in (
            "loss_a_db", "detector_efficiency", "dark_count_probability", "misalignment",
            "error_correction_inefficiency", "pulses", "chernoff_failure", "correctness_failure", "privacy_failure",
            "smoothing_failure")})
    return links


def check(program, links, points, rates):
    """The rates by tfqkd's formula must be those found here."""
    table = io.StringIO()
    writer = csv.writer(table)
    names = list(links[0])
    writer.writerow(names + ["loss_b_db"] + [p[0] for p in PARAMETERS])
    for link, point in zip(links, points):
        writer.writerow([repr(v) for v in link.values()] + [repr(link["loss_a_db"])] + [repr(v) for v in point])
    answer = subprocess.run([program, "rate", "--protocol", "sns-finite", "--links", "-", "--format", "csv"],
                            input=table.getvalue(), capture_output=True, text=True, check=True).stdout
    for row, rate in zip(rows_of(answer), rates):
        expected = float(row["key_rate_bit_per_pulse"])
        if abs(max(rate, 0) - expected) > 1e-9 * expected:
            sys.exit(f"the formula disagrees with tfqkd: {rate!r} here, {expected!r} there")


def main(arguments):
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    program, path, count, output = arguments
    links = read_links(path, int(count))
    check(program, links, [point_of(START)] * len(links), [score(link, point_of(START)) for link in links])
    with open(output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["method", "us_per_link", "evaluations"] + [p[0] for p in PARAMETERS])
        for name, search in SEARCHES.items():
            points = []
            for link in links:
                target = Target(link)
                begin = time.process_time()
                search(target)
                spent = 1e6 * (time.process_time() - begin)
                points.append(point_of(target.where))
                writer.writerow([name, repr(spent), target.calls] + [repr(v) for v in points[-1]])
            check(program, links, points, [score(link, point) for link, point in zip(links, points)])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
