"""A history as files that other services read: ListenBrainz' JSON lines, and CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from listening.deleting import hidden_from
from listening.listenbrainz import as_listenbrainz
from listening.store import Listen, listen_store

CSV_HEAD = (
    "started_at", "title", "artist", "album", "played_ms", "duration_ms", "counted", "completed", "skipped", "genres",
    "source", "client", "recording_mbid", "isrc", "event_id",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def batches_of(user_id: int) -> Iterator[list[Listen]]:
    """All that their pages show, the oldest first. Raises StoreAway before the first batch or at any later one."""
    return listen_store().each(user_id, without=hidden_from(user_id))


def json_lines(batches: Iterable[list[Listen]]) -> Iterator[str]:
    """A text for each batch, of one line for each listen; `additional_info.music_streamer` makes it whole again."""
    for batch in batches:
        yield "".join(f"{json.dumps(as_listenbrainz(listen), ensure_ascii=False)}\n" for listen in batch)


def csv_lines(batches: Iterable[list[Listen]]) -> Iterator[str]:
    yield _csv([CSV_HEAD])
    for batch in batches:
        yield _csv(_cells(listen) for listen in batch)


def safe_cell(cell: Any) -> Any:
    """Spreadsheets take what begins like this for a formula, and a title is anybody's text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def original_cell(cell: str) -> str:
    """What `safe_cell` made it from."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _cells(listen: Listen) -> list[Any]:
    return [
        listen.started_at.isoformat(timespec="milliseconds"), listen.title, listen.artist_name, listen.album_title,
        listen.played_ms, listen.duration_ms, listen.counted, listen.completed, listen.skipped,
        " ".join(listen.genres), listen.source, listen.client, listen.recording_mbid, listen.isrc, listen.event_id,
    ]  # fmt: skip


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
