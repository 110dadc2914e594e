import re
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """A file that is not taken; `str()` is one or two plain sentences for the person who sent it."""


COVER_SIZES = (96, 320, 640)  # pixels a side: a row, a card, the player
RELEASE_TYPES = (
    "album",
    "ep",
    "single",
    "compilation",
    "live",
    "soundtrack",
    "remix",
    "mixtape",
    "broadcast",
    "other",
)
TIMED_LINE = re.compile(r"^\[\d{1,3}:[0-5]\d(?:[.:]\d{1,3})?\]", re.MULTILINE | re.ASCII)
MAX_COVER_BYTES = 16 << 20
CONTENT_TYPES = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}


@dataclass(frozen=True)
class Tags:
    """What the file says about itself, cleaned; "" or None where it says nothing usable.

    `artist` is the credit as one line ("A One, B Two", or "A feat. B" where the tag says so), `artists` each of its
    artists in the file's order. `year` is this release's, `original_year` the work's first. `release_type` is one of
    RELEASE_TYPES or "". `lyrics` are plain lines, or LRC where they are timed.
    """

    title: str
    artist: str = ""
    artists: tuple[str, ...] = ()
    album_artist: str = ""
    album_artists: tuple[str, ...] = ()
    album: str = ""
    genres: tuple[str, ...] = ()
    year: int | None = None
    original_year: int | None = None
    track_number: int | None = None
    disc_number: int | None = None
    disc_subtitle: str = ""
    artist_sort: str = ""
    album_artist_sort: str = ""
    album_sort: str = ""
    title_sort: str = ""
    is_compilation: bool = False
    release_type: str = ""
    recording_mbid: str = ""
    release_mbid: str = ""
    release_group_mbid: str = ""
    artist_mbids: tuple[str, ...] = ()
    album_artist_mbids: tuple[str, ...] = ()
    isrc: str = ""
    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None
    lyrics: str = ""

    @property
    def artist_mbid(self) -> str:
        return next(iter(self.artist_mbids), "")

    @property
    def album_artist_mbid(self) -> str:
        return next(iter(self.album_artist_mbids), "")

    @property
    def is_synced(self) -> bool:
        """Whether the lyrics are LRC with at least one time stamp."""
        return TIMED_LINE.search(self.lyrics) is not None


def tags_from_json(values: dict[str, Any]) -> Tags:
    """`vars(tags)` after its way through JSON, which knows no tuples."""
    tuples = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Tags(**values | tuples)


MOST_BARS = 300


@dataclass(frozen=True)
class Loudness:
    """How loud the whole recording is, and along its time.

    `lufs` is the integrated loudness of EBU R128, None where all of it is too short or too quiet to have one;
    `peak` the highest sample, 1.0 for full scale. `bars` are at most MOST_BARS amplitudes of equal parts of it, 255 for
    the loudest.
    """

    lufs: float | None
    peak: float
    bars: tuple[int, ...] = ()


@dataclass(frozen=True)
class Timbre:
    """What a recording sounds like.

    `values`, always as many: means and deviations of 13 cepstral coefficients (dB), mean and deviation of the level
    (dBFS), mean onset strength (dB a frame). `tempo_bpm` is None where nothing repeats.
    """

    values: tuple[float, ...]
    tempo_bpm: float | None


@dataclass(frozen=True)
class AudioFacts:
    """What is true of the file: measured by decoding it, never copied from a header.

    `sha256` is of the whole file, `audio_sha256` of the sound alone: a retagged copy keeps the second.
    `cover` is the embedded picture as found and unchecked. The sandbox keeps it to itself and answers `covers`
    instead: the same picture as `audio.artwork.render_cover` makes it, empty where there is none that can be read.
    `cover_id` is the SHA-256 of the picture as found, "" without one. In bulk a picture is rendered once a child:
    the later tracks of an album carry its `cover_id` and no `covers`.
    `loudness_lufs` and `true_peak` (1.0 is full scale) are None where they were not measured, and `bars` empty.
    """

    format: str
    size_bytes: int
    duration_ms: int
    bitrate_kbps: int
    sample_rate_hz: int
    channels: int
    sha256: str
    audio_sha256: str
    tags: Tags
    cover: bytes | None
    loudness_lufs: float | None = None
    true_peak: float | None = None
    bars: tuple[int, ...] = ()
    cover_id: str = ""
    covers: dict[int, bytes] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.format]
