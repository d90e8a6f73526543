"""A worker's tensors as NumPy's."""

import numpy

TYPES = {"F32": numpy.float32, "I32": numpy.int32}


def as_numpy(stored):
    return {name: numpy.frombuffer(data, TYPES[dtype]).reshape(shape)
            for name, (dtype, shape, data) in stored.items()}
