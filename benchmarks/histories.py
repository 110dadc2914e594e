"""What a history from elsewhere costs: a zip as Spotify makes it, looked through, taken in, added up and taken out.

    .venv/bin/python -m benchmarks.histories [--sizes 2000 200000] [--tracks 20000]

Every step is a process of its own. Of each play that is heard, every other one is of a track in the library.
"""

import argparse
import json
import random
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.cost import Cost, cost_of
from benchmarks.ground import ROOT, environment, manage, manage_command

USER = "alice"
PLAYS_A_FILE = 16_000
BEGIN = datetime(2008, 1, 1, tzinfo=UTC)
PREPARE = """
from pathlib import Path
from benchmarks.shelf_world import fill_catalogue, heavy_user
from history.imports.keeping import take
fill_catalogue({tracks})
take(heavy_user(), Path("{export}"), "spotify.zip")
"""
STEPS = {
    "looked through": "running.look_through(str(job.pk))",
    "taken in": "keeping.start(job); running.import_now(str(job.pk))",
    "taken out": "print(sum(map(len, json_lines(batches_of(job.user_id)))))",
}
BEFORE = """
from history.exports.listens import batches_of, json_lines
from history.imports import keeping, running
from history.models import ListenImport
job = ListenImport.objects.get()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 200_000])
    parser.add_argument("--tracks", type=int, default=20_000)
    options = parser.parse_args()
    print(f"{'plays':>9}  {'':18}{'CPU seconds':>13}{'a CPU-second':>14}{'seconds':>9}{'peak memory':>13}")
    for plays in options.sizes:
        with tempfile.TemporaryDirectory(prefix="histories-") as folder:
            _measure(Path(folder), plays, options.tracks)


def _measure(folder: Path, plays: int, tracks: int) -> None:
    export = folder / "spotify.zip"
    _write(export, plays, tracks)
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, *_shell(PREPARE.format(tracks=tracks, export=export)))
    for name in ("looked through", "taken in"):
        _row(name, plays, _cost(folder, *_shell(BEFORE + STEPS[name])))
    _row("added up", plays, _cost(folder, "rebuild_rollups", "--user", USER))
    _row("taken out", plays, _cost(folder, *_shell(BEFORE + STEPS["taken out"])))


def _shell(code: str) -> tuple[str, ...]:
    return ("shell", "--verbosity", "0", "--command", code)


def _cost(folder: Path, *arguments: str) -> Cost:
    return cost_of(manage_command(*arguments), cwd=ROOT, environment=environment(folder))


def _row(name: str, plays: int, cost: Cost) -> None:
    memory = f"{cost.peak_bytes / 1e6:,.0f} MB"
    figures = f"{cost.cpu_seconds:13,.1f}{plays / cost.cpu_seconds:14,.0f}{cost.wall_seconds:9,.0f}{memory:>13}"
    print(f"{plays:9,}  {name:18}{figures}", flush=True)


def _write(export: Path, plays: int, tracks: int) -> None:
    rows = _rows(plays, tracks)
    with zipfile.ZipFile(export, "w", zipfile.ZIP_DEFLATED) as archive:
        number = 0
        while part := list(islice(rows, PLAYS_A_FILE)):
            archive.writestr(
                f"Spotify Extended Streaming History/Streaming_History_Audio_{number}.json", json.dumps(part)
            )
            number += 1


def _rows(plays: int, tracks: int) -> Iterator[dict[str, Any]]:
    """Over eighteen years at most; one in fifty in a private session."""
    dice = random.Random(2026)
    for number in range(plays):
        track = 1 + int(2 * tracks * dice.random() ** 2)
        is_whole = dice.random() < 0.7
        yield {
            "ts": f"{BEGIN + timedelta(seconds=2800 * number + dice.randint(0, 60)):%Y-%m-%dT%H:%M:%SZ}",
            "platform": "android",
            "ms_played": 200_000 if is_whole else dice.randint(1, 190_000),
            "conn_country": "DE",
            "master_metadata_track_name": f"Track {track}",
            "master_metadata_album_artist_name": f"Artist {track % 2000:04}",
            "master_metadata_album_album_name": f"Album {track % 5000}",
            "spotify_track_uri": f"spotify:track:{track:022}",
            "episode_name": None,
            "reason_start": "clickrow",
            "reason_end": "trackdone" if is_whole else "fwdbtn",
            "incognito_mode": dice.random() < 0.02,
        }


if __name__ == "__main__":
    main()
