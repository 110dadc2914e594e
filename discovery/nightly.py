"""What the worker does for suggestions while people sleep: a new model, and what became of what was offered."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from discovery import outcomes
from discovery.live import folder
from discovery.management.commands.train_recommender import EXIT_AWAY
from listening.lease import Held, lease
from listening.store import StoreAway, patient_store
from music.models import Track

logger = logging.getLogger(__name__)

NIGHT = range(2, 6)
AT_LEAST_APART = timedelta(hours=20)
AT_MOST_APART = timedelta(hours=48)
AWAY_APART = timedelta(minutes=30)
FIRST_PAIRS = 100
POLITENESS = 10
LOOK_SECONDS = 2.0
LONGEST_SECONDS = 4 * 3600


def train_when_due() -> bool:
    """One worker at a time; whether one was trained here. In a process of its own, whose memory goes with it."""
    if not is_due(timezone.now()):
        return False
    with lease("train recommender") as held:
        if held is None or not is_due(timezone.now()):
            return False
        _note_attempt()
        if _run(held) == EXIT_AWAY:
            _note_attempt(is_away=True)
        _tidy_impressions()
    return True


def is_due(now: datetime) -> bool:
    """Every night; at once where there never was one of this format, and when enough was heard for the first time; and
    soon again where the listens were out of reach.
    """
    attempt = last_attempt()
    if attempt is None or attempt.get("format") != model_format():
        return Track.objects.exists()
    since = now - datetime.fromisoformat(attempt["at"])
    if attempt.get("is_away"):
        return since >= AWAY_APART
    is_night = timezone.localtime(now).hour in NIGHT and since >= AT_LEAST_APART
    return is_night or since >= AT_MOST_APART or (attempt["pairs"] < FIRST_PAIRS <= heard_pairs())


def model_format() -> int:
    from recommendations.artefacts import FORMAT

    return FORMAT


def heard_pairs() -> int:
    """Listeners and tracks they heard, counted no further than FIRST_PAIRS."""
    try:
        return sum(1 for _pair in islice(patient_store().tastes(), FIRST_PAIRS))
    except StoreAway:
        return 0


def last_attempt() -> dict[str, Any] | None:
    """When, how much had been heard by then, and whether the listens were away. Beside the models, as each machine that
    serves has its own.
    """
    try:
        return json.loads(_note().read_text())
    except (OSError, ValueError):
        return None


def _note_attempt(*, is_away: bool = False) -> None:
    _note().parent.mkdir(parents=True, exist_ok=True)
    aside = _note().with_suffix(".part")
    said = {"at": timezone.now().isoformat(), "pairs": heard_pairs(), "format": model_format(), "is_away": is_away}
    aside.write_text(json.dumps(said))
    aside.replace(_note())


def _note() -> Path:
    return folder() / "last_attempt.json"


def _run(held: Held) -> int:
    """Its exit code. While it runs the lease is renewed; it gives way to what people wait for."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "train_recommender"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, POLITENESS)
    give_up_at = time.monotonic() + LONGEST_SECONDS
    said = None
    while said is None:
        try:
            said, _errors = process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > give_up_at or not held.renew():
                process.kill()
    logger.log(logging.INFO if process.returncode == 0 else logging.WARNING, "Recommender: %s", said.strip())
    return process.returncode


def _tidy_impressions() -> None:
    try:
        outcomes.follow_up()
    except StoreAway:
        logger.warning("What became of suggestions is looked at when the listens are back.")
    outcomes.prune()
