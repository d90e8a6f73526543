"""heed with several threads beside heed with one: how much faster, and whether it is the same."""

import statistics

# What two threads are meant to gain: where the matrix products of a repetition make more than 4
# million operations, and where numbers stream through memory. Smaller ones must not lose.
COMPUTES, STREAMS, SMALL = 1.7, 1.5, 1.0
MANY = 4_000_000
STREAMING = ("kernels",)


def goal(group, multiply_adds):
    if 2 * multiply_adds > MANY:
        return COMPUTES
    return STREAMS if group in STREAMING else SMALL


def verdict(result):
    if not result["same"]:
        return "DIFFERS"
    if result["goal"] is None:
        return ""
    # A row that must not lose is judged with what two equal measurements differ by.
    bar = result["goal"] * (0.97 if result["goal"] == SMALL else 1)
    return "ok" if result["speedup"] >= bar else "under"


def outputs(worker, name, count):
    worker.prepare(name)
    worker.set_threads(count)
    return worker.tensors("outputs")


def measure(worker, group, name, options):
    """Wall time: what a user waits for."""
    same = outputs(worker, name, 1) == outputs(worker, name, options.threads)
    worker.prepare(name)
    worker.run(1)
    multiply_adds = worker.footprint()["multiply_adds"]
    worker.set_threads(1)
    one = min(worker.run(1)[0] for _ in range(2)) / 1e9
    repetitions = max(1, min(10000, round(options.segment / one)))
    ratios = []
    for _ in range(options.rounds):
        took = []
        for count in (1, options.threads):
            worker.set_threads(count)
            worker.run(1)
            took.append(worker.run(repetitions)[0])
        ratios.append(took[0] / took[1])
    return {"name": name, "group": group, "same": same, "multiply_adds": multiply_adds,
            "speedup": statistics.median(ratios),
            "quartiles": statistics.quantiles(ratios, n=4)[::2] if len(ratios) > 1 else 2 * ratios,
            "goal": goal(group, multiply_adds) if options.threads == 2 else None}


def run(worker, rows, options):
    """The result of every row, printed as they come."""
    print(f"{'row':24} {'times faster':>12} {'quartiles':>11}  goal")
    found = []
    for group, name in rows:
        # The limit is BLAS itself, which has one thread here.
        if name == "sgemm_blas":
            continue
        result = measure(worker, group, name, options)
        low, high = result["quartiles"]
        print(f"{name:24} {result['speedup']:12.2f} {low:5.2f}-{high:5.2f} {result['goal'] or '':5}"
              f" {verdict(result)}", flush=True)
        found.append(result)
    return {"count": options.threads, "rows": found}
