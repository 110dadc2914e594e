"""How fast a track leaves the machine: from nginx alone, from nginx on our word, and from our own server.

    .venv/bin/python -m benchmarks.streaming [--megabytes 60] [--rounds 15]

One kept-open connection each, over loopback; the ways take turns, and the medians are shown.
"""

import argparse
import random
import statistics
import tempfile
import wave
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from benchmarks.ground import manage, serving, set_up_django
from benchmarks.nginx import PLAIN_PREFIX, X_ACCEL_PREFIX, nginx, require_nginx
from benchmarks.wire import Connection, Fetched, free_port

RANGE_BYTES = 64 * 1024
RANGES_A_ROUND = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    require_nginx()
    with tempfile.TemporaryDirectory(prefix="streaming-") as folder, ExitStack() as servers:
        ways, size_bytes = _ways(Path(folder).resolve(), options.megabytes * 1_000_000, servers)
        _report(*_take_turns(ways, size_bytes, options.rounds), size_bytes)


def _ways(folder: Path, about_bytes: int, servers: ExitStack) -> tuple[dict[str, Connection], int]:
    """The ways to the same file, the reference first, and the file's size."""
    behind_nginx, alone, front = free_port(), free_port(), free_port()
    file, address, session = _one_track(folder, about_bytes)
    servers.enter_context(serving(folder, behind_nginx, X_ACCEL_REDIRECT_PREFIX=X_ACCEL_PREFIX))
    servers.enter_context(serving(folder, alone))
    servers.enter_context(nginx(folder, front, behind_nginx))
    ways = {
        "nginx alone": Connection(front, f"{PLAIN_PREFIX}/{file.relative_to(folder / 'media')}"),
        "nginx with X-Accel-Redirect": Connection(front, address, f"sessionid_{behind_nginx}={session}"),
        "our own Range view": Connection(alone, address, f"sessionid_{alone}={session}"),
    }
    return ways, file.stat().st_size


def _one_track(folder: Path, about_bytes: int) -> tuple[Path, str, str]:
    """A WAV in the media folder, the address of its stream, and the session of somebody who may hear it."""
    manage(folder, "migrate", "--verbosity", "0")
    set_up_django(folder)
    from django.contrib.auth import get_user_model
    from django.test import Client

    from music.tests.catalogue import add_track

    file = folder / "media" / "tracks" / "noise.wav"
    write_noise(file, about_bytes)
    alice = get_user_model().objects.create_user("alice", "alice@example.org", None)
    track = add_track(alice, file=f"tracks/{file.name}", format="wav", size_bytes=file.stat().st_size)
    client = Client()
    client.force_login(alice)
    return file, track.stream_url, str(client.session.session_key)


def write_noise(path: Path, about_bytes: int) -> None:
    path.parent.mkdir(parents=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", ""))
        file.writeframes(random.Random(2026).randbytes(about_bytes // 4 * 4))


def _take_turns(
    ways: dict[str, Connection], size_bytes: int, rounds: int
) -> tuple[dict[str, list[Fetched]], dict[str, list[Fetched]]]:
    """What each way answered: whole files, and ranges."""
    dice = random.Random(2026)
    files, ranges = defaultdict(list), defaultdict(list)
    for _ in range(rounds):
        for name, way in ways.items():
            files[name].append(_whole(way, size_bytes))
        for _ in range(RANGES_A_ROUND):
            first = dice.randrange(size_bytes - RANGE_BYTES)
            for name, way in ways.items():
                ranges[name].append(_part(way, first))
    return files, ranges


def _whole(way: Connection, size_bytes: int) -> Fetched:
    fetched = way.fetch()
    assert (fetched.status, fetched.body_bytes) == (200, size_bytes), fetched
    return fetched


def _part(way: Connection, first: int) -> Fetched:
    fetched = way.fetch(f"{first}-{first + RANGE_BYTES - 1}")
    assert (fetched.status, fetched.body_bytes) == (206, RANGE_BYTES), fetched
    return fetched


def _report(files: dict[str, list[Fetched]], ranges: dict[str, list[Fetched]], size_bytes: int) -> None:
    print(f"{'':30}{f'{size_bytes / 1e6:.0f} MB':>14}{'x nginx':>9}{'64 KiB, first byte':>20}{'x nginx':>9}")
    speeds = {name: size_bytes / statistics.median(one.seconds for one in all_) for name, all_ in files.items()}
    waits = {name: statistics.median(one.first_byte_seconds for one in all_) for name, all_ in ranges.items()}
    fastest, soonest = next(iter(speeds.values())), next(iter(waits.values()))
    for name, speed in speeds.items():
        wait = waits[name]
        print(f"{name:30}{speed / 1e6:9,.0f} MB/s{speed / fastest:9.2f}{wait * 1000:17.2f} ms{wait / soonest:9.1f}")


if __name__ == "__main__":
    main()
