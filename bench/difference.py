"""Whether heed and another package compute the same."""

import numpy

from arrays import as_numpy

# Of a float result, relative to its largest number.
TOLERANCE = 2e-4


def difference(ours, theirs):
    finite = all(numpy.isfinite(x).all() for x in (ours, theirs))
    if ours.shape != theirs.shape or not finite:
        return float("inf")
    return float(abs(ours - theirs).max() / max(abs(theirs).max(), 1e-30))


def largest(ours, theirs):
    """(difference relative to the largest number, name); both must hold the same names."""
    if ours.keys() != theirs.keys():
        return float("inf"), f"names {sorted(ours.keys() ^ theirs.keys())}"
    return max((difference(ours[name], theirs[name]), name) for name in ours)


def check(worker, name, forms):
    """Prints the largest difference of each form; true when all are small."""
    ours = as_numpy(worker.tensors("outputs"))
    fine = True
    for package, form in forms:
        theirs = {key: numpy.asarray(x) for key, x in form.outputs().items()}
        worst, where = largest(ours, theirs)
        fine &= worst <= TOLERANCE
        print(f"{name:24} {package} {form.name:16} {worst:8.1e} in {where}",
              "" if worst <= TOLERANCE else f"  ABOVE {TOLERANCE:g}", flush=True)
    return fine
