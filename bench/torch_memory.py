"""torch_memory.py WORKER ROW FORM: a process of its own that does three training steps in PyTorch.
Prints its resident bytes before it makes the model, and its peak."""

import os
import sys

sys.dont_write_bytecode = True

import torch  # noqa: E402
import torch_rows  # noqa: E402
from worker_process import Worker, resident_bytes  # noqa: E402


def main():
    program, row, form = sys.argv[1:]
    torch.set_num_threads(1)
    torch.ones(1) + 1  # what PyTorch loads at the first operation
    idle = resident_bytes(os.getpid(), "VmRSS")
    with Worker(program) as worker:
        worker.prepare(row)
        step = torch_rows.gpt_form(torch_rows.as_tensors(worker.tensors("inputs")), form).run
    for _ in range(3):
        step()
    print(idle, resident_bytes(os.getpid(), "VmHWM"))


main()
