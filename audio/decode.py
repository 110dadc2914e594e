import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
from av.error import FFmpegError

from audio.facts import Loudness, Refused
from audio.meter import Meter
from audio.words import gettext_noop

MAX_SECONDS = 6 * 60 * 60
SECONDS_FOR_ANY_SIZE = 600
LEAST_BYTES_PER_SECOND = 125  # 1 kbit/s: an eighth of the thinnest MP3
SAMPLE_RATES_HZ = range(1_000, 384_001)
CHANNELS = range(1, 9)
# In bulk so much is decoded: a fifth of a second of each sixteen.
DECODED_SECONDS = 0.2
OF_EACH_SECONDS = 16
TOLERATED_FAILURES = 1 / 4
TOLERATED_DRIFT = 1 / 10
CODECS = {
    "mp3": {"mp3", "mp3float"},
    "ogg": {"vorbis", "opus", "libopus"},
    "wav": {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"},
}
ONLY_OURS = {"format_whitelist": ",".join(CODECS), "codec_whitelist": ",".join(sorted(set().union(*CODECS.values())))}
AT_A_GLANCE = ONLY_OURS | {"analyzeduration": "1", "probesize": "4096"}
ID3_HEADER_BYTES = 10
SYNC_AND_LAYER, LAYER_3 = 0xE6, 0xE2  # of the second byte of an MPEG frame
NOT_INSIDE = {
    "mp3": gettext_noop(
        "This is not an MP3 file inside, although its name says so. Export it again as MP3, OGG or WAV."
    ),
    "ogg": gettext_noop(
        "This is not an OGG file inside, although its name says so, or it is cut short. "
        "Export it again as MP3, OGG or WAV."
    ),
    "wav": gettext_noop(
        "This is not a WAV file inside, although its name says so, or it is cut short. "
        "Export it again as MP3, OGG or WAV."
    ),
}
TOO_LONG = gettext_noop(
    "This file plays for longer than 6 hours, or for longer than its size can hold. Split it into shorter tracks."
)
ODD = gettext_noop(
    "This file has a sample rate or a number of channels no player can use. Export it again as MP3, OGG or WAV."
)
SILENT = gettext_noop("This file holds no sound that can be played. Export it again as MP3, OGG or WAV.")
DAMAGED = gettext_noop("Too much of this file is damaged to be played. Export it again as MP3, OGG or WAV.")
FOREIGN = gettext_noop(
    "This file holds a kind of sound or picture that browsers do not play. Export it again as MP3, OGG or WAV."
)


@dataclass
class Sound:
    codec: str
    sample_rate_hz: int
    channels: int
    seconds: float = 0.0
    size_bytes: int = 0
    decoded_packets: int = 0
    failures: int = 0
    sha256: str = ""
    loudness: Loudness | None = None

    def check(self) -> None:
        if self.sample_rate_hz not in SAMPLE_RATES_HZ or self.channels not in CHANNELS:
            raise Refused(ODD)
        if self.seconds < 0.001:
            raise Refused(SILENT)
        if self.failures > self.decoded_packets * TOLERATED_FAILURES:
            raise Refused(DAMAGED)


class Nameless:
    """A file without its name: the decoder must judge the content, and an extension would sway it."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


def decode(file: BinaryIO, format: str, size_bytes: int, *, bulk: bool = False) -> Sound:
    """Decode all of it, a frame in memory at a time, and say what was heard and how loud it is.

    In bulk only a fifth of a second of each 16 is decoded, the packets between are counted, and the loudness stays
    unknown; a file that is not found good that way is decoded whole before it is judged. The hash is the same either
    way.
    Raises Refused where that is not the format's own kind of sound, is broken, or is longer than 6 hours.
    """
    if bulk:
        with suppress(Refused):
            return _decode(file, format, size_bytes, None)
    return _decode(file, format, size_bytes, Meter())


def measure(file: BinaryIO, size_bytes: int) -> Loudness | None:
    """How loud a recording is that was inspected before; None where there is nothing to be heard."""
    meter = Meter()
    with suppress(FFmpegError, ValueError, AttributeError, EOFError, Refused), opened(file) as container:
        _hear(container, container.streams.audio[0], Sound("", 0, 0), _most_seconds(size_bytes), meter)
    return meter.reading()


@contextmanager
def opened(
    file: BinaryIO, options: dict[str, str] = ONLY_OURS, known_format: str | None = None
) -> Iterator[av.container.InputContainer]:
    file.seek(0)
    opened = av.open(Nameless(file), "r", known_format, container_options=options, metadata_errors="replace")
    with opened as container:
        yield container


def _opened_at_a_glance(file: BinaryIO, format: str) -> AbstractContextManager[av.container.InputContainer]:
    """FFmpeg asks each of its formats whether a file is theirs, which takes as long as to open it: not if we know."""
    return opened(file, AT_A_GLANCE, format if _begins_as(file, format) else None)


def _begins_as(file: BinaryIO, format: str) -> bool:
    file.seek(0)
    head = file.read(ID3_HEADER_BYTES)
    if format != "mp3":
        return head.startswith({"ogg": b"OggS", "wav": b"RIFF"}[format])
    if head.startswith(b"ID3"):
        file.seek(ID3_HEADER_BYTES + _syncsafe(head[6:]))
        head = file.read(2)
    return len(head) > 1 and head[0] == 0xFF and head[1] & SYNC_AND_LAYER == LAYER_3


def _syncsafe(digits: bytes) -> int:
    """ID3's numbers: seven bits a byte."""
    return sum((digit & 0x7F) << 7 * place for place, digit in enumerate(reversed(digits)))


def _decode(file: BinaryIO, format: str, size_bytes: int, meter: Meter | None) -> Sound:
    try:
        with opened(file) if meter else _opened_at_a_glance(file, format) as container:
            sound = _listen(container, format, size_bytes, meter)
    except (FFmpegError, ValueError, AttributeError, EOFError) as error:
        raise Refused(NOT_INSIDE[format]) from error
    sound.check()
    return sound


def _listen(container: av.container.InputContainer, format: str, size_bytes: int, meter: Meter | None) -> Sound:
    if not container.streams.audio:
        raise Refused(NOT_INSIDE[format])
    stream = container.streams.audio[0]
    codec = stream.codec_context.name
    if container.format.name != format or codec not in CODECS[format] or _has_video(container):
        raise Refused(FOREIGN)
    sound = Sound(codec.removeprefix("lib"), stream.codec_context.sample_rate, stream.codec_context.channels)
    if meter:
        _hear(container, stream, sound, _most_seconds(size_bytes), meter)
        sound.loudness = meter.reading()
    else:
        _sample(container, stream, sound, _most_seconds(size_bytes))
    return sound


def _most_seconds(size_bytes: int) -> float:
    return min(MAX_SECONDS, SECONDS_FOR_ANY_SIZE + size_bytes / LEAST_BYTES_PER_SECOND)


def _has_video(container: av.container.InputContainer) -> bool:
    return any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video)


