"""How much each user may bring in, and how much of it is used."""

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from music.models import Track
from uploads.models import Upload, UploadQuota

SHOWN_SECONDS = 60
UNDER_WAY = [Upload.State.RECEIVING, Upload.State.RECEIVED, Upload.State.CHECKED]


@dataclass(frozen=True)
class Usage:
    """What a user's tracks and unfinished uploads take, and what they may; None: as much as there is room for."""

    bytes: int
    tracks: int
    max_bytes: int | None = None
    max_tracks: int | None = None


def usage(user: Any) -> Usage:
    """Counts tracks in every state, the trash included, and uploads at the size that they announced.

    Not what staff took down: its uploader cannot delete it to make room.
    """
    return _with_uploads(user, _of_tracks(user))


def usage_shown(user: Any) -> Usage:
    """The same for a page. Who has no limit is told of tracks a minute ago, unless one came: many take long."""
    if UploadQuota.objects.filter(user=user).exists():
        return usage(user)
    newest = Track.objects.kept_by(user).order_by("-pk").values_list("pk", flat=True).first()
    kept = cache.get_or_set(f"usage-{user.pk}-{newest}", partial(_of_tracks, user), SHOWN_SECONDS)
    return _with_uploads(user, cast(dict[str, int], kept))


def _of_tracks(user: Any) -> dict[str, int]:
    tracks = Track.objects.kept_by(user).exclude(state=Track.State.TAKEN_DOWN)
    return tracks.aggregate(bytes=Sum("size_bytes", default=0), number=Count("id"))


def _with_uploads(user: Any, tracks: dict[str, int]) -> Usage:
    uploads = Upload.objects.filter(user=user, state__in=[*UNDER_WAY, Upload.State.KEPT], track=None).aggregate(
        bytes=Sum("size_bytes", default=0), number=Count("id", filter=Q(kind=Upload.Kind.MUSIC))
    )
    quota = UploadQuota.objects.filter(user=user).first() or UploadQuota()
    return Usage(
        tracks["bytes"] + uploads["bytes"], tracks["number"] + uploads["number"], quota.max_bytes, quota.max_tracks
    )


def refusal(user: Any, size_bytes: int, tracks: int = 1) -> str:
    """Why this user may bring in no more file of that size, "" when they may. Who has no limit is not counted for."""
    has_quota = UploadQuota.objects.filter(user=user).exists()
    return shortage(usage(user), size_bytes, tracks) if has_quota else ""


def shortage(usage: Usage, size_bytes: int, tracks: int = 1) -> str:
    """Why one more file of that size, which makes so many tracks, is too much; "" when it is not."""
    if usage.max_tracks is not None and usage.tracks + tracks > usage.max_tracks:
        sentence = _("You have %(used)d of the %(limit)d tracks that you may have. Delete some, or empty your trash.")
        return sentence % {"used": usage.tracks, "limit": usage.max_tracks}
    if usage.max_bytes is not None and usage.bytes + size_bytes > usage.max_bytes:
        sentence = _(
            "You have used %(used)s of your %(limit)s, and this file takes %(size)s. Delete some, or empty your trash."
        )
        return sentence % {
            "used": filesizeformat(usage.bytes),
            "limit": filesizeformat(usage.max_bytes),
            "size": filesizeformat(size_bytes),
        }
    return ""
