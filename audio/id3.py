import codecs
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from mutagen import MutagenError
from mutagen._util import decode_terminated
from mutagen.id3 import APIC, ID3, TXXX, UFID, USLT, Frames, Frames_2_2, ID3NoHeaderError, _specs

from audio.lyrics import lrc_from
from audio.tags import ALIASES, Fields
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
READ_INTO = {"TYER": "date", "TORY": "originaldate", **FIELDS}  # what ID3v2.4 says comes after what 2.3 said
DESCRIBED = {
    "musicbrainz album id": "musicbrainz_albumid",
    "musicbrainz artist id": "musicbrainz_artistid",
    "musicbrainz album artist id": "musicbrainz_albumartistid",
    "musicbrainz release group id": "musicbrainz_releasegroupid",
    "musicbrainz album type": "releasetype",
}
FRAME_IDS = {name: frame_id for frame_id, name in FIELDS.items()}
# As MusicBrainz Picard writes them; others are the field's name in capitals.
DESCRIPTIONS = {
    "musicbrainz_albumid": "MusicBrainz Album Id",
    "musicbrainz_artistid": "MusicBrainz Artist Id",
    "musicbrainz_albumartistid": "MusicBrainz Album Artist Id",
    "musicbrainz_releasegroupid": "MusicBrainz Release Group Id",
    "releasetype": "MusicBrainz Album Type",
}
MUSICBRAINZ = "http://musicbrainz.org"
MILLISECONDS = 2
KINDS_OF_WORDS = (0, 1)  # "other" and lyrics; the rest are chords, events and the like
LATIN_1, UTF_8 = 0, 3
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FRONT_COVER = 3
Kinds = dict[str, list[Any]]  # frames by their FrameID


def read_id3(file: BinaryIO) -> tuple[dict[str, list[str]], list[tuple[bool, bytes]]]:
    """ID3v2.2, 2.3, 2.4 and v1 as Vorbis-like fields, with the pictures as (is front cover, bytes).

    A tag that cannot be read is no tag: whether the sound is good is not asked here.
    """
    with suppress(MutagenError, ValueError, KeyError, IndexError, OverflowError):
        file.seek(0)
        frames = ID3(file, known_frames=FRAMES_READ, translate=False)
        kinds = _by_kind(frames)
        return _fields(kinds), _pictures(kinds)
    return {}, []


def _by_kind(frames: ID3) -> Kinds:
    kinds: Kinds = defaultdict(list)
    for frame in frames.values():
        kinds[frame.FrameID].append(frame)
    return kinds


def _fields(frames: Kinds) -> dict[str, list[str]]:
    fields = {name: _texts(frames[kind][0]) for kind, name in READ_INTO.items() if kind in frames}
    for frame in frames.get("TCON", ()):
        fields["genre"] = [_repaired(name, frame.encoding) for name in frame.genres]
    for frame in frames.get("TXXX", ()):
        name = frame.desc.strip().lower()
        fields.setdefault(DESCRIBED.get(name, name), _texts(frame))
    for frame in frames.get("UFID", ()):
        if frame.owner.endswith("musicbrainz.org"):
            fields["musicbrainz_trackid"] = [frame.data.decode("ascii", "replace")]
    return _volumes(frames) | _lyrics(frames) | fields


def _text_before_zero(data: bytes, encoding: str, strict: bool = True) -> tuple[str, bytes]:
    """mutagen's `decode_terminated`, which looks for the end of UTF-16 a byte at a time: half of reading a tag."""
    if encoding != "utf16" or data[:2] not in UTF_16_MARKS:
        return decode_terminated(data, encoding, strict)
    end = data.find(b"\0\0")
    while end > 0 and end % 2:
        end = data.find(b"\0\0", end + 1)
    if end > 0:
        return data[:end].decode(encoding), data[end + 2 :]
    if strict:
        raise ValueError("The text has no end.")
    return data.decode(encoding), b""


_specs.decode_terminated = _text_before_zero  # type: ignore[attr-defined]


