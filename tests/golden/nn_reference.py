#!/usr/bin/env python3
"""Numbers for tests/nn_reference_test.cpp, from the networks' formulas in plain Python.

Shares no code with the library: lists, loops and math only. The weights and patterns are made by `wave`, which the
test repeats. Run it and copy the printed numbers into the test:  python3 nn_reference.py
"""
import math


def wave(i, k):
    """Any fixed numbers will do; these are spread over (-1, 1)."""
    return math.sin(1.7 * i + 0.9 * k + 0.3)


def perceptron(widths, squash, x):
    for layer in range(len(widths) - 1):
        last = layer == len(widths) - 2
        y = []
        for o in range(widths[layer + 1]):
            s = 0.2 * wave(o, layer + 5)  # bias
            for i in range(widths[layer]):
                s += wave(o + 3 * i, layer) * x[i]
            y.append(s if last else squash(s))
        x = y
    return x


def radial_basis(x, fields, outputs):
    """fields: of each its metric, a list of rows, and how many centres it has."""
    out = []
    for k in range(outputs):
        s = 0.1 * (k + 1)  # bias
        c = 0
        for metric, centres in fields:
            place = [sum(m * v for m, v in zip(row, x)) for row in metric]
            for _ in range(centres):
                square = sum((place[d] - wave(c, d)) ** 2 for d in range(len(x)))
                s += wave(c + k, 7) * 0.5 ** square
                c += 1
        out.append(s)
    return out


def solve(a, b):
    """Gauss's elimination with row exchange."""
    n = len(b)
    a = [row[:] + [right] for row, right in zip(a, b)]
    for col in range(n):
        pivot = max(range(col, n), key=lambda r: abs(a[r][col]))
        a[col], a[pivot] = a[pivot], a[col]
        for row in range(col + 1, n):
            f = a[row][col] / a[col][col]
            for j in range(col, n + 1):
                a[row][j] -= f * a[col][j]
    x = [0.0] * n
    for row in reversed(range(n)):
        x[row] = (a[row][n] - sum(a[row][j] * x[j] for j in range(row + 1, n))) / a[row][row]
    return x


def general_regression(x, spreads, patterns, outputs, order, ridge):
    inputs = len(x)
    rows = [[wave(p, d) for d in range(inputs)] for p in range(patterns)]
    weight = [math.exp(-0.5 * sum(((r[d] - x[d]) / spreads[d]) ** 2 for d in range(inputs))) for r in rows]
    total = sum(weight)
    weight = [w / total for w in weight]
    out = []
    for k in range(outputs):
        target = [wave(p, 11 + k) for p in range(patterns)]
        if order == 0:
            out.append(sum(w * t for w, t in zip(weight, target)))
            continue
        offsets = [[(r[d] - x[d]) / spreads[d] for d in range(inputs)] for r in rows]
        basis = [[1.0] + o + ([o[i] * o[j] for i in range(inputs) for j in range(i, inputs)] if order == 2 else [])
                 for o in offsets]
        terms = len(basis[0])
        normal = [[sum(w * b[i] * b[j] for w, b in zip(weight, basis)) + (ridge if i == j > 0 else 0)
                   for j in range(terms)] for i in range(terms)]
        right = [sum(w * b[i] * t for w, b, t in zip(weight, basis, target)) for i in range(terms)]
        out.append(solve(normal, right)[0])
    return out


POINT = [0.3, -0.8, 0.5]
FIELDS = [([[1.25, 0, 0], [0, 1.1, 0], [0, 0, 0.8]], 6), ([[wave(d + 2 * i, 3) for i in range(3)] for d in range(3)], 4)]
print("tanh", [repr(v) for v in perceptron([3, 4, 3, 2], math.tanh, POINT)])
print("relu", [repr(v) for v in perceptron([3, 4, 3, 2], lambda s: max(s, 0.0), POINT)])
print("rbfnn", [repr(v) for v in radial_basis(POINT, FIELDS, 2)])
print("grnn 0", [repr(v) for v in general_regression(POINT, [0.5, 0.7, 0.9], 12, 2, 0, 0)])
print("grnn 1", [repr(v) for v in general_regression(POINT, [0.5, 0.7, 0.9], 12, 2, 1, 1e-3)])
print("grnn 2", [repr(v) for v in general_regression(POINT, [0.5, 0.7, 0.9], 12, 2, 2, 1e-3)])
