"""The rows of a playlist: those of tracks, with who added them and what an editor may do; what is gone by its name."""

from collections.abc import Collection
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from music.drawing import drawn, own
from music.parts import Filler, filler, rendered
from music.rows import TrackRow, in_this_order
from playlists.models import PlaylistItem


class ItemRow(NamedTuple):
    """`track` is None of what is gone."""

    item: PlaylistItem
    track: TrackRow | None

    @property
    def added_by(self) -> str:
        return str(self.item.added_by.profile) if self.item.added_by else ""


def item_rows(user: Any, items: list[PlaylistItem]) -> list[ItemRow]:
    """With the tracks that the user may hear, for two queries."""
    ids = list({item.track_id for item in items if item.track_id})
    tracks = {row.pk: row for row in in_this_order(user, ids)}
    return [ItemRow(item, tracks.get(item.track_id or 0)) for item in items]


def drawn_items(
    rows: list[ItemRow], user: Any, *, can_edit: bool, shows_who: bool, unnamed: Collection[int]
) -> SafeString:
    """With who added each, but for the users whose ids are in `unnamed`."""
    language = get_language()
    named = [row.added_by if shows_who and row.item.added_by_id not in unnamed else "" for row in rows]
    lines = (
        _line(row, place, language, user, can_edit, shows_who, who)
        for place, (row, who) in enumerate(zip(rows, named, strict=True), 1)
    )
    return SafeString("".join(lines))


def _line(row: ItemRow, place: int, language: str | None, user: Any, can_edit: bool, shows_who: bool, who: str) -> str:
    names = {
        "item": row.item.pk,
        "added_by": escape(who),
        "added_by_said": escape(gettext("Added by %(name)s") % {"name": who}) if who else "",
    }
    if row.track is None:
        return _gone(language, can_edit, shows_who)(names | {"place": place, **_last_known(row.item, user)})
    kind = (language, bool(row.track.album_id), bool(row.track.genre), row.track.is_private, can_edit, shows_who)
    return _kind(*kind)(own(row.track, place) | names)


def _last_known(item: PlaylistItem, user: Any) -> dict[str, str]:
    """Its name for whoever knew of it: what was private when it was added nobody else is told."""
    if item.was_public or item.added_by_id == user.pk:
        return {"title": escape(item.track_title), "artist": escape(item.track_credit)}
    return {"title": escape(gettext("A track that is gone")), "artist": ""}


def _drawn_kind(
    language: str | None, has_album: bool, has_genre: bool, is_private: bool, can_edit: bool, shows_who: bool
) -> Filler:
    kind = {"has_album": has_album, "has_genre": has_genre, "is_private": is_private}
    return filler(drawn("track_row", **kind, **_of_playlists(can_edit, shows_who)))


def _drawn_gone(language: str | None, can_edit: bool, shows_who: bool) -> Filler:
    return filler(rendered("playlists/gone_row", **_of_playlists(can_edit, shows_who)))


def _of_playlists(can_edit: bool, shows_who: bool) -> dict[str, object]:
    """The labels are translated with their holes, which are filled in for each row."""
    return {
        "in_playlist": True,
        "can_edit": can_edit,
        "shows_who": shows_who,
        "up_label": gettext("Move %(title)s up"),
        "down_label": gettext("Move %(title)s down"),
        "remove_label": gettext("Remove %(title)s from the playlist"),
        "move_label": gettext("Move %(title)s: up and down keys"),
    }


_kind = _drawn_kind if settings.DEBUG else lru_cache(_drawn_kind)  # under DEBUG templates change
_gone = _drawn_gone if settings.DEBUG else lru_cache(_drawn_gone)
