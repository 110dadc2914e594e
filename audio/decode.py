import hashlib
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.error import FFmpegError

from audio.facts import Refused

MAX_SECONDS = 6 * 60 * 60
SECONDS_FOR_ANY_SIZE = 600
LEAST_BYTES_PER_SECOND = 125  # 1 kbit/s: an eighth of the thinnest MP3
SAMPLE_RATES_HZ = range(1_000, 384_001)
CHANNELS = range(1, 9)
TOLERATED_FAILURES = 1 / 4
CODECS = {
    "mp3": {"mp3", "mp3float"},
    "ogg": {"vorbis", "opus", "libopus"},
    "wav": {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"},
}
ONLY_OURS = {"format_whitelist": ",".join(CODECS), "codec_whitelist": ",".join(sorted(set().union(*CODECS.values())))}
AGAIN = "Export it again as MP3, OGG or WAV."
NOT_INSIDE = {
    "mp3": f"This is not an MP3 file inside, although its name says so. {AGAIN}",
    "ogg": f"This is not an OGG file inside, although its name says so, or it is cut short. {AGAIN}",
    "wav": f"This is not a WAV file inside, although its name says so, or it is cut short. {AGAIN}",
}
TOO_LONG = (
    "This file plays for longer than 6 hours, or for longer than its size can hold. Split it into shorter tracks."
)


@dataclass
class Sound:
    codec: str
    sample_rate_hz: int
    channels: int
    seconds: float = 0.0
    size_bytes: int = 0
    packets: int = 0
    failures: int = 0
    sha256: str = ""

    def check(self, label: str) -> None:
        if self.sample_rate_hz not in SAMPLE_RATES_HZ or self.channels not in CHANNELS:
            raise Refused(f"This {label} file has a sample rate or a number of channels no player can use. {AGAIN}")
        if self.seconds < 0.001:
            raise Refused(f"This {label} file holds no sound that can be played. {AGAIN}")
        if self.failures > self.packets * TOLERATED_FAILURES:
            raise Refused(f"Too much of this {label} file is damaged to be played. {AGAIN}")


class Nameless:
    """A file without its name: the decoder must judge the content, and an extension would sway it."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


def decode(file: BinaryIO, format: str, size_bytes: int) -> Sound:
    """Decode all of it, a frame in memory at a time, and say what was heard.

    Raises Refused where that is not the format's own kind of sound, is broken, or is longer than 6 hours.
    """
    file.seek(0)
    try:
        with av.open(Nameless(file), "r", container_options=ONLY_OURS, metadata_errors="replace") as container:
            sound = _listen(container, format, size_bytes)
    except (FFmpegError, ValueError, AttributeError, EOFError) as error:
        raise Refused(NOT_INSIDE[format]) from error
    sound.check(format.upper())
    return sound


def _listen(container: av.container.InputContainer, format: str, size_bytes: int) -> Sound:
    if not container.streams.audio:
        raise Refused(NOT_INSIDE[format])
    stream = container.streams.audio[0]
    codec = stream.codec_context.name
    if container.format.name != format or codec not in CODECS[format] or _has_video(container):
        raise Refused(f"This {format.upper()} file holds a kind of sound or picture that browsers do not play. {AGAIN}")
    sound = Sound(codec.removeprefix("lib"), stream.codec_context.sample_rate, stream.codec_context.channels)
    _hear(container, stream, sound, min(MAX_SECONDS, SECONDS_FOR_ANY_SIZE + size_bytes / LEAST_BYTES_PER_SECOND))
    return sound


def _has_video(container: av.container.InputContainer) -> bool:
    return any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video)


def _hear(container: av.container.InputContainer, stream: av.AudioStream, sound: Sound, most_seconds: float) -> None:
    """Fill in `sound`; its hash covers the packets, so tags and covers do not change it."""
    heard = hashlib.sha256(f"{sound.codec} {sound.sample_rate_hz} {sound.channels}".encode())
    for packet in container.demux(stream):
        heard.update(packet)
        sound.packets += 1
        sound.size_bytes += packet.size
        try:
            sound.seconds += sum(frame.samples / frame.sample_rate for frame in packet.decode())
        except (FFmpegError, ZeroDivisionError):
            sound.failures += 1
        if sound.seconds > most_seconds:
            raise Refused(TOO_LONG)
    sound.sha256 = heard.hexdigest()
