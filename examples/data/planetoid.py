#!/usr/bin/env python3
"""Writes Cora as plain text from the pickles that Planetoid publishes it in.

    planetoid.py IND_FOLDER OUT_FOLDER

reads ind.cora.{x,tx,allx,y,ty,ally,graph,test.index} and writes cora.content, cora.cites and
planetoid.split (examples/data/papers.h says what is in them). The standard library is enough: the
few classes that the pickles name have stand-ins here, and nothing else is made from them.
"""

import collections
import pathlib
import pickle
import struct
import sys

TRAIN, VALIDATION = 140, 500


class Kind:
    """numpy.dtype: the code of a number and its order of bytes."""

    def __init__(self, code, *_):
        self.code, self.order = code, "<"

    def __setstate__(self, state):
        self.order = ">" if state[1] == ">" else "<"


class Array:
    """numpy.ndarray, as a flat list and a shape."""

    def __init__(self, *_):
        self.shape, self.values = (), []

    def __setstate__(self, state):
        _, self.shape, kind, fortran, raw = state
        if fortran and len(self.shape) > 1:
            sys.exit("planetoid.py: an array goes by columns")
        raw = raw.encode("latin1") if isinstance(raw, str) else raw
        letter = {"f4": "f", "f8": "d", "i4": "i", "i8": "q"}[kind.code.lstrip("<>=|")]
        count = len(raw) // struct.calcsize(letter)
        self.values = struct.unpack(f"{kind.order}{count}{letter}", raw)

    def rows(self):
        width = self.shape[1]
        return [self.values[i * width:(i + 1) * width] for i in range(self.shape[0])]


class Sparse:
    """scipy's matrix of compressed rows."""

    def rows(self):
        """For each row the columns that hold something."""
        parts = self.__dict__
        starts, places, data = (parts[name].values for name in ("indptr", "indices", "data"))
        return [{places[k] for k in range(a, b) if data[k] != 0}
                for a, b in zip(starts, starts[1:])]

    def width(self):
        return (self.__dict__.get("_shape") or self.__dict__["shape"])[1]


def made(kind, *_):
    return kind()


KNOWN = {
    "_reconstruct": made, "_reconstructor": made, "ndarray": Array, "dtype": Kind,
    "csr_matrix": Sparse, "object": object, "defaultdict": collections.defaultdict, "list": list,
    "encode": lambda text, coding: text.encode(coding),
}


class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        if name in KNOWN:
            return KNOWN[name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in this data")


def read(folder, part):
    with open(folder / f"ind.cora.{part}", "rb") as file:
        return Reader(file, encoding="latin1").load()


def main(source, target):
    tested = [int(line) for line in (source / "ind.cora.test.index").read_text().split()]
    every, last = read(source, "allx"), read(source, "tx")
    words = every.rows() + last.rows()
    classes = read(source, "ally").rows() + read(source, "ty").rows()
    # The last rows stand in the order of the test index; they belong where it says.
    order = list(range(len(words)))
    for row, paper in zip(sorted(tested), tested):
        order[paper] = row
    width, tests = every.width(), set(tested)
    pairs = {(min(a, b), max(a, b))
             for a, others in read(source, "graph").items() for b in others if a != b}
    target.mkdir(parents=True, exist_ok=True)
    with open(target / "cora.content", "w") as file:
        for paper, row in enumerate(order):
            bits = ["1" if word in words[row] else "0" for word in range(width)]
            field = max(range(len(classes[row])), key=classes[row].__getitem__)
            file.write("\t".join([str(paper), *bits, f"class_{field}"]) + "\n")
    with open(target / "cora.cites", "w") as file:
        file.writelines(f"{a}\t{b}\n" for a, b in sorted(pairs))
    with open(target / "planetoid.split", "w") as file:
        for paper in range(len(order)):
            part = ("train" if paper < TRAIN else "val" if paper < TRAIN + VALIDATION
                    else "test" if paper in tests else "none")
            file.write(f"{paper}\t{part}\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
