"""How long calls take, by the clock and of the processor."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Wait(NamedTuple):
    """Milliseconds: the median and the longest by the clock, and the median of this process's processor time."""

    median_ms: float
    worst_ms: float
    cpu_ms: float


def waited(call: Callable[[], object], runs: int) -> Wait:
    waits, cpu = [], []
    for _ in range(runs):
        began, cpu_began = time.perf_counter(), time.process_time()
        call()
        waits.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - cpu_began) * 1000)
    return Wait(statistics.median(waits), max(waits), statistics.median(cpu))
