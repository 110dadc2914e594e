from contextlib import suppress
from typing import Any, BinaryIO

from mutagen import MutagenError
from mutagen.id3 import ID3, Frames, Frames_2_2

from audio.lyrics import lrc_from
from audio.text import repair_mojibake

# Other frames stay unread: less to go wrong, and a compressed one is never unpacked.
NAMES_READ = """
TIT2 TPE1 TPE2 TALB TCON TDRC TDOR TYER TORY TRCK TPOS TSST TSOP TSO2 TSOA TSOT TCMP TSRC TXXX UFID RVA2 USLT SYLT APIC
TT2 TP1 TP2 TAL TCO TYE TOR TRK TPA TSP TS2 TSA TST TCP TRC TXX UFI ULT SLT PIC"""
FRAMES_READ = {name: frame for name, frame in (Frames | Frames_2_2).items() if name in NAMES_READ.split()}
FIELDS = {
    "TIT2": "title",
    "TPE1": "artist",
    "TPE2": "albumartist",
    "TALB": "album",
    "TCON": "genre",
    "TDRC": "date",
    "TDOR": "originaldate",
    "TRCK": "tracknumber",
    "TPOS": "discnumber",
    "TSST": "discsubtitle",
    "TSOP": "artistsort",
    "TSO2": "albumartistsort",
    "TSOA": "albumsort",
    "TSOT": "titlesort",
    "TCMP": "compilation",
    "TSRC": "isrc",
}
DESCRIBED = {
    "musicbrainz album id": "musicbrainz_albumid",
    "musicbrainz artist id": "musicbrainz_artistid",
    "musicbrainz album artist id": "musicbrainz_albumartistid",
    "musicbrainz release group id": "musicbrainz_releasegroupid",
    "musicbrainz album type": "releasetype",
}
MILLISECONDS = 2
KINDS_OF_WORDS = (0, 1)  # "other" and lyrics; the rest are chords, events and the like
LATIN_1 = 0
FRONT_COVER = 3


def read_id3(file: BinaryIO) -> tuple[dict[str, list[str]], list[tuple[bool, bytes]]]:
    """ID3v2.2, 2.3, 2.4 and v1 as Vorbis-like fields, with the pictures as (is front cover, bytes).

    A tag that cannot be read is no tag: whether the sound is good is not asked here.
    """
    with suppress(MutagenError, ValueError, KeyError, IndexError, OverflowError):
        file.seek(0)
        frames = ID3(file, known_frames=FRAMES_READ)
        return _fields(frames), _pictures(frames)
    return {}, []


def _fields(frames: ID3) -> dict[str, list[str]]:
    fields = {name: _texts(frames[key]) for key, name in FIELDS.items() if key in frames}
    for frame in frames.getall("TXXX"):
        name = frame.desc.strip().lower()
        fields.setdefault(DESCRIBED.get(name, name), _texts(frame))
    for frame in frames.getall("UFID"):
        if frame.owner.endswith("musicbrainz.org"):
            fields["musicbrainz_trackid"] = [frame.data.decode("ascii", "replace")]
    return _volumes(frames) | _lyrics(frames) | fields


def _texts(frame: Any) -> list[str]:
    texts = [str(text) for text in frame.text]
    return [repair_mojibake(text) for text in texts] if frame.encoding == LATIN_1 else texts


def _lyrics(frames: ID3) -> dict[str, list[str]]:
    timed = [frame for frame in frames.getall("SYLT") if frame.format == MILLISECONDS and frame.type in KINDS_OF_WORDS]
    plain = [frame.text for frame in frames.getall("USLT")]
    return {"syncedlyrics": [lrc_from(frame.text) for frame in timed], "unsyncedlyrics": plain}


def _volumes(frames: ID3) -> dict[str, list[str]]:
    volumes = {}
    for frame in frames.getall("RVA2"):
        if frame.desc.lower() in ("track", "album"):
            volumes[f"replaygain_{frame.desc.lower()}_gain"] = [str(frame.gain)]
            volumes[f"replaygain_{frame.desc.lower()}_peak"] = [str(frame.peak)]
    return volumes


def _pictures(frames: ID3) -> list[tuple[bool, bytes]]:
    """Embedded pictures only: a link to one ("-->") is never followed."""
    return [(frame.type == FRONT_COVER, frame.data) for frame in frames.getall("APIC") if frame.mime != "-->"]
