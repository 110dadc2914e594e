"""Over a bad line: the real server, a client that sends the whole file in one go, and a line that is cut."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tusclient.uploader import Uploader

from tests.e2e.conftest import Server, running
from uploads.tests.cutting_proxy import Cuts, cutting_proxy
from uploads.tests.real_server import Visitor, asked, media, noise, sha256, wait_for

CUTS = 20


class Resuming(Uploader):
    """Remembers where it went on from."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.resumed_at: list[int] = []
        super().__init__(*args, **options)

    def get_offset(self) -> int:
        self.resumed_at.append(super().get_offset())
        return self.resumed_at[-1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("cut")) as server:
        yield server


@pytest.fixture(scope="module")
def alice(server: Server) -> Visitor:
    return Visitor(server)


def arrived(server: Server, name: str) -> str:
    """The SHA-256 of what became of the upload of that name."""
    question = f"""
        SELECT track.file FROM uploads_upload upload JOIN music_track track ON track.id = upload.track_id
        WHERE upload.filename = '{name}'
    """
    [(file,)] = wait_for(lambda: asked(server, question))
    return sha256((server.folder / "media" / file).read_bytes())


def test_twenty_cuts_lose_nothing_that_had_arrived(server: Server, alice: Visitor, tmp_path: Path) -> None:
    file = noise(tmp_path / "cut.wav", 45)
    size = file.stat().st_size
    random = Random(20)
    cuts = Cuts([random.randint(20_000, size // 30) for _ in range(CUTS)])
    with cutting_proxy(server.port, cuts) as port:
        client = alice.tus(port)
        options = {"metadata": {"filename": "cut.wav"}, "retries": 3 * CUTS, "retry_delay": 0.3}
        uploader = Resuming(str(file), client=client, **options)
        uploader.upload()
    assert cuts.left == []
    went_on = list(dict.fromkeys(uploader.resumed_at))
    assert len(went_on) >= CUTS and went_on == sorted(went_on) and went_on[0] > 0
    assert arrived(server, "cut.wav") == sha256(file.read_bytes())
    assert media(server, "incoming") == []


def test_of_a_chunk_with_a_checksum_only_the_whole_is_kept(server: Server, alice: Visitor, tmp_path: Path) -> None:
    file = noise(tmp_path / "sum.wav", 8, seed=2)
    cuts = Cuts([300_000, 200_000])
    with cutting_proxy(server.port, cuts) as port:
        options = {"metadata": {"filename": "sum.wav"}, "retries": 9, "retry_delay": 0.3, "chunk_size": 500_000}
        uploader = Resuming(str(file), client=alice.tus(port), upload_checksum=True, **options)
        uploader.upload()
    assert uploader.resumed_at == [0, 0]
    assert arrived(server, "sum.wav") == sha256(file.read_bytes())


def test_a_stop_keeps_what_has_come_so_far(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        alice = Visitor(server)
        place = alice.begin(100_000).headers["Location"]
        with alice.server_socket() as line:
            line.sendall(alice.request("PATCH", place, bytes(60_000))[:-20_000])
            wait_for(lambda: alice.session.get(alice.at("/healthz/")).ok)
            server.stop()
        server.start()
        assert alice.offset(place) == 40_000


def test_tuspy_uploads_in_chunks(server: Server, alice: Visitor, tmp_path: Path) -> None:
    file = noise(tmp_path / "chunks.wav", 8, seed=3)
    uploader = alice.tus().uploader(str(file), chunk_size=400_000, metadata={"filename": "chunks.wav"})
    uploader.upload(stop_at=800_000)
    again = alice.tus().uploader(str(file), url=uploader.url, chunk_size=400_000, upload_checksum=True)
    assert again.offset == 800_000
    again.upload()
    assert arrived(server, "chunks.wav") == sha256(file.read_bytes())
