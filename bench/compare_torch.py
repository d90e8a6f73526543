#!/usr/bin/env python3
"""heed beside PyTorch, one row after the other, on one core.

    ./heed bench                       every row of the table
    ./heed bench softmax attention     these rows, or all rows of a group
    ./heed bench scale                 attention over 128 ... 16384 tokens, heed alone
    ./heed bench mechanisms            what claims less than all pairs, over 128 ... 16384 tokens
    ./heed bench --threads 2           heed with two threads beside heed with one
    ./heed bench --isa avx2            both sides kept to AVX2, as most processors have it
    ./heed bench --others              JAX and MLX instead of PyTorch, where they are installed
    ./heed bench --check               compares what both compute instead of how fast

A round runs a row some times in heed and then as often in PyTorch; the ratio is the median over the
rounds of (processor time of heed) / (processor time of PyTorch), so that what else the machine does
falls on both. Without PyTorch heed runs alone. Exits 0 also when a row is over its goal: this is a
report. 1: --check or --threads found a difference; 2: no such row; 77: --check without PyTorch or
NumPy, --others without either of the two.
"""

import argparse
import difflib
import os
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True  # the tree stays as it is

from form import once, repetitions, rounds  # noqa: E402
import report  # noqa: E402
import mechanisms  # noqa: E402
import scale  # noqa: E402
import threads  # noqa: E402
from worker_process import Worker, WorkerError, resident_bytes  # noqa: E402

# PyTorch's allocator is the C library's, which gives big blocks back to the system at once and then
# pays for their pages again. Told to keep them, on huge pages, an addition takes half the time.
KEEP_MEMORY = ("glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184"
               ":glibc.malloc.top_pad=67108864:glibc.malloc.hugetlb=1")
