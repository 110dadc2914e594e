"""What a new file is taken for a copy of, and what must not be known of."""

from pathlib import Path

import pytest
from django.test import Client

from conftest import MP3, bring_in, check_uploads, send
from music.models import Track
from uploads.models import Upload
from uploads.tests.arriving import retagged, tone


def latest() -> Upload:
    return Upload.objects.select_related("twin", "track").latest("created_at")


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    return retagged(MP3, tmp_path, title="Another Name", artist="Somebody Else")


def test_the_same_sound_under_another_name_waits_for_a_decision(as_alice: Client, renamed: Path) -> None:
    [track] = bring_in(as_alice, MP3)
    assert bring_in(as_alice, renamed) == []
    assert (latest().state, latest().likeness, latest().twin) == ("review", "audio", track)


def test_the_same_sound_of_somebody_elses_public_track_is_noticed(
    as_alice: Client, as_bob: Client, renamed: Path
) -> None:
    [track] = bring_in(as_alice, MP3)
    bring_in(as_bob, renamed)
    assert latest().twin == track


def test_a_strangers_private_track_is_nobodys_twin(as_alice: Client, as_bob: Client, renamed: Path) -> None:
    bring_in(as_alice, MP3, visibility="private")
    [track] = bring_in(as_bob, renamed)
    assert track.title == "Another Name"


def test_a_strangers_draft_is_nobodys_twin(as_alice: Client, as_bob: Client, renamed: Path) -> None:
    send(as_alice, MP3)
    check_uploads()
    send(as_bob, renamed)
    check_uploads()
    assert latest().twin is None


def test_the_same_names_at_about_the_same_length_look_like_a_copy(as_alice: Client, tmp_path: Path) -> None:
    [track] = bring_in(as_alice, sound(tmp_path, "Café Blues.wav", seconds=10))
    bring_in(as_alice, sound(tmp_path, "cafe BLUES!.wav", seconds=11, level=99))
    assert (latest().likeness, latest().twin) == ("similar", track)


def test_another_length_is_another_recording(as_alice: Client, tmp_path: Path) -> None:
    bring_in(as_alice, sound(tmp_path, "Café Blues.wav", seconds=10))
    [track] = bring_in(as_alice, sound(tmp_path, "Cafe Blues.wav", seconds=14, level=99))
    assert track.title == "Cafe Blues"


@pytest.mark.parametrize("names", [("!!!", "???"), ("The Wall", "Wall II")])
def test_other_names_are_other_tracks(as_alice: Client, tmp_path: Path, names: tuple[str, str]) -> None:
    for level, name in enumerate(names, start=20):
        assert len(bring_in(as_alice, sound(tmp_path, f"{name}.wav", level=level))) == 1


def sound(folder: Path, name: str, seconds: float = 2, level: int = 16) -> Path:
    file = folder / name
    file.write_bytes(tone(seconds, level))
    return file


def test_what_lies_in_the_trash_is_said_to_lie_there(as_alice: Client) -> None:
    bring_in(as_alice, MP3)
    Track.objects.update(state="trashed")
    bring_in(as_alice, MP3)
    assert latest().state == "duplicate"
    assert "trash" in latest().reason


def test_what_waits_for_review_is_said_to_wait(as_alice: Client) -> None:
    send(as_alice, MP3)
    check_uploads()
    send(as_alice, MP3)
    check_uploads()
    assert latest().state == "duplicate"
    assert "review" in latest().reason


def test_a_track_whose_file_is_missing_can_have_this_one(as_alice: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    Track.objects.update(state="missing")
    bring_in(as_alice, MP3)
    assert (latest().state, latest().likeness, latest().twin) == ("review", "audio", track)
