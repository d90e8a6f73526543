"""From which length on sparse patterns are faster than looking at everything.

Each pattern and what it is compared with run in turns, forward, and forward and backward, with
their projections. What is printed are ratios: of processor time, of multiply-adds and of the bytes
that are kept for the backward pass. The crossing is the first measured length from which on the
pattern is faster at every longer one.
"""

import statistics

# What each is compared with.
AGAINST = {"local": "full", "global-tokens": "full", "hybrid": "full", "axial": "full",
           "strided": "causal", "fixed": "causal"}
PASSES = ("forward", "both")
ROUNDS, SEGMENT = 9, 0.03


def timed(worker, name, count):
    worker.prepare(name)
    worker.run(1)
    return worker.run(count)[1] / count


def once(worker, name):
    worker.prepare(name)
    worker.run(1)
    return worker.run(1)[1] / 1e9


def time_ratio(worker, name, against):
    counts = {row: max(1, round(SEGMENT / once(worker, row))) for row in (name, against)}
    return statistics.median(timed(worker, name, counts[name])
                             / timed(worker, against, counts[against]) for _ in range(ROUNDS))


def cost(worker, name):
    worker.prepare(name)
    return worker.footprint()["multiply_adds"], sum(worker.saved().values())


def crossing(points, key):
    """The first length from which on every ratio is below 1; None where there is none."""
    found = None
    for point in reversed(points):
        if point[key] >= 1:
            break
        found = point["tokens"]
    return found


def words(found):
    return "none measured" if found is None else str(found)


def run(worker, rows):
    """{pattern: {against, points, crossing of each pass}}, printed as they come."""
    names = {name for _, name in rows}
    print(f"{'pattern':14} {'against':7} {'tokens':>6} {'forward':>8} {'both':>8}"
          f" {'multiply-adds':>13} {'kept bytes':>10}")
    found = {}
    for pattern, against in AGAINST.items():
        lengths = sorted(int(name.split("_")[1]) for name in names
                         if name.startswith(pattern + "_") and name.endswith("_both"))
        points = []
        for tokens in lengths:
            point = {"tokens": tokens}
            for which in PASSES:
                point[which] = time_ratio(worker, f"{pattern}_{tokens}_{which}",
                                          f"{against}_{tokens}_{which}")
            mine = cost(worker, f"{pattern}_{tokens}_both")
            theirs = cost(worker, f"{against}_{tokens}_both")
            point["multiply_adds"], point["kept"] = (a / b for a, b in zip(mine, theirs))
            points.append(point)
            print(f"{pattern:14} {against:7} {tokens:6} {point['forward']:8.2f}"
                  f" {point['both']:8.2f} {point['multiply_adds']:13.2f} {point['kept']:10.2f}",
                  flush=True)
        if points:
            found[pattern] = {"against": against, "points": points,
                              "crossing": {which: crossing(points, which) for which in PASSES}}
    print()
    for pattern, each in found.items():
        print(f"{pattern} is faster than {each['against']} attention from"
              f" {words(each['crossing']['forward'])} tokens on forward,"
              f" {words(each['crossing']['both'])} with the backward pass")
    return found


def table(found):
    """Of docs/speed.md: ratios and lengths, no times."""
    lines = ["| pattern | against | faster from, forward | with backward | at the longest:"
             " time | multiply-adds | kept bytes |", "|---|---|---|---|---|---|---|"]
    for pattern, each in found.items():
        last = each["points"][-1]
        lines.append(f"| {pattern} | {each['against']} | {words(each['crossing']['forward'])} |"
                     f" {words(each['crossing']['both'])} | {last['both']:.2f} |"
                     f" {last['multiply_adds']:.2f} | {last['kept']:.2f} |")
    return lines
