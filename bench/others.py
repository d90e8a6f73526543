"""heed beside JAX and MLX, in the rows that they have: for orientation, without goals."""

import importlib
import statistics
import sys

from form import once, rounds


def installed():
    """jax_rows and mlx_rows, those whose package is here."""
    found = []
    for module in ("jax_rows", "mlx_rows"):
        try:
            found.append(importlib.import_module(module))
        except ImportError as error:
            print(f"heed bench: without {module} ({error})", file=sys.stderr)
    return found


def written(rows, packages):
    """Those of the rows that a package has."""
    return [row for row in rows if any(row[1] in p.ROWS for p in packages)]


def forms(worker, name, packages):
    """[(package, form), ...] of a row that the worker has prepared."""
    stored = worker.tensors("inputs")
    return [(p.NAME, p.ROWS[name](p.as_arrays(stored))) for p in packages if name in p.ROWS]


def check_all(worker, rows, packages):
    from difference import check
    fine = True
    for _, name in rows:
        worker.prepare(name)
        fine &= check(worker, name, forms(worker, name, packages))
    return fine


def measure(worker, name, packages, options):
    worker.prepare(name)
    others = forms(worker, name, packages)
    sides = [worker.run, *(form.timed for _, form in others)]
    took = rounds(sides, max(map(once, sides)), options)

    def median(of):
        return statistics.median(map(of, took))

    return {"name": name, "ms": median(lambda r: r[0][1]) / 1e6,
            "ratio": {package: median(lambda r, i=i: r[0][1] / r[i + 1][1])
                      for i, (package, _) in enumerate(others)}}


def run(worker, rows, packages, options):
    """The result of every row, printed as they come."""
    names = [p.NAME for p in packages]
    print(f"{'row':24} {'heed ms':>10}", *(f"{'to ' + name:>8}" for name in names))
    found = []
    for _, name in rows:
        result = measure(worker, name, packages, options)
        print(f"{name:24} {result['ms']:10.4f}",
              *(f"{result['ratio'].get(name, float('nan')):8.3f}" for name in names), flush=True)
        found.append(result)
    return {"packages": {p.NAME: p.VERSION for p in packages}, "rows": found}
