from django.urls import reverse

from audio.facts import COVER_SIZES

THUMB, SMALL, LARGE = COVER_SIZES


def cover_url(picture: str, size: int) -> str:
    """Address of an uploaded picture, named by its content so that a browser may keep it for ever."""
    return reverse("cover", args=[picture, size])


def generated_cover_url(kind: str, key: object) -> str:
    return reverse("generated_cover", args=[f"{kind}-{key}"])
