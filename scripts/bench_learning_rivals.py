"""The networks of torch and scikit-learn for bench_learning.py: trainings, and predictions from plain features."""
import copy
import math

import numpy

from bench_learning_data import LIMIT, Curve

try:
    import torch
except ImportError:
    torch = None
try:
    import sklearn
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.neural_network import MLPRegressor
except ImportError:
    sklearn, KernelRidge, MLPRegressor = None, None, object

HIDDEN = (32, 16)
KERNEL_ROWS, CHECK_ROWS = 4000, 1000


def torch_network(kind):
    torch.manual_seed(1)
    widths, layers = (5, *HIDDEN, 8), []
    for a, b in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1]).to(kind)


def torch_error(network, data, kind):
    with torch.inference_mode():
        return data.error(network(torch.tensor(data.test_x, dtype=kind)).double().numpy())


def torch_lbfgs(data):
    curve, kind = Curve("torch L-BFGS"), torch.float64
    network, x, y = torch_network(kind), torch.tensor(data.x), torch.tensor(data.y)
    optimiser = torch.optim.LBFGS(network.parameters(), max_iter=10, history_size=30, tolerance_grad=0,
                                  tolerance_change=0, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(network(x), y)
        loss.backward()
        return loss

    while curve.spent < LIMIT:
        curve.go()
        optimiser.step(closure)
        curve.pause()
        if curve.add(torch_error(network, data, kind)):
            break
    return curve, network


def torch_adam(data, lengths):
    """tfqkd's own recipe: batches of 64, a rate that falls from 3e-3 to 1e-5 as a cosine over the epochs."""
    curve, kind, spent_an_epoch = Curve("torch Adam"), torch.float32, 0.0
    x, y = torch.tensor(data.x, dtype=kind), torch.tensor(data.y, dtype=kind)
    for length in lengths:
        if spent_an_epoch * length > LIMIT:
            break
        network, run = torch_network(kind), Curve("")
        optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(length - 1, 1), eta_min=1e-5)
        run.go()
        for _ in range(length):
            for rows in torch.randperm(len(x)).split(64):
                optimiser.zero_grad()
                torch.nn.functional.mse_loss(network(x[rows]), y[rows]).backward()
                optimiser.step()
            schedule.step()
        run.pause()
        spent_an_epoch = run.spent / length
        if curve.add(torch_error(network, data, kind), run.spent, run.wall):
            break
    return curve


class Recorded(MLPRegressor):
    """scikit-learn's L-BFGS has no callback: the weights of its evaluations are kept, at growing distances."""

    def _loss_grad_lbfgs(self, packed, *rest):
        self.calls = getattr(self, "calls", 0) + 1
        if self.calls >= getattr(self, "next", 25):
            self.next = math.ceil(1.1 * self.calls)
            self.curve.pause()
            self._unpack(packed)
            if self.curve.add(self.data.error(self.predict(self.data.test_x))) or self.curve.spent > LIMIT:
                raise StopIteration
            self.curve.go()
        return super()._loss_grad_lbfgs(packed, *rest)


def sklearn_lbfgs(data):
    curve = Curve("scikit-learn lbfgs")
    network = Recorded(HIDDEN, activation="tanh", solver="lbfgs", alpha=0, tol=0, max_iter=10**8, max_fun=10**8,
                       random_state=1)
    network.data, network.curve, network.out_activation_ = data, curve, "identity"
    curve.go()
    try:
        network.fit(data.x, data.y)
        curve.pause()
        curve.add(data.error(network.predict(data.test_x)))
    except StopIteration:  # out of time
        pass
    return curve


def sklearn_adam(data):
    """As it comes: batches of 200, a rate of 1e-3 throughout; scikit-learn's Adam has no falling rate."""
    curve, epochs, measured = Curve("scikit-learn adam"), 0, 0
    network = MLPRegressor(HIDDEN, activation="tanh", solver="adam", alpha=0, random_state=1)
    while curve.spent < LIMIT:
        curve.go()
        network.partial_fit(data.x, data.y)
        curve.pause()
        epochs += 1
        if epochs >= measured:
            measured = math.ceil(1.1 * epochs)
            if curve.add(data.error(network.predict(data.test_x))):
                break
    return curve, network


def best_of(data, rows, candidates):
    """The candidate with the least error on rows that it is not fitted to, fitted again to all; all of it timed."""
    curve, rows = Curve(type(candidates[0]).__name__), min(rows, len(data.x))
    curve.go()

    def check_error(model):
        model.fit(data.x[:rows - CHECK_ROWS], data.y[:rows - CHECK_ROWS])
        predicted = model.predict(data.x[rows - CHECK_ROWS:rows])
        return numpy.mean((predicted - data.y[rows - CHECK_ROWS:rows]) ** 2)

    best = min(candidates, key=check_error).fit(data.x[:rows], data.y[:rows])
    curve.pause()
    curve.add(data.error(best.predict(data.test_x)))
    return curve, best


def kernel_ridge(data):
    return best_of(data, KERNEL_ROWS, [KernelRidge(kernel="rbf", gamma=gamma, alpha=alpha)
                                       for gamma in (0.02, 0.05, 0.1) for alpha in (1e-8, 1e-6)])


def nearest(data):
    return best_of(data, len(data.x), [KNeighborsRegressor(n, weights="distance") for n in (4, 8, 16, 32)])


def predictor(model, scaling):
    """Features to parameters by a model of scikit-learn."""
    return lambda features: scaling.parameters(model.predict(scaling.scaled_inputs(features)))


def torch_predictor(network, scaling, kind):
    """Features to parameters by torch alone: scales within the network, traced and frozen."""
    def number(values):
        return torch.tensor(values, dtype=kind)

    def chosen(columns, count):
        return torch.tensor([k in columns for k in range(count)])

    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = copy.deepcopy(network).to(kind)
            self.mean, self.spread = number(scaling.input_mean), number(scaling.input_spread)
            self.out_mean, self.out_spread = number(scaling.output_mean), number(scaling.output_spread)
            self.log_in = chosen(scaling.input_log, len(scaling.inputs))
            self.log = chosen(scaling.output_log, len(scaling.outputs))
            self.logit = chosen(scaling.output_logit, len(scaling.outputs))

        def forward(self, features):
            x = (torch.where(self.log_in, features.log(), features) - self.mean) / self.spread
            y = self.network(x) * self.out_spread + self.out_mean
            return torch.where(self.log, y.exp(), torch.where(self.logit, y.sigmoid(), y))

    with torch.inference_mode():
        traced = torch.jit.freeze(torch.jit.trace(Whole().eval(), torch.ones(1, len(scaling.inputs), dtype=kind)))

    def predict(features):
        with torch.inference_mode():
            return traced(torch.from_numpy(features).to(kind)).numpy()
    return predict
