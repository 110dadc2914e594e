"""Between the fields of a file, whatever kind of tag it has, and Tags."""

import re
from collections.abc import Iterable, Mapping

from audio.facts import RELEASE_TYPES, TIMED_LINE, Tags
from audio.genres import fold_genres
from audio.lyrics import clean_lyrics
from audio.text import clean_text, parse_float, parse_isrc, parse_mbid, parse_number, parse_year

Fields = Mapping[str, list[str]]  # the names of Vorbis comments, in lower case, whatever the file's own kind of tag
# The name that is written, and the others that say the same.
ALIASES = {
    "albumartist": ("album artist", "album_artist"),
    "albumartists": ("album_artists",),
    "date": ("year",),
    "originaldate": ("originalyear", "original_year"),
    "tracknumber": ("track",),
    "discnumber": ("disc",),
    "discsubtitle": ("disctitle", "setsubtitle"),
    "releasetype": ("musicbrainz_albumtype",),
    "lyrics": ("syncedlyrics", "unsyncedlyrics"),
}
# What is said together, be it in one frame (RVA2): where either changes, both are written.
PAIRS = (
    ("artist", "artists"),
    ("albumartist", "albumartists"),
    ("replaygain_track_gain", "replaygain_track_peak"),
    ("replaygain_album_gain", "replaygain_album_peak"),
)
MAX_VALUES = 20
PRIMARY_TYPES = {"album", "ep", "single", "broadcast", "other"}
SEPARATORS = re.compile(r"[\0/;,|+]")
GAINS_DB = (-60.0, 60.0)
PEAKS = (0.0, 100.0)


def tags_from(fields: Fields, stem: str) -> Tags:
    """`fields` cleaned; the title falls back to the file name's `stem`, then to "Untitled"."""
    artists, album_artists = _credited(fields, "artist"), _credited(fields, "albumartist")
    return Tags(
        title=_first(fields, "title") or clean_text(stem) or "Untitled",
        artist=_joined(artists),
        artists=_apart(_credited(fields, "artists")) or artists,
        album_artist=_joined(album_artists),
        album_artists=_apart(_credited(fields, "albumartists")) or album_artists,
        album=_first(fields, "album"),
        genres=fold_genres(fields.get("genre", ())),
        year=parse_year(_raw(fields, "date")),
        original_year=parse_year(_raw(fields, "originaldate")),
        track_number=parse_number(_raw(fields, "tracknumber")),
        disc_number=parse_number(_raw(fields, "discnumber")),
        disc_subtitle=_first(fields, "discsubtitle"),
        artist_sort=_joined(_credited(fields, "artistsort")),
        album_artist_sort=_joined(_credited(fields, "albumartistsort")),
        album_sort=_first(fields, "albumsort"),
        title_sort=_first(fields, "titlesort"),
        is_compilation=_raw(fields, "compilation").strip().lower() in ("1", "true", "yes"),
        release_type=_release_type(_values(fields, "releasetype")),
        recording_mbid=parse_mbid(_raw(fields, "musicbrainz_trackid")),
        release_mbid=parse_mbid(_raw(fields, "musicbrainz_albumid")),
        release_group_mbid=parse_mbid(_raw(fields, "musicbrainz_releasegroupid")),
        artist_mbids=_mbids(fields, "musicbrainz_artistid"),
        album_artist_mbids=_mbids(fields, "musicbrainz_albumartistid"),
        isrc=parse_isrc(_raw(fields, "isrc")),
        track_gain_db=_number_in(GAINS_DB, _raw(fields, "replaygain_track_gain")),
        track_peak=_number_in(PEAKS, _raw(fields, "replaygain_track_peak")),
        album_gain_db=_number_in(GAINS_DB, _raw(fields, "replaygain_album_gain")),
        album_peak=_number_in(PEAKS, _raw(fields, "replaygain_album_peak")),
        lyrics=_lyrics(_values(fields, "lyrics")),
    )


