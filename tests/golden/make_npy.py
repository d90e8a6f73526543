"""Writes the numpy_*.npy files beside it, which tests/nn/npy_test.cpp reads."""

import os

import numpy as np

folder = os.path.dirname(os.path.abspath(__file__))


def save(name, array, version=None):
    with open(os.path.join(folder, name), "wb") as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=False)


save("numpy_f4.npy", np.arange(6, dtype="<f4").reshape(2, 3) / 2)
save("numpy_f8_fortran.npy", np.asfortranarray(np.arange(12, dtype="<f8").reshape(2, 3, 2)))
save("numpy_i8_version2.npy", np.array([-1, 0, 2**31 - 1], dtype="<i8"), version=(2, 0))
save("numpy_b1_scalar.npy", np.array(True))
