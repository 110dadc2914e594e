"""What a backup consists of, beside it as manifest.json."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from listening.tally import Tally
from music_streamer.backup.errors import Damaged, Refused

NAME = "manifest.json"
FORMAT = 1
TALLIES = ("tables", "collections")


@dataclass
class Manifest:
    made_at: str
    engine: str
    server_version: str
    migrations: list[str]
    tables: dict[str, Tally]
    secret_key_sha256: str
    is_with_mongodb: bool = False
    mongodb_version: str = ""
    collections: dict[str, Tally] = field(default_factory=dict)
    highest_ids: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """With the SHA-256 of each file that lies there by now."""
        self.files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
        said = {**asdict(self), **{name: _written(getattr(self, name)) for name in TALLIES}}
        (folder / NAME).write_text(json.dumps(said, indent=1) + "\n")

    @property
    def day(self) -> str:
        return f"{datetime.fromisoformat(self.made_at):%Y-%m-%d %H:%M} UTC"


def read(folder: Path, advance: Any) -> Manifest:
    """Every file is read and compared. Raises Damaged and Refused."""
    try:
        manifest = _parsed(json.loads((folder / NAME).read_text()))
    except FileNotFoundError as error:
        raise Refused(f"{folder} holds no backup: there is no {NAME} in it.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"{folder / NAME} is damaged. Take another backup.") from error
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file() or sha256(path) != expected:
            raise Damaged(f"{path} is missing or damaged. Take another backup; nothing was changed.")
        advance(1)
    return manifest


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(secret: str) -> str:
    """Of a long random key: it can be compared, not guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _written(tallies: dict[str, Tally]) -> dict[str, dict[str, int | str]]:
    return {name: {"count": tally.count, "digest": f"{tally.digest:064x}"} for name, tally in tallies.items()}


def _tallies(written: dict[str, dict[str, Any]]) -> dict[str, Tally]:
    return {name: Tally(tally["count"], int(tally["digest"], 16)) for name, tally in written.items()}


def _parsed(said: dict[str, Any]) -> Manifest:
    if said["format"] != FORMAT:
        raise Refused(f"This backup has format {said['format']}, made by a newer version: update first.")
    manifest = Manifest(**{**said, **{name: _tallies(said[name]) for name in TALLIES}})
    if any(Path(name).name != name for name in manifest.files):
        raise ValueError("a file outside of the backup")
    return manifest
