"""What a command costs: processor time and memory, its children's included."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.2
LAST_WORDS = 2000


@dataclass(frozen=True)
class Cost:
    """`cpu_seconds` is user and system time; `peak_bytes` the most that all its processes held at one moment."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


def cost_of(command: list[str], *, cwd: Path, environment: dict[str, str]) -> Cost:
    """Run the command to its end; its output is seen only in the RuntimeError that its failure raises."""
    began, peak = time.monotonic(), 0
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=cwd, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT)
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            peak = max(peak, sum(_resident_bytes(pid) for pid in family(process.pid)))
            time.sleep(SAMPLE_SECONDS)
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        if process.returncode:
            log.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{log.read()[-LAST_WORDS:]}")
    used = ended[2]
    return Cost(used.ru_utime + used.ru_stime, time.monotonic() - began, max(peak, used.ru_maxrss * 1024))


def cpu_seconds_so_far(pid: int) -> float:
    """User and system time of a running process, of those below it, and of those below it that have ended."""
    ticks = sum(sum(map(int, _stat(each)[13:17])) for each in family(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Fields as in proc(5), counted from 0; the name in brackets may hold spaces."""
    name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    return [*name.split(" ", 1), *rest.split()]


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    try:
        children = [
            int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()
        ]
    except OSError:
        children = []
    return [pid, *(one for child in children for one in family(child))]


def _resident_bytes(pid: int) -> int:
    """Pages that several processes share are counted once: each has its part of them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
