"""What other sites and search engines' readers are told of a link: OpenGraph, schema.org and oEmbed.

The sound itself is not among it: its addresses end after minutes, and a crawler that fetched one would hear nothing.
"""

import json
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from music.models import LARGE
from sharing.access import Shown
from sharing.tickets import picture_url

# What would end the element, or begin one, in a place where HTML knows no other way to write it.
NOT_IN_DATA = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
MOST_TOLD = 100
WIDTH, TRACK_HEIGHT, LIST_HEIGHT = 480, 136, 360


class Picture(NamedTuple):
    url: str
    size: int
    content_type: str


def picture_of(shown: Shown) -> Picture:
    """What can be shown anywhere: generated covers are SVG, which few sites take, and the site's own icon stands in."""
    if shown.picture:
        return Picture(_absolute(picture_url(shown.share, shown.picture, LARGE)), LARGE, "image/webp")
    return Picture(_absolute(static("icon-512.png")), 512, "image/png")


def described(shown: Shown) -> str:
    """ "Nora · 12 tracks"; of a track the artist alone, of a playlist the number alone."""
    if shown.kind == "track":
        return shown.artist
    tracks = ngettext("%(count)d track", "%(count)d tracks", shown.count) % {"count": shown.count}
    return f"{shown.artist} · {tracks}" if shown.artist else tracks


def linked_data(shown: Shown, address: str) -> SafeString:
    """JSON-LD in the element for it, which a browser reads as data and does not run."""
    data = _recording(shown.title, shown.artist, shown.duration_ms) if shown.kind == "track" else _list(shown)
    data |= {"@context": "https://schema.org", "url": address, "image": picture_of(shown).url}
    text = json.dumps(data, ensure_ascii=False).translate(NOT_IN_DATA)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 escaped above


def oembed(shown: Shown, address: str, most: tuple[int, int]) -> dict[str, Any]:
    """See https://oembed.com; `most` are the pixels that there is room for.

    Where no other site may show the player there is none to offer, and it is a plain link.
    """
    picture = picture_of(shown)
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": shown.title,
        "provider_name": "Music Streamer",
        "provider_url": settings.SITE_URL,
        "thumbnail_url": picture.url,
        "thumbnail_width": picture.size,
        "thumbnail_height": picture.size,
    }
    if shown.artist:
        told["author_name"] = shown.artist
    if not settings.SHARE_FRAME_ANCESTORS:
        return told
    width, height = min(WIDTH, most[0]), min(embed_height(shown.kind), most[1])
    return told | {
        "type": "rich",
        "width": width,
        "height": height,
        "html": iframe(address, shown.title, width, height),
    }


def embed_height(kind: str) -> int:
    return TRACK_HEIGHT if kind == "track" else LIST_HEIGHT


def iframe(address: str, title: str, width: int, height: int) -> str:
    """What to put into another page to have the small player there: text, and not markup of ours."""
    label = escape(_("Play %(title)s") % {"title": title})
    return (
        f'<iframe src="{escape(address)}embed/" title="{label}" width="{width}" height="{height}" '
        'loading="lazy" allow="autoplay" frameborder="0"></iframe>'
    )


def oembed_address(address: str) -> str:
    return f"{settings.SITE_URL}{reverse('oembed')}?{urlencode({'url': address, 'format': 'json'})}"


def _recording(title: str, artist: str, duration_ms: int) -> dict[str, Any]:
    return {
        "@type": "MusicRecording",
        "name": title,
        "byArtist": {"@type": "MusicGroup", "name": artist},
        "duration": f"PT{round(duration_ms / 1000)}S",
    }


def _list(shown: Shown) -> dict[str, Any]:
    """An album, or a playlist, which has neither artist nor year."""
    told: dict[str, Any] = {
        "@type": "MusicAlbum" if shown.kind == "album" else "MusicPlaylist",
        "name": shown.title,
        "numTracks": shown.count,
        "track": [_recording(row.title, row.credited, row.duration_ms) for row in shown.rows[:MOST_TOLD]],
    }
    if shown.artist:
        told["byArtist"] = {"@type": "MusicGroup", "name": shown.artist}
    return told | {"datePublished": str(shown.year)} if shown.year else told


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
