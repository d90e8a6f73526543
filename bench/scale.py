"""Time and memory of attention, forward and backward, as the sequence grows."""

import math
import statistics


def exponent(xs, ys):
    """Of the power law through the points: least squares over the logarithms."""
    x = [math.log(v) for v in xs]
    y = [math.log(v) for v in ys]
    mean_x, mean_y = statistics.mean(x), statistics.mean(y)
    return (sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
            / sum((a - mean_x) ** 2 for a in x))


def run(worker, rows, _):
    """{pattern: its points and the exponents over the last four}, printed as they come."""
    found = {}
    print(f"{'attention':8} {'tokens':>7} {'ms':>11} {'extra bytes':>12}")
    for _, name in rows:
        pattern, tokens = name.split("_")
        worker.prepare(name)
        worker.run(1)
        seconds = min(worker.run(1)[1] for _ in range(3)) / 1e9
        count = max(1, round(0.02 / seconds))
        took = statistics.median(worker.run(count)[1] / count for _ in range(5))
        point = {"tokens": int(tokens), "ms": took / 1e6, "bytes": worker.footprint()["peak_bytes"]}
        found.setdefault(pattern, {"points": []})["points"].append(point)
        print(f"{pattern:8} {tokens:>7} {point['ms']:11.4f} {point['bytes']:12}", flush=True)
    for pattern, fit in found.items():
        last = fit["points"][-4:]
        tokens = [p["tokens"] for p in last]
        if len(last) < 2:
            continue  # one length was asked for
        fit["time_exponent"] = exponent(tokens, [p["ms"] for p in last])
        fit["memory_exponent"] = exponent(tokens, [p["bytes"] for p in last])
        print(f"{pattern}: time N^{fit['time_exponent']:.2f},"
              f" memory N^{fit['memory_exponent']:.2f}")
    return found
