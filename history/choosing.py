"""Which listens the address of the history asks for, in words and as a selection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from listening.store import Listen, Selection

NAMES = ("track", "artist", "album", "genre", "source", "outcome", "from", "to")
OUTCOMES = {
    "completed": gettext_lazy("Finished"),
    "skipped": gettext_lazy("Skipped"),
    "left_out": gettext_lazy("Left out of my taste"),
}
# What the player or an import said it was, by how it begins.
SOURCES = {
    "made-for-you": gettext_lazy("Made for you"),
    "new-for-you": gettext_lazy("New for you"),
    "because": gettext_lazy("Goes with what you like"),
    "similar": gettext_lazy("Similar tracks"),
    "rediscover": gettext_lazy("Rediscover"),
    "deep-cuts": gettext_lazy("Deep cuts"),
    "followed": gettext_lazy("Popular with people you follow"),
    "popular": gettext_lazy("Popular here"),
    "weekly": gettext_lazy("Weekly discovery"),
    "recent": gettext_lazy("Recently played"),
    "album": gettext_lazy("Albums"),
    "artist": gettext_lazy("Artists"),
    "genre": gettext_lazy("Genres"),
    "track": gettext_lazy("Tracks"),
    "tracks": gettext_lazy("All tracks"),
    "playlist": gettext_lazy("Playlists"),
    "smart": gettext_lazy("Smart playlists"),
    "starred": gettext_lazy("Starred"),
    "mix": gettext_lazy("Mixes"),
    "radio": gettext_lazy("Radio"),
    "search": gettext_lazy("Search"),
    "history": gettext_lazy("History"),
    "uploads": gettext_lazy("My uploads"),
    "review": gettext_lazy("Your drafts"),
    "offline": gettext_lazy("Kept on this device"),
}
ORIGINS = {"import": gettext_lazy("Imported"), "device": gettext_lazy("Other devices")}
MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Choice:
    """`said` are the parts of the address that mean something."""

    selection: Selection
    said: dict[str, str]

    @property
    def is_everything(self) -> bool:
        return not self.said


def choice_of(parameters: Mapping[str, str]) -> Choice:
    """What makes no sense is left out. Days are those of the reader's time zone."""
    said = {name: parameters.get(name, "").replace("\0", " ").strip() for name in NAMES}
    source = said["source"]
    first, last = _day(said["from"]), _day(said["to"])
    selection = Selection(
        track_id=_id(said["track"]),
        artist_id=_id(said["artist"]),
        album_id=_id(said["album"]),
        genre=said["genre"],
        source=source if source in SOURCES else "",
        origin=source if source in ORIGINS else "",
        outcome=said["outcome"] if said["outcome"] in OUTCOMES else "",  # type: ignore[arg-type]
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )
    meant = {
        "track": selection.track_id is not None,
        "artist": selection.artist_id is not None,
        "album": selection.album_id is not None,
        "genre": bool(selection.genre),
        "source": bool(selection.source or selection.origin),
        "outcome": bool(selection.outcome),
        "from": first is not None,
        "to": last is not None,
    }
    return Choice(selection, {name: text for name, text in said.items() if meant[name]})


def in_words(choice: Choice, example: Listen | None, genre_name: str) -> list[tuple[str, str]]:
    """(name, text) of each part; `example` is a listen that was found, which knows what the numbers are called."""
    words = {
        "track": example.title if example else _("One track"),
        "artist": example.artist_name if example else _("One artist"),
        "album": (example.album_title if example else "") or _("One album"),
        "genre": genre_name or choice.selection.genre,
        "source": str((SOURCES | ORIGINS).get(choice.said.get("source", ""), "")),
        "outcome": str(OUTCOMES.get(choice.selection.outcome, "")),
        "from": _("from %s") % _date(choice.said.get("from", "")),
        "to": _("until %s") % _date(choice.said.get("to", "")),
    }
    return [(name, words[name]) for name in choice.said]


def _id(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        return None
    return int(text) if abs(int(text)) <= MAX_ID else None


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and date(1970, 1, 2) <= day <= date(9000, 1, 1) else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _date(text: str) -> str:
    day = _day(text)
    return date_format(day, "DATE_FORMAT") if day else ""
