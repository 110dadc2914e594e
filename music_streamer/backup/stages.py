from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from music_streamer.backup.database import Advance, Stage


def bars(file: Any) -> Stage:
    """A bar for each stage, where somebody sees it."""

    @contextmanager
    def stage(words: str, total: int, unit: str) -> Iterator[Advance]:
        with tqdm(desc=words, total=total, unit=unit, disable=None, file=file, dynamic_ncols=True) as bar:
            yield bar.update

    return stage
