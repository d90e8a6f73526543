"""What a comparison found: a line a row, the JSON, the table of docs/speed.md."""

import json
import os
import platform
import statistics

import mechanisms
import threads

# Time of heed over time of PyTorch that each row is meant to stay at or below, with one thread, by
# the instructions that both may use.
GOALS = {"native": {
    "softmax": 0.6, "exp": 0.35, "cross_entropy_fb": 0.35, "gelu_tanh": 0.35, "gelu_fb": 0.75,
    "layer_norm_fb": 0.65, "sum_axis0": 1.0, "sum_axis1": 1.0, "add": 1.1, "transpose": 0.5,
    "permute_0213": 0.5, "permute_0231": 0.5, "conv2d_fb": 1.0, "lstm_fb": 0.7, "gru_fb": 0.7,
    "attention_n128_full": 0.75, "attention_n128_causal": 0.5, "attention_n512_full": 0.8,
    "attention_n512_causal": 0.5, "attention_n2048_full": 0.85, "attention_n2048_causal": 0.72,
    "gpt_t32_d32": 0.3, "gpt_t64_d64": 0.6, "gpt_t64_d128": 0.78, "gpt_t128_d128": 0.78,
    "gpt_t256_d384": 0.93, "gpt2_token_n512": 0.75, "gpt2_token_n944": 0.75,
    "gpt2_prompt_n512": 0.85, "chain_300": 0.06,
}, "avx2": {
    "gelu_fb": 0.8, "layer_norm_fb": 0.6, "sum_axis0": 0.7, "sum_axis1": 0.95, "add": 1.05,
    "transpose": 0.55, "permute_0231": 0.6, "conv2d_fb": 0.9, "conv2d_depthwise_fb": 0.9,
    "lstm_fb": 0.95, "gru_fb": 0.6,
    "attention_n128_full": 0.78, "attention_n128_causal": 0.55, "attention_n512_full": 0.82,
    "attention_n512_causal": 0.48, "attention_n2048_full": 0.85, "attention_n2048_causal": 0.7,
    "gpt_t32_d32": 0.3, "gpt_t64_d64": 0.65, "gpt_t64_d128": 0.78, "gpt_t128_d128": 0.78,
    "gpt_t256_d384": 0.88,
}}
# The sections of docs/speed.md that hold what was measured last, and the command that makes each.
SECTIONS = {"rows": "--write", "rows-avx2": "--isa avx2 --write", "threads": "--threads 2 --write",
            "others": "--others --write", "scale": "scale --write",
            "mechanisms": "mechanisms --write"}



def summary(rounds):
    """Medians in milliseconds of rounds [[(wall, processor) of heed, of PyTorch], ...], and of the
    ratios of neighbours, with their quartiles."""
    def median(side, clock):
        return statistics.median(r[side][clock] for r in rounds) / 1e6

    found = {"wall_ms": median(0, 0), "ms": median(0, 1)}
    if len(rounds[0]) > 1:
        found.update(torch_wall_ms=median(1, 0), torch_ms=median(1, 1))
        for name, clock in (("wall_ratio", 0), ("ratio", 1)):
            ratios = [r[0][clock] / r[1][clock] for r in rounds]
            found[name] = statistics.median(ratios)
            found[name + "_quartiles"] = (statistics.quantiles(ratios, n=4)[::2]
                                          if len(ratios) > 1 else 2 * ratios)
    return found


def flops(result):
    """Per second of processor time."""
    return 2 * result["multiply_adds"] / (result["ms"] / 1e3)


def limit_of(results):
    """The rate of a large product in BLAS itself, in the same run."""
    return next((flops(r) for r in results if r["name"] == "sgemm_blas"), None)


HEAD = (f"{'row':22} {'heed ms':>10} {'PyTorch ms':>10} {'ratio':>6} {'quartiles':>11} {'wall':>6}"
        f" {'goal':>5}       {'of sgemm':>8}  PyTorch's form")


def verdict(result):
    if result["goal"] is None or "ratio" not in result:
        return ""
    return "ok" if result["ratio"] <= result["goal"] else "over"


def share(result, limit):
    """Of the sgemm rate, in words; nothing for rows without matrix products."""
    return f"{flops(result) / limit:.0%}" if limit and result["multiply_adds"] else ""


def line(result, limit):
    text = f"{result['name']:22} {result['ms']:10.4f}"
    if "ratio" in result:
        low, high = result["ratio_quartiles"]
        goal = result["goal"] or ""
        text += (f" {result['torch_ms']:10.4f} {result['ratio']:6.3f} {low:5.2f}-{high:5.2f}"
                 f" {result['wall_ratio']:6.3f} {goal:5} {verdict(result):4}")
    else:
        text += " " * 53
    text += f" {share(result, limit):>8}  {result.get('torch_form', '')}"
    if result["system_allocations"] or result["page_faults"] > 100:
        text += (f"\n{'':22} a repetition asks the system {result['system_allocations']} times"
                 f" for memory and faults {result['page_faults']} pages")
    if result["name"] == "sgemm_blas":
        text += f", {flops(result) / 1e9:.1f} GFLOP/s in BLAS"
    if "resident" in result:
        text += f"\n{'':22} {memory(result)}"
    return text


