"""What a page of a smart playlist waits for, over 100,000 tracks and 1,000,000 listens, beside a list of 50 tracks.

    .venv/bin/python -m benchmarks.smart [--tracks 100000] [--listens 1000000] [--runs 7]
        [--only sqlite|postgresql|mongodb] [--scratch FOLDER]

What rules ask of listening are sums for each listener and track (TrackTotal), which lie beside the catalogue wherever
the listens are: with MongoDB a rule asks the very same SQL. Only a day that has just changed is summed up from the
store of listens before the rules are asked. So "both stores" are both databases, and MongoDB for the rule right after a
listen: the other listens are in SQLite then, as no rule ever reads them. What was filled stays in the scratch folder.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ground import ROOT, SCRATCH, environment
from benchmarks.smart_rules import REFERENCE

STORES = ("sqlite", "postgresql", "mongodb")
Answers = dict[str, list[float]]  # {rule: [milliseconds by the clock, of the processor, tracks found]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--listens", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", choices=STORES)
    parser.add_argument("--scratch", type=Path, default=SCRATCH)
    options = parser.parse_args()
    stores = [options.only] if options.only else STORES
    _print({store: _asked(store, options) for store in stores})


def _asked(store: str, options: argparse.Namespace) -> Answers:
    database = "sqlite" if store == "mongodb" else store
    folder = options.scratch / f"smart-{database}-{options.tracks}-{options.listens}"
    folder.mkdir(parents=True, exist_ok=True)
    numbers = map(str, (options.tracks, options.listens, options.runs))
    command = [sys.executable, "-m", "benchmarks.smart_rules", str(folder), *numbers]
    with _databases(store, folder) as named:
        own = os.environ | environment(folder) | named
        answer = subprocess.run(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, check=True).stdout
    answers: Answers = json.loads(answer.splitlines()[-1])
    return answers


@contextmanager
def _databases(store: str, folder: Path) -> Iterator[dict[str, str]]:
    """The settings that name them, for as long as they run."""
    from tests.mongo_server import MongoServer
    from tests.postgres_server import postgres_in

    if store == "postgresql":
        own = folder / "postgresql"
        own.mkdir(exist_ok=True)
        with postgres_in(own) as url:
            yield {"DATABASE_URL": url}
    elif store == "mongodb":
        with MongoServer(storage=str(folder / "mongo")) as server:
            yield {"MONGODB_URI": server.uri}
    else:
        yield {}


def _print(stores: dict[str, Answers]) -> None:
    print(f"{'':50}{'tracks':>8}" + "".join(f"{f'{store}, ms':>16}{'CPU':>7}{'x ref.':>8}" for store in stores))
    for name, (_ms, _cpu, found) in next(iter(stores.values())).items():
        print(f"{name:50}{int(found):8,}" + "".join(map(_cells, stores.values(), [name] * len(stores))))


def _cells(answers: Answers, name: str) -> str:
    """The ratio is of processor time, which other programs disturb less."""
    ms, cpu_ms, _found = answers[name]
    return f"{ms:16.1f}{cpu_ms:7.1f}{cpu_ms / answers[REFERENCE][1]:8.1f}"


if __name__ == "__main__":
    main()
