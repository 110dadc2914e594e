"""From an object as some service exports it to rows. Which service it is, every object shows by itself."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from history.imports.rows import (
    SAME_MINUTE,
    SAME_SECOND,
    Format,
    Item,
    LeftOut,
    Outcome,
    Row,
    milliseconds,
    moment,
    part,
    text,
)
from listening.errors import BadEvent
from listening.rules import canonical
from music.matching import Heard

LEFT_BY_HAND = ("fwdbtn", "backbtn", "clickrow")


def items_of(thing: Any) -> Iterator[Item]:
    """The plays of an object; several when it is a page of them."""
    if not isinstance(thing, Mapping):
        yield LeftOut.UNREADABLE
    elif "recenttracks" in thing:
        yield from items_of(thing["recenttracks"])
    elif isinstance(thing.get("track"), list):
        for each in thing["track"]:
            yield from items_of(each if not _is_page(each) else None)
    else:
        yield _item_of(thing)


def _is_page(thing: Any) -> bool:
    return isinstance(thing, Mapping) and ("recenttracks" in thing or isinstance(thing.get("track"), list))


def _item_of(thing: Mapping[str, Any]) -> Item:
    if "track_metadata" in thing:
        return listenbrainz(thing)
    if "ms_played" in thing:
        return spotify(thing)
    if "msPlayed" in thing:
        return spotify_account(thing)
    if "artist" in thing or "track" in thing:
        return lastfm(thing)
    return LeftOut.UNREADABLE


def listenbrainz(thing: Mapping[str, Any]) -> Item:
    """A listen of ListenBrainz's API and export; ours have more in `additional_info.music_streamer`."""
    track = part(thing, "track_metadata")
    info, mapped = part(track, "additional_info"), part(track, "mbid_mapping")
    if thing.get("listened_at") is None:
        return LeftOut.NOW_PLAYING
    heard = Heard(
        text(track.get("artist_name")),
        text(track.get("track_name")),
        text(track.get("release_name")),
        milliseconds(info.get("duration_ms")) or milliseconds(info.get("duration")) * 1000,
        text(info.get("recording_mbid"), 36) or text(mapped.get("recording_mbid"), 36),
        text(info.get("isrc"), 12),
    )
    client = text(info.get("media_player")) or text(info.get("music_service_name")) or "ListenBrainz"
    row = _row(Format.LISTENBRAINZ, heard, thing["listened_at"], client=client)
    own = part(info, "music_streamer")
    return _own(row, own) if own and isinstance(row, Row) else row


def own_csv(cells: Mapping[str, str]) -> Item:
    """A row of our own export as a table."""
    heard = Heard(
        text(cells.get("artist")),
        text(cells.get("title")),
        text(cells.get("album")),
        milliseconds(cells.get("duration_ms")),
        text(cells.get("recording_mbid"), 36),
        text(cells.get("isrc"), 12),
    )
    row = _row(Format.MUSIC_STREAMER, heard, cells["started_at"], client=text(cells.get("client")))
    if not isinstance(row, Row):
        return row
    # Spreadsheets that save it again write it in capitals.
    came_to = {name: cells.get(name, "").lower() == "true" for name in ("counted", "completed", "skipped")}
    own = _own(row, {**cells, **came_to})
    return own if own.event_id else LeftOut.UNREADABLE


def _own(row: Row, said: Mapping[str, Any]) -> Row:
    try:
        event_id = canonical(said.get("event_id"))  # type: ignore[arg-type]
    except BadEvent:
        return row
    duration_ms = milliseconds(said.get("duration_ms")) or row.heard.duration_ms
    played_ms = milliseconds(said.get("played_ms"))
    counted, completed, skipped = (said.get(name) is True for name in ("counted", "completed", "skipped"))
    return row._replace(
        format=Format.MUSIC_STREAMER,
        heard=row.heard._replace(duration_ms=duration_ms),
        event_id=event_id,
        played_ms=played_ms,
        told=Outcome(min(played_ms, duration_ms or played_ms), counted or completed, completed, skipped),
        source=text(said.get("source"), 120),
    )


def spotify(thing: Mapping[str, Any]) -> Item:
    """A row of the extended streaming history. `ts` is when it ended."""
    if thing.get("incognito_mode") is True:
        return LeftOut.PRIVATE
    is_music = thing.get("master_metadata_track_name")
    if not is_music and any(thing.get(name) for name in ("episode_name", "episode_show_name", "audiobook_title")):
        return LeftOut.NOT_MUSIC
    heard = Heard(
        text(thing.get("master_metadata_album_artist_name")),
        text(thing.get("master_metadata_track_name")),
        text(thing.get("master_metadata_album_album_name")),
    )
    reason = thing.get("reason_end")
    row = _played(Format.SPOTIFY, heard, thing.get("ts"), thing.get("ms_played"))
    if not isinstance(row, Row):
        return row
    has_left = thing.get("skipped") is True or reason in LEFT_BY_HAND
    return row._replace(has_ended=reason == "trackdone", has_left=has_left)


def spotify_account(thing: Mapping[str, Any]) -> Item:
    """A row of the last year's short form; it tells the minute in which it ended, and not how."""
    heard = Heard(text(thing.get("artistName")), text(thing.get("trackName")))
    row = _played(Format.SPOTIFY_ACCOUNT, heard, thing.get("endTime"), thing.get("msPlayed"))
    return row._replace(within=SAME_MINUTE) if isinstance(row, Row) else row


def lastfm(thing: Mapping[str, Any]) -> Item:
    """A track of user.getRecentTracks, or a flat object or CSV line with the same words."""
    if part(thing, "@attr").get("nowplaying") in ("true", True):
        return LeftOut.NOW_PLAYING
    heard = Heard(
        _named(thing.get("artist")),
        _named(thing.get("track")) or _named(thing.get("name")) or _named(thing.get("title")),
        _named(thing.get("album")),
    )
    date = thing.get("date")
    at = date.get("uts") or date.get("#text") if isinstance(date, Mapping) else thing.get("uts") or date
    if not at and "utc_time" in thing:
        at = thing["utc_time"]
    row = _row(Format.LASTFM, heard, at, client="Last.fm")
    if not isinstance(row, Row):
        return row
    # The minute is all that its wordy dates tell.
    is_exact = row.started_at.second or row.started_at.microsecond or _is_number(at)
    return row._replace(within=SAME_SECOND if is_exact else SAME_MINUTE)


def _named(value: Any) -> str:
    if isinstance(value, Mapping):
        return text(value.get("#text")) or text(value.get("name"))
    return text(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdigit())


def _played(format: Format, heard: Heard, ended: Any, said_ms: Any) -> Item:
    played_ms = milliseconds(said_ms)
    if not played_ms:
        return LeftOut.SILENT if said_ms in (0, "0") else LeftOut.NO_TIME
    row = _row(format, heard, ended, client="Spotify")
    if not isinstance(row, Row):
        return row
    return row._replace(started_at=row.started_at - timedelta(milliseconds=played_ms), played_ms=played_ms)


def _row(format: Format, heard: Heard, at: Any, *, client: str) -> Item:
    if not heard.artist or not heard.title:
        return LeftOut.NAMELESS
    started_at = moment(at)
    return Row(format, heard, started_at, client=client) if started_at else LeftOut.NO_DATE
