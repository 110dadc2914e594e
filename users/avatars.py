"""Pictures of people: as square and as small as covers, and made in the same sandbox."""

from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from audio.facts import COVER_SIZES
from music.files import cover_name, write_once
from users.models import UserProfile


def avatar_path(name: str, size: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "avatars" / name[:2] / f"{name}-{size}.webp"


def set_avatar(user: Any, picture: dict[int, bytes] | None) -> None:
    """WebP files by the side asked for in pixels, as `audio.artwork.render_cover` makes them; None takes it away."""
    name = cover_name(picture) if picture else ""
    for size, data in (picture or {}).items():
        write_once(avatar_path(name, size), data)
    with transaction.atomic():
        before = UserProfile.objects.select_for_update().values_list("avatar", flat=True).get(pk=user.pk)
        UserProfile.objects.filter(pk=user.pk).update(avatar=name)
        user.profile.avatar = name
        discard_later(before)


def known_avatars() -> set[str]:
    """The names of the files that are a picture of somebody."""
    names = UserProfile.objects.exclude(avatar="").values_list("avatar", flat=True)
    return {avatar_path(name, size).name for name in names.iterator() for size in COVER_SIZES}


def discard_later(name: str) -> None:
    transaction.on_commit(partial(_discard, name))


def _discard(name: str) -> None:
    """Unless it is somebody's."""
    if name and not UserProfile.objects.filter(avatar=name).exists():
        for size in COVER_SIZES:
            avatar_path(name, size).unlink(missing_ok=True)
