from audio.facts import COVER_SIZES
from music.links import link

THUMB, SMALL, LARGE = COVER_SIZES


def cover_url(picture: str, size: int) -> str:
    """Address of an uploaded picture, named by its content so that a browser may keep it for ever."""
    return link("cover", picture, size)


def generated_cover_url(kind: str, key: object) -> str:
    return link("generated_cover", f"{kind}-{key}")
