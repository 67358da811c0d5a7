#!/usr/bin/env python3
"""Optimal parameters of links, and the key rates they give, from Python through tfqkd's C interface.

    python3 predict.py LIBRARY MODEL        LIBRARY: libtfqkd.so; MODEL: a file that 'tfqkd train' wrote

Needs nothing but Python. Model.predict() takes a list of dictionaries such as {"loss_a_db": 25, "pulses": 1e13}.
"""
import ctypes
import sys

c_double_p, c_int_p = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int)


class Library:
    """libtfqkd.so with the types of the functions used here."""

    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name, result, arguments in [
            ("tfqkd_error", ctypes.c_char_p, []),
            ("tfqkd_link_count", ctypes.c_size_t, []),
            ("tfqkd_link_name", ctypes.c_char_p, [ctypes.c_size_t]),
            ("tfqkd_link_default", ctypes.c_double, [ctypes.c_size_t]),
            ("tfqkd_model_load", ctypes.c_int, [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]),
            ("tfqkd_model_free", None, [ctypes.c_void_p]),
            ("tfqkd_model_protocol", ctypes.c_void_p, [ctypes.c_void_p]),
            ("tfqkd_parameter_count", ctypes.c_size_t, [ctypes.c_void_p]),
            ("tfqkd_parameter_name", ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_size_t]),
            ("tfqkd_predict", ctypes.c_int,
             [ctypes.c_void_p, ctypes.c_size_t, c_double_p, c_double_p, c_double_p, c_int_p]),
        ]:
            function = getattr(self.c, name)
            function.restype, function.argtypes = result, arguments
        self.link_names = [self.c.tfqkd_link_name(k).decode() for k in range(self.c.tfqkd_link_count())]
        self.defaults = [self.c.tfqkd_link_default(k) for k in range(len(self.link_names))]

    def check(self, status):
        if status != 0:
            raise ValueError(self.c.tfqkd_error().decode())


class Model:
    def __init__(self, library, path):
        self.library, self.handle = library, ctypes.c_void_p()
        library.check(library.c.tfqkd_model_load(path.encode(), ctypes.byref(self.handle)))
        protocol = library.c.tfqkd_model_protocol(self.handle)
        count = library.c.tfqkd_parameter_count(protocol)
        self.parameters = [library.c.tfqkd_parameter_name(protocol, k).decode() for k in range(count)]

    def __del__(self):
        self.library.c.tfqkd_model_free(self.handle)

    def predict(self, links):
        """A dictionary for each link: its parameters, key_rate_bit_per_pulse, and whether it lies outside the training."""
        names, width, rows = self.library.link_names, len(self.parameters), len(links)
        for link in links:
            unknown = set(link) - set(names)
            if unknown:
                raise ValueError(f"unknown quantities {sorted(unknown)}; known: {names}")
        numbers = [float(link.get(name, default)) for link in links
                   for name, default in zip(names, self.library.defaults)]
        parameters, rates = (ctypes.c_double * (rows * width))(), (ctypes.c_double * rows)()
        outside = (ctypes.c_int * rows)()
        self.library.check(self.library.c.tfqkd_predict(
            self.handle, rows, (ctypes.c_double * len(numbers))(*numbers), parameters, rates, outside))
        return [dict(zip(self.parameters, parameters[row * width:(row + 1) * width]),
                     key_rate_bit_per_pulse=max(rates[row], 0.0), outside=bool(outside[row]))
                for row in range(rows)]


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    model = Model(Library(arguments[0]), arguments[1])
    links = [{"loss_a_db": loss, "loss_b_db": loss, "pulses": 1e13} for loss in (10, 15, 20)]
    for link, found in zip(links, model.predict(links)):
        print(link["loss_a_db"], "dB:", found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