def _texts(frame: Any) -> list[str]:
    return [_repaired(str(text), frame.encoding) for text in frame.text]


def _repaired(text: str, encoding: int) -> str:
    return repair_mojibake(text) if encoding == LATIN_1 else text


def _lyrics(frames: Kinds) -> dict[str, list[str]]:
    timed = [frame for frame in frames.get("SYLT", ()) if frame.format == MILLISECONDS and frame.type in KINDS_OF_WORDS]
    plain = [_repaired(frame.text, frame.encoding) for frame in frames.get("USLT", ())]
    return {"syncedlyrics": [lrc_from(frame.text) for frame in timed], "unsyncedlyrics": plain}


def _volumes(frames: Kinds) -> dict[str, list[str]]:
    volumes = {}
    for frame in frames.get("RVA2", ()):
        if frame.desc.lower() in ("track", "album"):
            volumes[f"replaygain_{frame.desc.lower()}_gain"] = [str(frame.gain)]
            volumes[f"replaygain_{frame.desc.lower()}_peak"] = [str(frame.peak)]
    return volumes


def _pictures(frames: Kinds) -> list[tuple[bool, bytes]]:
    """Embedded pictures only: a link to one ("-->") is never followed."""
    return [(frame.type == FRONT_COVER, frame.data) for frame in frames.get("APIC", ()) if frame.mime != "-->"]


def id3_of(path: Path) -> ID3:
    """The whole tag for writing, every frame of it; an empty one where the file has none."""
    try:
        return ID3(path)
    except ID3NoHeaderError:
        return ID3()


def change_id3(frames: ID3, changed: Fields, cover: tuple[str, bytes] | None) -> None:
    """Put the `changed` fields, and a new front cover as (media type, bytes), in place of the frames that say the same.

    All the others stay. An empty list leaves nothing in the field's place.
    """
    _carry_unknown_over(frames)
    replaced = {alias for name in changed for alias in (name, *ALIASES.get(name, ()))} | ({"cover"} if cover else set())
    for key in [key for key, frame in frames.items() if _said_by(frame) in replaced]:
        del frames[key]
    for name, values in changed.items():
        if values:
            frames.add(_frame(name, values))
    if cover:
        frames.add(APIC(encoding=UTF_8, mime=cover[0], type=FRONT_COVER, desc="", data=cover[1]))


def _said_by(frame: Any) -> str:
    """The field that a frame fills, "" for one that is not ours."""
    kind = frame.FrameID
    if kind == "TXXX":
        name = frame.desc.strip().lower()
        return DESCRIBED.get(name, name)
    if kind == "UFID":
        return "musicbrainz_trackid" if frame.owner.endswith("musicbrainz.org") else ""
    if kind == "RVA2":
        return f"replaygain_{frame.desc.lower()}_gain"
    if kind == "USLT" or (kind == "SYLT" and frame.type in KINDS_OF_WORDS):
        return "lyrics"
    if kind == "APIC":
        return "cover" if frame.type == FRONT_COVER else ""
    return FIELDS.get(kind, "")


def _frame(name: str, values: list[str]) -> Any:
    if name in FRAME_IDS:
        return Frames[FRAME_IDS[name]](encoding=UTF_8, text=values)
    if name == "musicbrainz_trackid":
        return UFID(owner=MUSICBRAINZ, data=values[0].encode())
    if name == "lyrics":
        return USLT(encoding=UTF_8, lang="und", desc="", text=values[0])
    return TXXX(encoding=UTF_8, desc=DESCRIPTIONS.get(name, name.upper()), text=values)


def _carry_unknown_over(frames: ID3) -> None:
    """What mutagen does not know it leaves out when ID3v2.3 becomes 2.4, though only the size reads differently."""
    if frames._unknown_v2_version == 3:
        unchanged = [raw for raw in frames.unknown_frames if raw[8:10] == b"\0\0"]
        frames.unknown_frames = [raw[:4] + _syncsafe(len(raw) - 10) + raw[8:] for raw in unchanged]
        frames._unknown_v2_version = 4


def _syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