# Groups that are no table beside PyTorch: what measures them.
ALONE = {"scale": scale.run, "mechanisms": mechanisms.run}
# What keeps both sides to an instruction set. heed itself is built for it: ./heed bench does that.
ISA = {"native": {},
       "avx2": {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2",
                "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}}
ONE_THREAD = {name: "1" for name in
              ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def parse(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(prog="heed bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW",
                        help="rows or groups; all but scale and mechanisms")
    parser.add_argument("--check", action="store_true", help="compare values, not times")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--segment", type=float, default=0.04,
                        help="seconds that one side runs in one round, at least once (0.04)")
    parser.add_argument("--threads", type=int, metavar="N",
                        help="each row with one thread and with N, instead of beside PyTorch")
    parser.add_argument("--isa", choices=sorted(ISA), default="native",
                        help="the instructions that both sides may use (native)")
    parser.add_argument("--others", action="store_true", help="beside JAX and MLX")
    parser.add_argument("--cpu", type=int, help="the core to run on; the last one otherwise")
    parser.add_argument("--json", default="out/bench.json", help="where the results go")
    parser.add_argument("--write", action="store_true", help="also into docs/speed.md")
    parser.add_argument("--alone", action="store_true", help="without PyTorch")
    parser.add_argument("--plain-malloc", action="store_true",
                        help="PyTorch with the C library's allocator as it comes")
    parser.add_argument("--list", action="store_true", help="the names of the rows")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker is None:
        build = "avx2" if options.isa == "avx2" else "release"
        options.worker = os.path.join(here, f"../build/{build}/bench/heed_bench_worker")
    if options.rounds < 1 or options.segment <= 0:
        parser.error("--rounds and --segment must be above 0")
    if options.threads is not None and options.threads < 2:
        parser.error("--threads compares with one: it wants 2 or more")
    if options.threads and (options.check or options.others or options.cpu is not None):
        parser.error("--threads goes with none of --check, --others and --cpu")
    if (options.threads or options.others) and options.write and options.rows:
        parser.error("--threads and --others with --write want the whole table")
    if options.write and options.rows not in ([], ["scale"], ["mechanisms"]):
        parser.error("--write wants the whole table, scale or mechanisms")
    if options.isa != "native" and (options.threads or options.others):
        parser.error("--isa goes with neither --threads nor --others")
    if options.isa != "native" and options.write and options.rows:
        parser.error("--isa with --write wants the whole table")
    return options


def settle(options):
    """Starts this program once more in the surroundings that the measurement wants."""
    wanted = {**ONE_THREAD, **ISA[options.isa],
              "GLIBC_TUNABLES": "" if options.plain_malloc else KEEP_MEMORY}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **wanted})
    allowed = os.sched_getaffinity(0)
    if options.threads:
        if options.threads > len(allowed):
            sys.exit(f"heed bench: {options.threads} threads want as many cores; there are"
                     f" {sorted(allowed)}")
        return
    cpu = max(allowed) if options.cpu is None else options.cpu
    if cpu not in allowed:
        sys.exit(f"heed bench: no core {cpu} to run on; there are {sorted(allowed)}")
    os.sched_setaffinity(0, {cpu})


def select(names, rows):
    """The rows meant by names of rows and groups; nothing means all but scale and mechanisms."""
    if not names:
        return [row for row in rows if row[0] not in ALONE]
    known = [group for group, _ in rows] + [name for _, name in rows]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            print(f"heed bench: no row or group '{name}'{hint} (--list shows all)",
                  file=sys.stderr)
            sys.exit(2)
    return [row for row in rows if set(row) & set(names)]


def load_torch(options):
    """bench/torch_rows.py, or nothing where there is no PyTorch."""
    if options.alone:
        return None
    try:
        import torch
        import torch_mechanisms
        import torch_rows
        if options.check:
            import difference  # noqa: F401, wants NumPy
    except ImportError as error:
        print(f"heed bench: without PyTorch ({error}): heed alone, without ratios",
              file=sys.stderr)
        return None
    torch.set_num_threads(1)
    torch_rows.ROWS.update(torch_mechanisms.ROWS)
    return torch_rows


def fastest(forms, options):
    def median(form):
        count = repetitions(once(form.timed), options)
        return statistics.median(form.timed(count)[1] / count for _ in range(3))
    return min(forms, key=median) if len(forms) > 1 else forms[0]


def measure(worker, group, name, torch_rows, options):
    worker.prepare(name)
    stored = worker.tensors("inputs") if torch_rows else None
    ours = once(worker.run)
    result = {"name": name, "group": group, "goal": report.GOALS[options.isa].get(name)}
    sides = [worker.run]
    if torch_rows:
        form = fastest(torch_rows.ROWS[name](torch_rows.as_tensors(stored)), options)
        sides.append(form.timed)
        result["torch_form"] = form.name
        result["parameters"] = getattr(form, "parameters", None)
        ours = max(ours, once(sides[1]))
    result.update(report.summary(rounds(sides, ours, options)), **worker.footprint())
    return result


def peak_memory(result, options):
    """Adds the resident memory of fresh processes."""
    name, here = result["name"], os.path.dirname(os.path.abspath(__file__))
    with Worker(options.worker) as worker:
        process = worker.process.pid
        worker.rows()  # it has started
        idle = resident_bytes(process, "VmRSS")
        worker.prepare(name)
        worker.run(3)
        result["resident"] = [idle, resident_bytes(process, "VmHWM")]
        result["saved"] = worker.saved()
    if "torch_form" in result:
        environment = {k: v for k, v in os.environ.items() if k != "GLIBC_TUNABLES"}
        answer = subprocess.run(
            [sys.executable, os.path.join(here, "torch_memory.py"), options.worker, name,
             result["torch_form"]], check=True, capture_output=True, text=True, env=environment)
        result["torch_resident"] = [int(word) for word in answer.stdout.split()]


def check(worker, selected, torch_rows):
    import difference
    fine = True
    for _, name in selected:
        if name not in torch_rows.ROWS:
            continue
        worker.prepare(name)
        forms = torch_rows.ROWS[name](torch_rows.as_tensors(worker.tensors("inputs")))
        fine &= difference.check(worker, name, [("PyTorch", form) for form in forms])
    return fine


def run_table(worker, selected, torch_rows, options):
    print(report.HEAD, flush=True)
    results = []
    for group, name in selected:
        result = measure(worker, group, name, torch_rows, options)
        if group == "steps":
            peak_memory(result, options)
        results.append(result)
        print(report.line(result, report.limit_of(results)), flush=True)
    return results


def run_others(worker, selected, options):
    import others
    packages = others.installed()
    if not packages:
        return 77
    rows = others.written(selected, packages)
    if not rows:
        print("heed bench: none of these rows is written for JAX or MLX", file=sys.stderr)
        return 2
    if options.check:
        return 0 if others.check_all(worker, rows, packages) else 1
    found = {"machine": report.machine(worker.facts(), None), "rounds": options.rounds,
             "others": others.run(worker, rows, packages, options)}
    report.save(found, options)
    return 0


def main():
    options = parse(sys.argv[1:])
    settle(options)
    with Worker(options.worker) as worker:
        rows = worker.rows()
        if options.list:
            print("\n".join(f"{name:24} {group}" for group, name in rows))
            return 0
        selected = select(options.rows, rows)
        if options.others:
            return run_others(worker, selected, options)
        torch_rows = None if options.threads else load_torch(options)
        if options.threads:
            found = {"machine": report.machine(worker.facts(), None), "rounds": options.rounds,
                     "threads": threads.run(worker, selected, options)}
            report.save(found, options)
            return 0 if all(r["same"] for r in found["threads"]["rows"]) else 1
        if options.check:
            return 77 if not torch_rows else 0 if check(worker, selected, torch_rows) else 1
        found = {"machine": report.machine(worker.facts(), torch_rows), "rounds": options.rounds}
        table = [row for row in selected if row[0] not in ALONE]
        if table and table[0] != rows[0]:
            table.insert(0, rows[0])  # the limit
        if table:
            section = "rows" if options.isa == "native" else "rows-" + options.isa
            found[section] = run_table(worker, table, torch_rows, options)
        for group, run in ALONE.items():
            chosen = [row for row in selected if row[0] == group]
            if chosen:
                found[group] = run(worker, chosen, torch_rows)
    report.save(found, options)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (WorkerError, OSError) as error:
        sys.exit(f"heed bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
