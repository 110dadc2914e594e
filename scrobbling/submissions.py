"""What devices submit, in the form and within the limits of ListenBrainz' `submit-listens`."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Literal, NamedTuple

from django.utils import timezone

from listening.rules import one_line
from music.matching import Heard

Kind = Literal["single", "playing_now", "import"]

MAX_LISTENS = 1000
MAX_LISTEN_BYTES = 10_240
MAX_BYTES = MAX_LISTENS * MAX_LISTEN_BYTES
MAX_TAGS = 50
MAX_TAG = 64
MAX_SECONDS = 24 * 24 * 3600
EARLIEST = int(datetime(2002, 10, 1, tzinfo=UTC).timestamp())
# Upstream allows an hour. Clocks that were set to the wrong day are as common, and what they told need not be lost.
CLOCKS_DIFFER = timedelta(days=1)
MBIDS = ("recording_mbid", "release_mbid", "release_group_mbid", "track_mbid")
SEVERAL_MBIDS = ("artist_mbids", "work_mbids")


class Refused(ValueError):
    """It breaks a rule, and always will; the message says which. To be answered with 400."""


class Item(NamedTuple):
    """`listened_at` in seconds since 1970; 0 for what plays now."""

    metadata: dict[str, Any]
    listened_at: int = 0

    @property
    def info(self) -> dict[str, Any]:
        return self.metadata.get("additional_info") or {}

    @property
    def duration_ms(self) -> int:
        """0 when it is not told."""
        return int(self.info.get("duration_ms", 0)) or int(self.info.get("duration", 0)) * 1000

    @property
    def claimed_ms(self) -> int | None:
        """How much was heard, as the device says; None when it only says that it was a listen."""
        seconds = self.info.get("duration_played")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
            return None
        return int(min(seconds, MAX_SECONDS) * 1000)

    @property
    def heard(self) -> Heard:
        return Heard(
            artist=_text(self.metadata["artist_name"]),
            title=_text(self.metadata["track_name"]),
            album=_text(self.metadata.get("release_name")),
            duration_ms=self.duration_ms,
            recording_mbid=_mbid(self.info.get("recording_mbid")),
            isrc=_text(self.info.get("isrc"), 12),
        )

    @property
    def client(self) -> str:
        names = ("media_player", "submission_client", "listening_from")
        return next((text for name in names if (text := _text(self.info.get(name)))), "")


class Submission(NamedTuple):
    kind: Kind
    items: list[Item]


def read_submission(raw: bytes) -> Submission:
    """Raises Refused."""
    if len(raw) > MAX_BYTES:
        raise Refused(f"The document is too large: {MAX_BYTES} bytes at most.")
    document = _parsed(raw)
    if not isinstance(document, dict):
        raise Refused("The document must be a JSON object with the keys listen_type and payload.")
    kind, payload = document.get("listen_type"), document.get("payload")
    if kind not in ("single", "playing_now", "import"):
        raise Refused("The document needs a listen_type: single, playing_now or import.")
    if not isinstance(payload, list) or not payload:
        raise Refused("The payload must be a list with at least one listen.")
    if len(payload) > MAX_LISTENS:
        raise Refused(f"Too many listens: {MAX_LISTENS} at most in one request.")
    if len(raw) > len(payload) * MAX_LISTEN_BYTES:
        raise Refused(f"The document is too large: {MAX_LISTEN_BYTES} bytes at most for each listen.")
    if kind != "import" and len(payload) > 1:
        raise Refused(f"A payload of the type {kind} has exactly one listen.")
    _check_text(document)
    return Submission(kind, [_item(thing, kind) for thing in payload])


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode(), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise Refused(f"The document is no JSON: {str(error)[:200]}") from error


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:20]} is no number.")
    return number


def _check_text(document: Any) -> None:
    """No NUL and no half of a character, neither of which every database takes, however deep they are."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and ("\0" in value or not _is_unicode(value)):
            raise Refused("A text contains a NUL or another character that cannot be stored.")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _item(thing: Any, kind: Kind) -> Item:
    if not isinstance(thing, dict):
        raise Refused("A listen must be a JSON object.")
    if kind == "playing_now" and "listened_at" in thing:
        raise Refused("A listen of the type playing_now must not have the key listened_at.")
    listened_at = 0 if kind == "playing_now" else _listened_at(thing)
    if thing.keys() - {"listened_at", "track_metadata"}:
        raise Refused("A listen may only have the keys listened_at and track_metadata.")
    metadata = thing.get("track_metadata")
    if not isinstance(metadata, dict):
        raise Refused("A listen must have the key track_metadata with a JSON object.")
    _check_metadata(metadata)
    return Item(metadata, listened_at)


def _listened_at(thing: Mapping[str, Any]) -> int:
    if "listened_at" not in thing:
        raise Refused("A listen must have the key listened_at.")
    seconds = _whole(thing["listened_at"])
    if seconds is None:
        raise Refused("listened_at must be a whole number of seconds since 1970.")
    if seconds < EARLIEST:
        raise Refused(f"listened_at is too low: {EARLIEST} (2002-10-01 00:00:00 UTC) at least.")
    if seconds > (timezone.now() + CLOCKS_DIFFER).timestamp():
        raise Refused("listened_at is too high: it lies more than a day in the future.")
    return seconds


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    for name in ("track_name", "artist_name", "release_name"):
        if name == "release_name" and name not in metadata:
            continue
        if not isinstance(metadata.get(name), str) or not metadata[name].strip():
            raise Refused(f"track_metadata.{name} must be a text that is not empty.")
    info = metadata.get("additional_info")
    if info is None:
        return
    if not isinstance(info, dict):
        raise Refused("track_metadata.additional_info must be a JSON object.")
    _check_tags(info.get("tags") or [])
    _check_durations(info)
    _check_mbids(info)


def _check_tags(tags: Any) -> None:
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Refused("additional_info.tags must be a list of texts.")
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
        raise Refused(f"additional_info.tags may have {MAX_TAGS} tags of {MAX_TAG} characters each.")


def _check_durations(info: dict[str, Any]) -> None:
    if "duration" in info and "duration_ms" in info:
        raise Refused("additional_info may have duration or duration_ms, not both.")
    for name, most in (("duration", MAX_SECONDS), ("duration_ms", MAX_SECONDS * 1000)):
        if name in info:
            length = _whole(info[name])
            if length is None or not 0 < length <= most:
                raise Refused(f"additional_info.{name} must be a whole number from 1 to {most}.")


def _check_mbids(info: Mapping[str, Any]) -> None:
    several = [(name, info[name]) for name in SEVERAL_MBIDS if info.get(name)]
    if any(not isinstance(values, list) for _name, values in several):
        raise Refused("additional_info.artist_mbids and work_mbids must be lists.")
    given = [(name, info.get(name)) for name in MBIDS] + [(name, each) for name, values in several for each in values]
    for name, value in given:
        if value and not _mbid(value):
            raise Refused(f"additional_info.{name} is no MusicBrainz ID.")


def _whole(value: Any) -> int | None:
    """Also from a text, as upstream takes it."""
    try:
        return None if isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return None


def _mbid(value: Any) -> str:
    """In its one spelling; "" for what is none."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""


def _text(value: Any, longest: int = 255) -> str:
    return one_line(value, longest) if isinstance(value, str) else ""
