"""Real small files to inspect: built here, or taken from the demo library."""

import csv
import math
import struct
import zlib
from io import BytesIO
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
RATE_HZ = 48_000


def demo_rows() -> list[dict[str, str]]:
    return list(csv.DictReader((DEMO / "manifest.csv").open(encoding="utf-8")))


def demo_file(format: str) -> Path:
    return DEMO / next(row["file"] for row in demo_rows() if row["format"] == format)


def tone(path: Path, codec: str, seconds: float = 1.0, container: str | None = None) -> Path:
    """A quiet 440 Hz tone, mono, through the real encoder."""
    samples = [round(3000 * math.sin(2 * math.pi * 440 * n / RATE_HZ)) for n in range(int(seconds * RATE_HZ))]
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=RATE_HZ, layout="mono")
        resampler = av.AudioResampler(stream.format, stream.layout, stream.rate, stream.codec_context.frame_size or 960)
        frame = av.AudioFrame("s16", "mono", len(samples))
        frame.planes[0].update(struct.pack(f"<{len(samples)}h", *samples).ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate = RATE_HZ
        for part in [*resampler.resample(frame), *resampler.resample(None), None]:
            output.mux(stream.encode(part))
    return path


def mp3(path: Path, seconds: float = 1.0) -> Path:
    return tone(path, "libmp3lame", seconds, "mp3")


def wav(path: Path, seconds: float = 1.0, codec: str = "pcm_s16le") -> Path:
    return tone(path, codec, seconds, "wav")


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def with_chunks(path: Path, *chunks: bytes) -> Path:
    """A WAVE with more chunks behind its own."""
    content = path.read_bytes()[8:] + b"".join(chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)
    return path


def zlib_bomb(unpacked_bytes: int) -> bytes:
    """An ID3v2.3 tag of one compressed title that unpacks to `unpacked_bytes`."""
    packer, packed = zlib.compressobj(9), BytesIO()
    packed.write(packer.compress(b"\0"))
    for _ in range(unpacked_bytes >> 20):
        packed.write(packer.compress(b"A" * (1 << 20)))
    packed.write(packer.flush())
    content = struct.pack(">I", unpacked_bytes + 1) + packed.getvalue()
    frame = b"TIT2" + struct.pack(">I", len(content)) + b"\x00\x80" + content
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frame
