"""Pages travel small, sound as it is."""

import gzip
from typing import Any

from django.conf import settings
from django.test import Client

from music.tests.catalogue import add_track


def test_a_page_and_a_script_are_compressed_for_who_can_read_it(as_alice: Client, alice: Any) -> None:
    add_track(alice, "Nocturne")
    for path, whole in (("/tracks/", b"</html>"), ("/sw.js", b"const BUILD")):
        plain = as_alice.get(path)
        small = as_alice.get(path, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert "Content-Encoding" not in plain and small["Content-Encoding"] == "gzip"
        assert all("Accept-Encoding" in each["Vary"] for each in (plain, small))
        assert len(small.content) < len(plain.content) / 2 and int(small["Content-Length"]) == len(small.content)
        assert whole in gzip.decompress(small.content)


def test_of_sound_a_part_is_what_was_asked_for(as_alice: Client, alice: Any) -> None:
    sound = bytes(range(256)) * 8
    (settings.MEDIA_ROOT / "tracks").mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "tracks" / "sound.mp3").write_bytes(sound)
    track = add_track(alice, "Nocturne", file="tracks/sound.mp3", size_bytes=len(sound))
    part = as_alice.get(track.stream_url, headers={"Accept-Encoding": "gzip", "Range": "bytes=500-1499"})
    assert part.status_code == 206 and "Content-Encoding" not in part
    assert b"".join(part.streaming_content) == sound[500:1500]
