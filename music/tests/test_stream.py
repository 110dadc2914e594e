from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from conftest import MP3, OGG, WAV, bring_in
from music.models import Track
from music.streaming import Unsatisfiable, file_name, parse_range

BYTES = MP3.read_bytes()
SIZE = len(BYTES)


@pytest.fixture
def track(as_alice: Client) -> Track:
    return bring_in(as_alice, MP3)[0]


def get(client: Client, track: Track, **headers: str) -> Any:
    return client.get(
        f"/stream/{track.pk}/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_whole_file_without_a_range(as_alice: Client, track: Track) -> None:
    response = get(as_alice, track)
    assert response.status_code == 200
    assert body(response) == BYTES
    assert response["Content-Type"] == "audio/mpeg"
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{track.sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=1000-1999", 1000, 1999),
        (f"bytes={SIZE - 10}-", SIZE - 10, SIZE - 1),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=5-{SIZE * 2}", 5, SIZE - 1),
        ("bytes=0-0", 0, 0),
    ],
)
def test_a_range_gets_just_its_bytes(as_alice: Client, track: Track, asked: str, first: int, last: int) -> None:
    response = get(as_alice, track, range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == BYTES[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_range_outside_the_file_is_416(as_alice: Client, track: Track, asked: str) -> None:
    response = get(as_alice, track, range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=9-2",
        "bytes=a-b",
        "lines=1-2",
        "bytes=0-1,5-6",
        "bytes=-",
        "nonsense",
        "bytes=²-³",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_a_range_that_makes_no_sense_is_ignored(as_alice: Client, track: Track, asked: str) -> None:
    assert get(as_alice, track, range=asked).status_code == 200


def test_if_range_with_the_right_etag_gets_the_part_and_with_another_everything(as_alice: Client, track: Track) -> None:
    assert get(as_alice, track, range="bytes=0-9", if_range=f'"{track.sha256}"').status_code == 206
    assert get(as_alice, track, range="bytes=0-9", if_range='"another"').status_code == 200
    assert get(as_alice, track, range="bytes=0-9", if_range=f'W/"{track.sha256}"').status_code == 200
    assert get(as_alice, track, range="bytes=0-9", if_range="Wed, 21 Oct 2015 07:28:00 GMT").status_code == 200


def test_a_known_etag_is_304(as_alice: Client, track: Track) -> None:
    response = get(as_alice, track, if_none_match=f'"{track.sha256}"')
    assert response.status_code == 304
    assert response.content == b""


def test_head_has_the_headers_and_no_body(as_alice: Client, track: Track) -> None:
    response = as_alice.head(f"/stream/{track.pk}/")
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert response.content == b""


@pytest.mark.parametrize(("file", "content_type"), [(OGG, "audio/ogg"), (WAV, "audio/wav")])
def test_the_content_type_is_that_of_the_parsed_class(as_alice: Client, file: Path, content_type: str) -> None:
    [track] = bring_in(as_alice, file)
    assert get(as_alice, track)["Content-Type"] == content_type


def test_a_draft_and_what_lies_in_the_trash_are_heard_by_their_uploader_alone(
    as_alice: Client, as_bob: Client, track: Track
) -> None:
    for state in ("review", "trashed"):
        Track.objects.update(state=state)
        assert get(as_alice, track).status_code == 200
        assert get(as_bob, track).status_code == 404


def test_strangers_get_401_and_others_404(client: Client, as_bob: Client, track: Track) -> None:
    assert get(as_bob, track).status_code == 200
    Track.objects.update(visibility="private")
    assert get(as_bob, track).status_code == 404
    assert get(client, track).status_code == 401
    assert get(as_bob, Track(pk=99999)).status_code == 404


def test_what_no_id_can_be_is_404(as_alice: Client) -> None:
    assert as_alice.get(f"/stream/{2**63}/").status_code == 404


def test_a_player_costs_two_queries(as_alice: Client, track: Track, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # whose session it is, the track
        assert get(as_alice, track, range="bytes=0-99").status_code == 206


def test_with_nginx_in_front_only_the_address_is_sent(as_alice: Client, track: Track, settings: Any) -> None:
    settings.X_ACCEL_REDIRECT_PREFIX = "/protected/"
    response = get(as_alice, track)
    assert response["X-Accel-Redirect"] == f"/protected/{track.file.name}"
    assert response["Content-Type"] == "audio/mpeg"
    assert response.content == b""


def test_a_file_gone_from_the_disk_is_404(as_alice: Client, track: Track) -> None:
    Path(track.file.path).unlink()
    assert get(as_alice, track).status_code == 404


def test_the_media_folder_is_never_served(as_alice: Client, track: Track) -> None:
    assert as_alice.get(f"/media/{track.file.name}").status_code == 404
    assert as_alice.get(f"/{track.file.name}").status_code == 404


def test_posting_to_a_stream_is_405(as_alice: Client, track: Track) -> None:
    assert as_alice.post(f"/stream/{track.pk}/").status_code == 405


def test_an_empty_file_has_no_last_bytes() -> None:
    with pytest.raises(Unsatisfiable):
        parse_range("bytes=-5", 0)


def test_a_file_that_changed_on_the_disk_is_sent_as_it_is_now(as_alice: Client, track: Track) -> None:
    known = get(as_alice, track)["ETag"]
    with Path(track.file.path).open("ab") as file:
        file.write(b"more")
    whole = get(as_alice, track)
    assert body(whole) == BYTES + b"more"
    assert whole["Content-Length"] == str(SIZE + 4)
    assert whole["ETag"] != known
    end = get(as_alice, track, range=f"bytes={SIZE}-")
    assert (end.status_code, end["Content-Range"], body(end)) == (206, f"bytes {SIZE}-{SIZE + 3}/{SIZE + 4}", b"more")
    assert get(as_alice, track, range="bytes=0-9", if_range=known).status_code == 200
    assert get(as_alice, track, if_none_match=known).status_code == 200


def test_a_file_that_shrank_on_the_disk_breaks_no_answer(as_alice: Client, track: Track) -> None:
    Path(track.file.path).write_bytes(BYTES[:1000])
    assert get(as_alice, track, range="bytes=1000-").status_code == 416
    part = get(as_alice, track, range="bytes=900-5000")
    assert (part["Content-Range"], body(part)) == ("bytes 900-999/1000", BYTES[900:1000])
    Path(track.file.path).write_bytes(b"")
    assert body(get(as_alice, track)) == b""


def test_a_download_is_the_original_file_under_the_names_of_the_track(
    as_alice: Client, as_bob: Client, client: Client, track: Track
) -> None:
    track.title = "Köln / “Part 1”: ..\\x\r\n\u202egpj.exe"
    track.save()
    address = f"/stream/{track.pk}/?download"
    answer = as_alice.get(address)
    assert body(answer) == BYTES
    name = f"{track.artist.name} - Köln “Part 1” .. x gpj.exe.mp3"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    Track.objects.filter(pk=track.pk).update(visibility="private")
    assert as_bob.get(address).status_code == 404
    assert client.get(address).status_code == 401


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("...", "track.ogg"),
        ("../../etc/passwd", "etc passwd.ogg"),
        ("ä" * 200, "ä" * 90 + ".ogg"),
        ("a\tb\x00", "a b.ogg"),
    ],
)
def test_a_file_name_is_one_on_any_disk(name: str, expected: str) -> None:
    assert file_name(name, ".ogg") == expected
