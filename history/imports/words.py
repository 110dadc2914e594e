"""An import in words, for its page."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from history.imports.rows import Format, LeftOut
from history.models import ListenImport


@dataclass(frozen=True)
class Shown:
    """`left_out` and `examples` in the order in which they are read."""

    job: ListenImport
    service: str
    listens: int
    matched: int
    near: int
    unmatched: int
    duplicates: int
    left_out: list[str]
    examples: list[tuple[str, list[list[str]]]]
    says_no_length: bool
    may_be_undone: bool


def shown(job: ListenImport) -> Shown:
    counts: dict[str, Any] = job.counts
    listens = counts.get("listens", 0)
    is_over = job.state == ListenImport.State.DONE
    came_in_part = job.state == ListenImport.State.FAILED and bool(job.share and listens)
    return Shown(
        job=job,
        service=_services().get(job.format, ""),
        listens=listens,
        matched=sum(counts.get(how, 0) for how in ("mbid", "isrc", "names")),
        near=counts.get("near", 0),
        unmatched=counts.get("unmatched", 0),
        duplicates=counts.get("duplicates", 0),
        left_out=[reason(name, count) for name, count in counts.get("left_out", {}).items()],
        examples=[(label, job.examples[name]) for name, label in _groups() if job.examples.get(name)],
        says_no_length=job.format in (Format.LASTFM, Format.LISTENBRAINZ),
        may_be_undone=bool(listens) and (is_over or came_in_part),
    )


def _services() -> dict[str, str]:
    return {
        Format.LISTENBRAINZ: "ListenBrainz",
        Format.LASTFM: "Last.fm",
        Format.SPOTIFY: "Spotify",
        Format.SPOTIFY_ACCOUNT: _("Spotify, the last year"),
        Format.MUSIC_STREAMER: "Music Streamer",
    }


def _groups() -> list[tuple[str, str]]:
    return [
        ("matched", _("In the library")),
        ("near", _("Spelled a little differently here")),
        ("unmatched", _("Not in the library")),
    ]


def reason(name: str, count: int) -> str:
    if name == LeftOut.PRIVATE:
        words = ngettext("%d from a private session", "%d from private sessions", count)
    elif name == LeftOut.NOT_MUSIC:
        words = ngettext("%d podcast or audiobook", "%d podcasts and audiobooks", count)
    elif name == LeftOut.NOW_PLAYING:
        words = ngettext("%d that was only playing then", "%d that were only playing then", count)
    elif name == LeftOut.SILENT:
        words = ngettext("%d that never sounded", "%d that never sounded", count)
    elif name == LeftOut.NO_DATE:
        words = ngettext("%d without a date that can be right", "%d without a date that can be right", count)
    elif name == LeftOut.NO_TIME:
        words = ngettext("%d whose playing time cannot be right", "%d whose playing time cannot be right", count)
    elif name == LeftOut.NAMELESS:
        words = ngettext("%d without an artist or a title", "%d without an artist or a title", count)
    else:
        words = ngettext("%d that could not be read", "%d that could not be read", count)
    return words % count
