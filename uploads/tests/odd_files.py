"""The corpus of odd files beside the project, and what each of them should come to."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from music.models import Track
from uploads.models import Upload

AUDIO = Path(__file__).resolve().parents[3] / "shared" / "audio"

needs_odd_files = pytest.mark.skipif(not AUDIO.exists(), reason="the corpus of odd files is not beside the project")


def odd_files() -> list[dict[str, str]]:
    with (AUDIO / "manifest.csv").open(newline="", encoding="utf-8") as manifest:
        return list(csv.DictReader(manifest))


def strange_names() -> list[str]:
    return list(json.loads((AUDIO / "filenames.json").read_text(encoding="utf-8")))


def judged_wrongly(rows: Iterable[dict[str, str]]) -> list[tuple[str, object]]:
    """Files that were taken and should not have been, or the other way round, by the name they were uploaded under."""
    wrong: list[tuple[str, object]] = []
    for row in rows:
        upload = Upload.objects.filter(filename=Path(row["file"]).name).select_related("track", "twin").last()
        track = upload and (upload.track or upload.twin)
        if row["verdict"] == "accept" and not (track and _is_as_long(track, row)):
            wrong.append((row["file"], upload and (upload.state, upload.reason)))
        if row["verdict"] == "reject" and track:
            wrong.append((row["file"], upload and upload.state))
    return wrong


def _is_as_long(track: Track, row: dict[str, str]) -> bool:
    expected = [float(row[name]) for name in ("duration_s", "duration_alt") if row[name]]
    tolerance = float(row["duration_tol"] or 0.1)
    return not expected or any(abs(track.duration_ms / 1000 - seconds) <= tolerance for seconds in expected)
