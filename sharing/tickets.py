"""Signed addresses of the sound and the pictures of a link: they say for which share they are, and end by themselves.

The address of a sound is also the ticket of one play. It tells when it was handed out, and so how much of the track can
have been heard at most.
"""

import secrets
import time
from typing import NamedTuple

from django.core import signing
from django.http import Http404
from django.urls import reverse

from music.models import SMALL, generated_cover_url
from music.rows import TrackRow
from sharing.models import Share

SOUND, PICTURE = "sharing.sound", "sharing.picture"
SOUND_SECONDS = 10 * 60
# A play that is paused overnight may still be told.
PLAY_SECONDS = 24 * 60 * 60


class TooLate(Exception):
    """Signed here, and over: ask for another."""


class Ticket(NamedTuple):
    share_id: int
    track_id: int
    name: str
    issued_ms: int


def sound_url(share: Share, track_id: int) -> str:
    ticket = Ticket(share.pk, track_id, secrets.token_hex(8), int(time.time() * 1000))
    return reverse("shared_sound", args=[signing.dumps(ticket, salt=SOUND)])


def read_ticket(signed: str, seconds: int) -> Ticket:
    """Raises TooLate; 404 for what was never handed out."""
    try:
        return Ticket(*signing.loads(signed, salt=SOUND, max_age=seconds))
    except signing.SignatureExpired as error:
        raise TooLate from error
    except signing.BadSignature as error:
        raise Http404 from error


def picture_url(share: Share, picture: str, size: int) -> str:
    """The same address every time, for browsers to keep; whether it still opens is asked of the share."""
    return reverse("shared_picture", args=[signing.Signer(salt=PICTURE).sign_object([share.pk, picture, size])])


def row_picture_url(share: Share, row: TrackRow) -> str:
    """What was uploaded, or was drawn where nothing is."""
    if picture := row.cover or row.album_cover:
        return picture_url(share, picture, SMALL)
    if row.album_id:
        return generated_cover_url("album", row.album_id)
    return generated_cover_url("track", row.pk)


def read_picture(signed: str) -> tuple[int, str, int]:
    """Share, name and pixels a side, or 404."""
    try:
        share_id, picture, size = signing.Signer(salt=PICTURE).unsign_object(signed)
    except signing.BadSignature as error:
        raise Http404 from error
    return share_id, picture, size
