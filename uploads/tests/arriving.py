"""Files that have arrived and wait for their check."""

import io
import wave
from pathlib import Path
from typing import Any

from mutagen.easyid3 import EasyID3

from uploads.models import Upload


def arrived(user: Any, source: Path | bytes, filename: str = "", **more: Any) -> Upload:
    data = source if isinstance(source, bytes) else source.read_bytes()
    name = filename or (source.name if isinstance(source, Path) else "file.mp3")
    upload = Upload.objects.create(user=user, filename=name, size_bytes=len(data), state="received", **more)
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.write_bytes(data)
    return upload


def retagged(source: Path, folder: Path, **tags: str) -> Path:
    """An MP3 with the same sound and other words."""
    copy = folder / f"copy-{len(list(folder.iterdir()))}.mp3"
    copy.write_bytes(source.read_bytes())
    words = EasyID3(copy)
    for name, value in tags.items():
        words[name] = value
    words.save()
    return copy


def tone(seconds: float = 1, level: int = 16) -> bytes:
    """A WAV without tags; another level is another sound."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes((level.to_bytes(2, "little") + bytes(2)) * int(4000 * seconds))
    return buffer.getvalue()
