"""One way to do a row outside of heed, and how long something takes."""

import time


class Form:
    """run() once, and outputs(), {name: array} of a repetition more."""

    def __init__(self, name, run, outputs):
        self.name, self.run, self.outputs = name, run, outputs

    def timed(self, repetitions):
        """(wall, processor) nanoseconds, as a worker measures them."""
        wall, processor = time.perf_counter_ns(), time.process_time_ns()
        for _ in range(repetitions):
            self.run()
        return time.perf_counter_ns() - wall, time.process_time_ns() - processor


def once(timed):
    """Processor seconds of one repetition, when it is warm."""
    timed(1)
    return min(timed(1)[1] for _ in range(2)) / 1e9


def repetitions(seconds_of_one, options):
    return max(1, min(10000, round(options.segment / seconds_of_one)))


def rounds(sides, seconds_of_one, options):
    """[[(wall, processor) of a repetition on each side], ...], the sides in turns."""
    count = repetitions(seconds_of_one, options)
    found = []
    for _ in range(options.rounds):
        took = []
        for timed in sides:
            if seconds_of_one < 0.05:
                timed(1)  # its data comes back into the cache
            took.append([ns / count for ns in timed(count)])
        found.append(took)
    return found
