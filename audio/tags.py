import re
from collections.abc import Mapping

from audio.facts import Tags
from audio.genres import fold_genres
from audio.text import clean_text, parse_float, parse_mbid, parse_number, parse_year

Fields = Mapping[str, list[str]]  # the names of Vorbis comments, in lower case, whatever the file's own kind of tag
SEPARATORS = re.compile(r"[\0/;,]")
GAINS_DB = (-60.0, 60.0)
PEAKS = (0.0, 100.0)


def tags_from(fields: Fields, stem: str) -> Tags:
    """`fields` cleaned; the title falls back to the file name's `stem`, then to "Untitled"."""
    return Tags(
        title=_first(fields, "title") or clean_text(stem) or "Untitled",
        artist=_all(fields, "artist"),
        album_artist=_all(fields, "albumartist", "album artist", "album_artist"),
        album=_first(fields, "album"),
        genres=fold_genres(fields.get("genre", ())),
        year=parse_year(_raw(fields, "date", "year", "originaldate", "originalyear")),
        track_number=parse_number(_raw(fields, "tracknumber", "track")),
        disc_number=parse_number(_raw(fields, "discnumber", "disc")),
        recording_mbid=parse_mbid(_raw(fields, "musicbrainz_trackid")),
        release_mbid=parse_mbid(_raw(fields, "musicbrainz_albumid")),
        artist_mbids=_mbids(fields, "musicbrainz_artistid"),
        album_artist_mbids=_mbids(fields, "musicbrainz_albumartistid"),
        track_gain_db=_number_in(GAINS_DB, _raw(fields, "replaygain_track_gain")),
        track_peak=_number_in(PEAKS, _raw(fields, "replaygain_track_peak")),
        album_gain_db=_number_in(GAINS_DB, _raw(fields, "replaygain_album_gain")),
        album_peak=_number_in(PEAKS, _raw(fields, "replaygain_album_peak")),
    )


def _raw(fields: Fields, *names: str) -> str:
    values = (value for name in names for value in fields.get(name, ()))
    return next((value for value in values if value.strip("\0 ")), "")


def _first(fields: Fields, name: str) -> str:
    return next(filter(None, map(clean_text, fields.get(name, ()))), "")


def _all(fields: Fields, *names: str) -> str:
    """Several artists as one credit: "A One, B Two"."""
    for name in names:
        credited = dict.fromkeys(filter(None, map(clean_text, fields.get(name, [])[:20])))
        if credited:
            return clean_text(", ".join(credited))
    return ""


def _mbids(fields: Fields, name: str) -> tuple[str, ...]:
    """Each id once, in order; taggers that know one value only put several into it with "/" or ";"."""
    parts = (part for value in fields.get(name, ())[:20] for part in SEPARATORS.split(value))
    return tuple(dict.fromkeys(filter(None, map(parse_mbid, parts))))


def _number_in(bounds: tuple[float, float], raw: str) -> float | None:
    number = parse_float(raw)
    return number if number is not None and bounds[0] <= number <= bounds[1] else None
