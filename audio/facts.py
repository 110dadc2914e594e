from dataclasses import dataclass, field


class Refused(Exception):
    """A file that is not taken; `str()` is one or two plain sentences for the person who sent it."""


COVER_SIZES = (96, 320, 640)  # pixels a side: a row, a card, the player
CONTENT_TYPES = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}


@dataclass(frozen=True)
class Tags:
    """What the file says about itself, cleaned; "" or None where it says nothing usable."""

    title: str
    artist: str = ""
    album_artist: str = ""
    album: str = ""
    genres: tuple[str, ...] = ()
    year: int | None = None
    track_number: int | None = None
    disc_number: int | None = None
    recording_mbid: str = ""
    release_mbid: str = ""
    artist_mbid: str = ""
    album_artist_mbid: str = ""
    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None


@dataclass(frozen=True)
class AudioFacts:
    """What is true of the file: measured by decoding it, never copied from a header.

    `sha256` is of the whole file, `audio_sha256` of the sound alone: a retagged copy keeps the second.
    `cover` is the embedded picture as found and unchecked. The sandbox keeps it to itself and answers `covers`
    instead: the same picture as `audio.artwork.render_cover` makes it, empty where there is none that can be read.
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
    covers: dict[int, bytes] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.format]
