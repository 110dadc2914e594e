"""The demo library and the people who listen to it, so that a first start shows a living place."""

import csv
import random
import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from audio.facts import AudioFacts, Refused
from audio.sandbox import inspect_many
from listening.listen import EventKind
from listening.rules import apply
from listening.store import Event, Listen, listen_store
from music.cataloguing import NewTrack, add_tracks
from music.files import store_audio, store_cover
from music.models import Genre, Track
from music.utils import listen_to

LIBRARY = Path(settings.BASE_DIR) / "demo"
DEMO_USERNAME = "demo"
NAMESPACE = uuid.UUID("6d7573ee-6963-4064-8265-6d6f00000001")
DAYS = 28


class Listener(NamedTuple):
    username: str
    display_name: str
    favourites: list[str]
    finishes: list[str]
    others: int


# The demo account leaves the first track of what it finishes and all of what it chose unheard, to be offered them.
LISTENERS = [
    Listener(DEMO_USERNAME, "Noa", ["jazz", "folk"], ["jazz", "electronic"], 2),
    Listener("milo", "Milo", ["rock", "blues"], ["rock", "metal", "blues", "country"], 5),
    Listener("ines", "Inês", ["latin"], ["latin", "reggae", "jazz"], 5),
    Listener("theo", "Theo", ["classical", "ambient"], ["classical", "ambient", "electronic"], 4),
    Listener("robin", "Robin", ["hip-hop", "pop"], ["hip-hop", "funk", "pop", "reggae"], 6),
]


def is_loaded() -> bool:
    """Loaded once is enough: what an operator has deleted since must not come back at the next start."""
    return _marker().exists()


def mark_loaded() -> None:
    _marker().touch()


def taken_names() -> list[str]:
    """Names of demo listeners that belong to real people here."""
    people = get_user_model().objects.filter(username__in=[each.username for each in LISTENERS])
    return list(people.exclude(email__endswith="@demo.invalid").values_list("username", flat=True))


def library_files() -> list[Path]:
    with (LIBRARY / "manifest.csv").open(newline="", encoding="utf-8") as manifest:
        return [LIBRARY / row["file"] for row in csv.DictReader(manifest)]


def make_listeners() -> dict[str, Any]:
    """The demo account with a password of its own, and others who cannot sign in."""
    return {each.username: _user_of(each) for each in LISTENERS}


def _user_of(listener: Listener) -> Any:
    user, is_new = get_user_model().objects.get_or_create(
        username=listener.username, email=f"{listener.username}@demo.invalid"
    )
    if is_new:
        user.set_password(_new_password() if listener.username == DEMO_USERNAME else None)
        user.save()
        user.profile.display_name = listener.display_name
        user.profile.save()
        user.profile.favourite_genres.set(Genre.objects.filter(slug__in=listener.favourites))
    return user


def add_library(user: Any) -> Iterator[Path]:
    """The files as they are added; what is there already stays as it is. Raises Refused."""
    files = library_files()
    for path, verdict in zip(files, inspect_many((path, path.name) for path in files), strict=True):
        if isinstance(verdict, Refused):
            raise Refused(f"{path.name}: {verdict}")
        if not Track.objects.kept_by(user).filter(audio_sha256=verdict.audio_sha256).exists():
            _add(user, path, verdict)
        yield path


def _add(user: Any, path: Path, facts: AudioFacts) -> None:
    file, cover = store_audio(path, facts.format), store_cover(facts.covers)
    add_tracks([NewTrack(facts=facts, uploader=user, file=file, original_filename=path.name, cover=cover)])


def add_listens(users: dict[str, Any], now: datetime | None = None) -> int:
    """Four weeks of listens, the same ones every time for the same tracks; how many."""
    now = now or timezone.now()
    tracks = list(Track.objects.filter(uploader=users[DEMO_USERNAME]).with_credits().order_by("pk"))
    listens = [listen for each in LISTENERS for listen in _listens_of(each, users[each.username], tracks, now)]
    return listen_store().add_all(listens)


def sign_in_line() -> str:
    """What a newcomer needs to look around, or nothing when the demo account is gone."""
    file = _password_file()
    if not (file.exists() and get_user_model().objects.filter(username=DEMO_USERNAME, is_active=True).exists()):
        return ""
    return f"Demo sign-in: {DEMO_USERNAME} / {file.read_text().strip()}"


def _listens_of(listener: Listener, user: Any, tracks: list[Track], now: datetime) -> Iterator[Listen]:
    rng = random.Random(f"demo-{listener.username}")  # noqa: S311
    finished = [track for track in tracks if _is_of(track, listener.finishes)][1:]
    others = [track for track in tracks if not _is_of(track, listener.finishes + listener.favourites)]
    for track in finished + rng.sample(others, listener.others):
        for play in range(rng.randint(1, 3) if track in finished else 1):
            share = 1.0 if track in finished else rng.choice([0.1, 0.6, 1.0, 1.0])
            ago = timedelta(days=rng.uniform(0.2, DAYS), milliseconds=track.duration_ms)
            yield _listen(user, track, play, share, now - ago)


def _is_of(track: Track, slugs: list[str]) -> bool:
    return any(genre.slug in slugs for genre in track.genres.all())


def _listen(user: Any, track: Track, play: int, share: float, started_at: datetime) -> Listen:
    event_id = str(uuid.uuid5(NAMESPACE, f"{user.username}/{track.audio_sha256}/{play}"))
    begun = listen_to(track, user, event_id, started_at, source="demo", client="demo")
    played_ms = int(track.duration_ms * share)
    kind: EventKind = "complete" if share == 1.0 else "left"
    return apply(begun, Event(kind, played_ms, started_at + timedelta(milliseconds=track.duration_ms)))


def _new_password() -> str:
    password = secrets.token_urlsafe(9)
    file = _password_file()
    file.touch(mode=0o600)
    file.write_text(password + "\n")
    return password


def _password_file() -> Path:
    return Path(settings.DATA_DIR) / "demo_password"


def _marker() -> Path:
    return Path(settings.DATA_DIR) / "demo_loaded"