def fields_from(tags: Tags) -> dict[str, list[str]]:
    """The other way round: every field that `tags_from` reads, an empty list where there is nothing to say."""
    return {
        "title": [tags.title],
        **_credit("artist", tags.artist, tags.artists),
        **_credit("albumartist", tags.album_artist, tags.album_artists),
        "album": _one(tags.album),
        "genre": list(tags.genres),
        "date": _one(tags.year),
        "originaldate": _one(tags.original_year),
        "tracknumber": _one(tags.track_number),
        "discnumber": _one(tags.disc_number),
        "discsubtitle": _one(tags.disc_subtitle),
        "artistsort": _one(tags.artist_sort),
        "albumartistsort": _one(tags.album_artist_sort),
        "albumsort": _one(tags.album_sort),
        "titlesort": _one(tags.title_sort),
        "compilation": ["1"] if tags.is_compilation else [],
        "releasetype": _one(tags.release_type),
        "musicbrainz_trackid": _one(tags.recording_mbid),
        "musicbrainz_albumid": _one(tags.release_mbid),
        "musicbrainz_releasegroupid": _one(tags.release_group_mbid),
        "musicbrainz_artistid": list(tags.artist_mbids),
        "musicbrainz_albumartistid": list(tags.album_artist_mbids),
        "isrc": _one(tags.isrc),
        "replaygain_track_gain": _one(tags.track_gain_db, " dB"),
        "replaygain_track_peak": _one(tags.track_peak),
        "replaygain_album_gain": _one(tags.album_gain_db, " dB"),
        "replaygain_album_peak": _one(tags.album_peak),
        "lyrics": _one(tags.lyrics),
    }


def changed_fields(old: Tags, new: Tags) -> dict[str, list[str]]:
    """What must be written for a file that says `old` to say `new`.

    The rest stays as the file has it: the day of a date and the total of a track number are not ours to lose.
    """
    before, after = fields_from(old), fields_from(new)
    names = {name for name in after if before[name] != after[name]}
    names |= {name for pair in PAIRS for name in pair if names & set(pair)}
    return {name: values for name, values in after.items() if name in names}


def _credit(name: str, line: str, artists: tuple[str, ...]) -> dict[str, list[str]]:
    """Several artists are the credit itself where it only lists them, else they stand beside it."""
    if line == _joined(artists):
        return {name: list(artists), f"{name}s": []}
    return {name: _one(line), f"{name}s": list(artists) if artists != (line,) else []}


def _one(value: str | float | None, unit: str = "") -> list[str]:
    return [] if value in (None, "") else [f"{value}{unit}"]


def _values(fields: Fields, name: str) -> list[str]:
    return [value for alias in (name, *ALIASES.get(name, ())) for value in fields.get(alias, ())]


def _raw(fields: Fields, name: str) -> str:
    return next((value for value in _values(fields, name) if value.strip("\0 ")), "")


def _first(fields: Fields, name: str) -> str:
    return next(filter(None, map(clean_text, _values(fields, name))), "")


def _credited(fields: Fields, name: str) -> tuple[str, ...]:
    """Each name once, of the first of the aliases that has any."""
    for alias in (name, *ALIASES.get(name, ())):
        raw = (part for value in fields.get(alias, ())[:MAX_VALUES] for part in value.split("\0")[:MAX_VALUES])
        if names := tuple(dict.fromkeys(filter(None, map(clean_text, raw)))):
            return names[:MAX_VALUES]
    return ()


def _joined(names: tuple[str, ...]) -> str:
    """Several artists as one credit: "A One, B Two"."""
    return names[0] if len(names) == 1 else clean_text(", ".join(names))


def _apart(names: tuple[str, ...]) -> tuple[str, ...]:
    """ID3v2.3 has room for one value only, so taggers put "A One; B Two" into it."""
    if len(names) != 1 or ";" not in names[0]:
        return names
    return tuple(dict.fromkeys(filter(None, map(str.strip, names[0].split(";")))))[:MAX_VALUES]


def _mbids(fields: Fields, name: str) -> tuple[str, ...]:
    """Each id once, in order."""
    parts = (part for value in fields.get(name, ())[:MAX_VALUES] for part in SEPARATORS.split(value)[:MAX_VALUES])
    return tuple(dict.fromkeys(filter(None, map(parse_mbid, parts))))[:MAX_VALUES]


def _release_type(values: Iterable[str]) -> str:
    """MusicBrainz names one primary type and any number of secondary ones, which say more: "album; live" is live."""
    parts = [part.strip().lower() for value in values for part in SEPARATORS.split(clean_text(value))]
    known = [part for part in parts if part in RELEASE_TYPES]
    return next((part for part in known if part not in PRIMARY_TYPES), next(iter(known), ""))


def _lyrics(values: list[str]) -> str:
    """The timed text, or else the first there is."""
    texts = [text for text in map(clean_lyrics, values[:4]) if text]
    return next(filter(TIMED_LINE.search, texts), next(iter(texts), ""))


def _number_in(bounds: tuple[float, float], raw: str) -> float | None:
    number = parse_float(raw)
    return number if number is not None and bounds[0] <= number <= bounds[1] else None
