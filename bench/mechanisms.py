"""What mechanisms claim that are cheaper than all pairs: a training step from 128 to 16384 tokens.

Forward and backward with their projections, one sequence, heads of 64, one thread. Of each: time
and peak bytes, the exponents over the last four lengths, the length from which on it is faster than
fused attention over all pairs (causal ones: than causal attention), and what it carries from token
to token when it decodes. Beside PyTorch, where it is installed and computes the same formula, the
ratio of the times in turns: to the form of public packages, and where they make a softmax also to
that with PyTorch's fused attention in its place. Lengths whose step would take too long are left
out, and said so.
"""

import os
import statistics
import sys

from scale import exponent

# What causal ones are compared with; the others with full.
CAUSAL = ("strided", "fixed", "causal-linear", "hyena")
BASELINES = ("full", "causal")
# Time over PyTorch's, of the same formula, that each is meant to stay at or below.
GOALS = {"linear": 0.65, "causal-linear": 0.65, "local": 0.6, "strided": 0.6, "bigbird": 0.6,
         "axial": 0.6, "performer": 0.8, "linformer": 0.8}
COMPARED = (1024, 4096)
TOO_LONG = 5.0  # seconds of one step
SEGMENT, ROUNDS = 0.05, 5


def one_step(worker):
    return worker.run(1)[1] / 1e9


def measure(worker, name):
    """Milliseconds of a step, and its peak bytes and multiply-adds."""
    worker.prepare(name)
    first = one_step(worker)
    count = max(1, round(SEGMENT / max(min(first, one_step(worker)), 1e-9)))
    times = [worker.run(count)[1] / count / 1e6 for _ in range(3 if first < 1 else 1)]
    footprint = worker.footprint()
    return {"ms": statistics.median(times), "bytes": footprint["peak_bytes"],
            "multiply_adds": footprint["multiply_adds"]}


def predicted(points):
    """Seconds at twice the last length."""
    if len(points) < 2:
        return 0.0
    return points[-1]["ms"] / 1e3 * max(1.0, points[-1]["ms"] / points[-2]["ms"])


def step_points(worker, mechanism, lengths):
    points = []
    for tokens in lengths:
        if predicted(points) > TOO_LONG:
            print(f"{mechanism:16} {tokens:7} left out: a step would take"
                  f" {predicted(points):.0f} s", flush=True)
            break
        point = {"tokens": tokens, **measure(worker, f"{mechanism}_{tokens}_step")}
        points.append(point)
        print(f"{mechanism:16} {tokens:7} {point['ms']:11.3f} {point['bytes']:12}"
              f" {point['multiply_adds']:15}", flush=True)
    return points


def crossing(points, others):
    """The first length from which on it is faster at every length that both have."""
    against = {point["tokens"]: point["ms"] for point in others}
    found = None
    for point in reversed(points):
        if point["tokens"] not in against:
            continue
        if point["ms"] >= against[point["tokens"]]:
            break
        found = point["tokens"]
    return found


def numbers(stored):
    """How many there are in tensors."""
    count = 0
    for _, shape, _ in stored.values():
        size = 1
        for extent in shape:
            size *= extent
        count += size
    return count


def state_sizes(worker, mechanism, lengths):
    sizes = {}
    for tokens in lengths:
        worker.prepare(f"{mechanism}_{tokens}_state")
        sizes[tokens] = numbers(worker.tensors("outputs"))
    return sizes


def beside_torch(worker, mechanism, lengths, torch_rows):
    """{form: {length: ratio to PyTorch}}, of the lengths that are compared."""
    ratios = {}
    for tokens in lengths:
        name = f"{mechanism}_{tokens}_step"
        if name not in torch_rows.ROWS:
            continue
        worker.prepare(name)
        for form in torch_rows.ROWS[name](torch_rows.as_tensors(worker.tensors("inputs"))):
            ratios.setdefault(form.name, {})[tokens] = ratio_to(worker, form)
    return ratios


def ratio_to(worker, form):
    form.timed(1)
    slower = max(form.timed(1)[1], worker.run(1)[1]) / 1e9
    count = max(1, round(SEGMENT / slower))
    took = [(worker.run(count)[1], form.timed(count)[1]) for _ in range(ROUNDS)]
    return statistics.median(ours / theirs for ours, theirs in took)