def _hear(
    container: av.container.InputContainer, stream: av.AudioStream, sound: Sound, most_seconds: float, meter: Meter
) -> None:
    """Fill in `sound` from all of it; its hash covers the packets, so tags and covers do not change it."""
    heard = _hash_of(sound)
    for packet in container.demux(stream):
        heard.update(packet)
        sound.size_bytes += packet.size
        sound.seconds += _decoded_seconds(stream, packet, sound, meter)
        if sound.seconds > most_seconds:
            raise Refused(TOO_LONG)
    sound.sha256 = heard.hexdigest()


def _sample(container: av.container.InputContainer, stream: av.AudioStream, sound: Sound, most_seconds: float) -> None:
    """Like _hear, but only samples are decoded, and what does not say how long it lasts.

    A loop over every packet of a library: what is looked up in it is looked up millions of times.
    """
    heard = _hash_of(sound)
    update, tick, is_vorbis = heard.update, float(stream.time_base or 0), sound.codec == "vorbis"
    seconds, size_bytes, stamped = 0.0, 0, 0
    for packet in container.demux(stream):
        update(packet)
        size_bytes += packet.size
        duration = packet.duration
        if not duration or seconds % OF_EACH_SECONDS < DECODED_SECONDS:
            seconds += _decoded_seconds(stream, packet, sound)
        else:
            seconds += duration * tick
        if is_vorbis:
            stamped = max(stamped, (packet.pts or 0) + (duration or 0))
        if seconds > most_seconds:
            raise Refused(TOO_LONG)
    sound.sha256, sound.size_bytes = heard.hexdigest(), size_bytes
    sound.seconds = _agreed(seconds, (stamped - max(0, stream.start_time or 0)) * tick) if is_vorbis else seconds


def _hash_of(sound: Sound) -> Any:
    return hashlib.sha256(f"{sound.codec} {sound.sample_rate_hz} {sound.channels}".encode())


def _agreed(counted_seconds: float, stamped_seconds: float) -> float:
    """FFmpeg takes some Vorbis blocks for shorter than they are, but knows where the last one ends.

    That is believed only where it comes near the sum of the blocks: a time stamp can be any number.
    """
    is_near = abs(stamped_seconds - counted_seconds) < counted_seconds * TOLERATED_DRIFT
    return stamped_seconds if is_near else counted_seconds


def _decoded_seconds(stream: av.AudioStream, packet: av.Packet, sound: Sound, meter: Meter | None = None) -> float:
    sound.decoded_packets += 1
    seconds = 0.0
    try:
        for frame in stream.decode(packet):
            seconds += frame.samples / frame.sample_rate
            if meter:
                meter.hear(frame)
    except (FFmpegError, ZeroDivisionError):
        sound.failures += 1
    return seconds