def megabytes(count):
    return f"{count / 1e6:.0f} MB"


def memory(result):
    idle, peak = result["resident"]
    text = (f"peak resident {megabytes(peak)} ({megabytes(peak - idle)} above idle, tensors"
            f" {megabytes(result['peak_bytes'])})")
    if "torch_resident" in result:
        idle, peak = result["torch_resident"]
        text += f", PyTorch {megabytes(peak)} ({megabytes(peak - idle)} above idle)"
    if result.get("parameters"):
        text += f"; {result['parameters']} parameters each"
    return text


def saved(result):
    """Of a training step, the most first; what is below a hundredth is left out."""
    total = sum(result["saved"].values())
    most = sorted(result["saved"].items(), key=lambda item: -item[1])
    return f"{megabytes(total)}: " + ", ".join(
        f"{name} {count / total:.0%}" for name, count in most if count >= total / 100)


def machine(facts, torch_rows):
    system = f"{platform.system()}, {' '.join(platform.libc_ver())}"
    found = {"processor": "unknown", "system": system, **facts}
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for text in lines:
            if text.startswith("model name"):
                found["processor"] = text.partition(":")[2].strip()
                break
    if torch_rows:
        torch = torch_rows.torch
        found["PyTorch"] = torch.__version__
        found["PyTorch kernels"] = torch.backends.cpu.get_cpu_capability()
    return found


def begin(section):
    return f"<!-- {section}: made by `./heed bench {SECTIONS[section]}`, do not edit -->\n"


def end(section):
    return f"<!-- end of {section} -->\n"


def surroundings(found, section):
    lines = [f"- {name}: {value}" for name, value in found["machine"].items()]
    in_rounds = section not in ("scale", "mechanisms")
    rounds = f"medians of {found['rounds']} rounds, " if in_rounds else ""
    cores = f"{found['threads']['count']} cores" if section == "threads" else "one core"
    return [*lines, f"- {rounds}{cores}", ""]


def rows_table(results):
    limit = limit_of(results)
    lines = ["| row | heed ms | PyTorch ms | ratio | goal | | of sgemm | PyTorch's form |",
             "|---|---|---|---|---|---|---|---|"]
    for r in results:
        goal = r["goal"] or ""
        lines.append(f"| `{r['name']}` | {r['ms']:.4g} | {r.get('torch_ms', 0):.4g} |"
                     f" {r.get('ratio', 0):.2f} | {goal} | {verdict(r)} | {share(r, limit)} |"
                     f" {r.get('torch_form', '')} |")
    lines += ["", "| training step | peak memory |", "|---|---|"]
    lines += [f"| `{r['name']}` | {memory(r)} |" for r in results if "resident" in r]
    lines += ["", "| training step | kept for the backward pass, by operation |", "|---|---|"]
    lines += [f"| `{r['name']}` | {saved(r)} |" for r in results if "saved" in r]
    return lines


def threads_table(found):
    lines = [f"| row | times faster with {found['count']} threads | goal | |", "|---|---|---|---|"]
    for r in found["rows"]:
        lines.append(f"| `{r['name']}` | {r['speedup']:.2f} | {r['goal'] or ''} |"
                     f" {threads.verdict(r)} |")
    return lines


def others_table(found):
    lines = ["| row | heed ms |" + "".join(f" to {name} {version} |"
                                           for name, version in found["packages"].items()),
             "|---|---|" + "---|" * len(found["packages"])]
    for r in found["rows"]:
        ratios = (f" {r['ratio'][name]:.2f} |" if name in r["ratio"] else " |"
                  for name in found["packages"])
        lines.append(f"| `{r['name']}` | {r['ms']:.4g} |" + "".join(ratios))
    return lines


def scale_table(found):
    lines = ["| attention | time grows as | memory grows as | at the longest |",
             "|---|---|---|---|"]
    for name, fit in found.items():
        last = fit["points"][-1]
        lines.append(f"| {name} | N^{fit['time_exponent']:.2f} | N^{fit['memory_exponent']:.2f} |"
                     f" {last['ms']:.4g} ms, {megabytes(last['bytes'])} |")
    return lines


def save(found, options):
    os.makedirs(os.path.dirname(options.json) or ".", exist_ok=True)
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
    if options.write:
        for section, table in (("rows", rows_table), ("rows-avx2", rows_table),
                               ("threads", threads_table),
                               ("others", others_table), ("scale", scale_table),
                               ("mechanisms", mechanisms.table)):
            if section in found:
                write(section, [*surroundings(found, section), *table(found[section])])


def write(section, lines):
    """Replaces a section of docs/speed.md."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs/speed.md")
    with open(path, encoding="utf-8") as file:
        before, begin_line, rest = file.read().partition(begin(section))
    _, end_line, after = rest.partition(end(section))
    if not begin_line or not end_line:
        raise OSError(f"docs/speed.md has no section {section}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([before + begin_line, *lines, end_line + after]))
