"""heed_bench_worker as seen from Python: its protocol is in bench/serve.h."""

import json
import os
import struct
import subprocess
import tempfile


class WorkerError(Exception):
    """What the worker answered instead of ok."""


class Worker:
    def __init__(self, program):
        # What heed's users have: none of the settings that are here for PyTorch's sake.
        environment = {k: v for k, v in os.environ.items() if k != "GLIBC_TUNABLES"}
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1, env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        answer = self.process.stdout.readline().rstrip("\n")
        status, _, rest = answer.partition(" ")
        if status != "ok":
            raise WorkerError(rest or f"the worker ended at '{command}'")
        return rest

    def rows(self):
        """[(group, name), ...] in the order of the table."""
        return [tuple(row.split("/")) for row in self.ask("rows").split()]

    def facts(self):
        return dict(json.loads(self.ask("facts")))

    def prepare(self, row):
        self.ask(f"row {row}")

    def run(self, repetitions):
        """(wall, processor) nanoseconds."""
        wall, processor = self.ask(f"run {repetitions}").split()
        return int(wall), int(processor)

    def set_threads(self, count):
        self.ask(f"threads {count}")

    def saved(self):
        """Bytes kept for the backward pass: {operation: bytes}."""
        return dict(json.loads(self.ask("saved")))

    def footprint(self):
        names = ("multiply_adds", "peak_bytes", "system_allocations", "page_faults")
        return dict(zip(names, map(int, self.ask("footprint").split())))

    def tensors(self, which):
        """Its inputs or its outputs: {name: (dtype, shape, bytes)}."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, which)
            self.ask(f"{which} {path}")
            return read_safetensors(path)


def read_safetensors(path):
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])])
            for name, entry in header.items()}


def resident_bytes(process, which):
    """VmRSS or VmHWM of a process."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(which + ":"):
                return int(line.split()[1]) * 1024
    raise KeyError(which)