def fitted(points):
    last = points[-4:]
    tokens = [p["tokens"] for p in last]
    return {"time_exponent": exponent(tokens, [p["ms"] for p in last]),
            "memory_exponent": exponent(tokens, [p["bytes"] for p in last])}


def by_mechanism(rows):
    """{mechanism: {"step": lengths, "state": lengths}} in the order of the rows."""
    found = {}
    for _, name in rows:
        mechanism, tokens, kind = name.rsplit("_", 2)
        found.setdefault(mechanism, {"step": [], "state": []})[kind].append(int(tokens))
    return found


def warn_if_busy():
    """Times on a busy machine say nothing: processor time leaves out waiting, not lost caches."""
    busy = os.getloadavg()[0]
    if busy > 0.5:
        print(f"heed bench: the machine is busy (load {busy:.1f}): these times are not to be"
              " published", file=sys.stderr)
    return busy > 0.5


def run(worker, rows, torch_rows=None):
    """{mechanism: what was found}, printed as it comes."""
    busy = warn_if_busy()
    found = {}
    print(f"{'mechanism':16} {'tokens':>7} {'ms':>11} {'extra bytes':>12} {'multiply-adds':>15}")
    for mechanism, lengths in by_mechanism(rows).items():
        each = {"points": step_points(worker, mechanism, lengths["step"]), "busy": busy,
                "state": state_sizes(worker, mechanism, lengths["state"]),
                "against": "causal" if mechanism in CAUSAL else "full"}
        if len(each["points"]) > 1:
            each.update(fitted(each["points"]))
        if torch_rows:
            compared = [n for n in COMPARED if n in lengths["step"]]
            each["torch"] = beside_torch(worker, mechanism, compared, torch_rows)
        found[mechanism] = each
    print()
    for mechanism, each in found.items():
        if mechanism not in BASELINES and each["against"] in found:
            each["crossing"] = crossing(each["points"], found[each["against"]]["points"])
        print(sentence(mechanism, each))
    return found


def of_form(ratios, goal):
    return ", ".join(f"{ratio:.2f} at {tokens}" + ("" if ratio <= goal else f" (over {goal})")
                     for tokens, ratio in ratios.items())


def ratios_in_words(mechanism, each):
    """The goals are for the form of the packages; nothing is meant to be slower."""
    forms = each.get("torch", {})
    text = of_form(forms.get("package", {}), GOALS.get(mechanism, 1.0))
    return text + (f"; fused {of_form(forms['fused'], 1.0)}" if "fused" in forms else "")


def state_in_words(state):
    if not state:
        return ""
    first, last = sorted(state)
    if state[first] == state[last]:
        return f"{state[last]} numbers"
    return f"{state[last] / last:.0f} numbers a token"


def sentence(mechanism, each):
    text = mechanism + ":"
    if "time_exponent" in each:
        text += f" time N^{each['time_exponent']:.2f}, memory N^{each['memory_exponent']:.2f};"
    if "crossing" in each:
        found = each["crossing"]
        text += (f" faster than {each['against']} from {found} tokens;" if found
                 else f" not faster than {each['against']} at the longest measured;")
    if each["state"]:
        text += f" decoding carries {state_in_words(each['state'])};"
    if each.get("torch"):
        text += f" of PyTorch's time {ratios_in_words(mechanism, each)};"
    return text.rstrip(":;")


def table(found):
    """Of docs/speed.md."""
    lines = ["| mechanism | time grows as | memory grows as | at the longest | faster from |"
             " decoding carries | of PyTorch's time |", "|---|---|---|---|---|---|---|"]
    for mechanism, each in found.items():
        last = each["points"][-1]
        longest = f"{last['tokens']}: {last['ms']:.4g} ms, {last['bytes'] / 1e6:.0f} MB"
        crossed = each["crossing"] or "none measured" if "crossing" in each else ""
        lines.append(f"| {mechanism} | N^{each['time_exponent']:.2f} |"
                     f" N^{each['memory_exponent']:.2f} | {longest} | {crossed} |"
                     f" {state_in_words(each['state'])} | {ratios_in_words(mechanism, each)} |")
    return lines
