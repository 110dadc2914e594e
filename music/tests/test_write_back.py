"""Corrections go into the files, where the operator wants it: whole, or not at all."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audio.facts import AudioFacts, Refused, Tags
from audio.sandbox import inspect_many, render_picture
from conftest import MP3, OGG, WAV, media_files
from music import writing
from music.cataloguing import NewTrack, add_tracks
from music.changes import TrackChanges
from music.editing import edit_tracks
from music.files import link_audio, store_audio, store_cover
from music.models import Track
from music.removal import trash
from music.tasks import write_tags_later
from music.tests.test_edit_forms import PNG
from music.writing import said_of, write_now


def read(path: Path) -> AudioFacts:
    [facts] = inspect_many([(path, path.name)])
    assert isinstance(facts, AudioFacts)
    return facts


def track_of(user: Any, source: Path, file: str) -> Track:
    facts = read(source)
    new = NewTrack(facts, user, file, source.name, cover=store_cover(facts.covers))
    return add_tracks([new])[0]


def path_of(track: Track) -> Path:
    return Path(Track.objects.get(pk=track.pk).file.path)


@pytest.fixture
def stored(alice: Any, settings: Any) -> Track:
    """A track whose file lies in the media folder."""
    return track_of(alice, OGG, store_audio(OGG, "ogg"))


@pytest.fixture
def linked(alice: Any, settings: Any, tmp_path: Path) -> tuple[Track, Path]:
    """A track whose file lies in a folder of the operator's."""
    original = tmp_path / "music" / "Corner Booth.mp3"
    original.parent.mkdir()
    original.write_bytes(MP3.read_bytes())
    original.chmod(0o664)
    return track_of(alice, original, link_audio(original, "mp3")), original


CORRECTED = TrackChanges(
    title="Another Title",
    artists=("Nadia Volt", "Mister Quill"),
    album="Neon",
    year=1999,
    track_number=7,
    genres=("Funk", "Soul"),
    lyrics="[00:01.00]La\n[00:02.00]la",
)


@pytest.mark.parametrize("source", [MP3, OGG, WAV], ids=lambda path: path.suffix)
def test_the_file_says_what_was_corrected_and_sounds_as_before(
    alice: Any, settings: Any, source: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stored = track_of(alice, source, store_audio(source, source.suffix[1:]))
    old, sound = path_of(stored), stored.audio_sha256
    edit_tracks([stored], CORRECTED)

    with django_capture_on_commit_callbacks(execute=True):
        write_now([stored.pk])

    track, facts = Track.objects.get(), read(path_of(stored))
    tags = facts.tags
    assert (tags.title, tags.artist, tags.artists) == (
        "Another Title", "Nadia Volt, Mister Quill", ("Nadia Volt", "Mister Quill")
    )  # fmt: skip
    assert (tags.album, tags.year, tags.track_number, tags.genres) == ("Neon", 1999, 7, ("Funk", "Soul"))
    assert tags.is_synced
    assert facts.audio_sha256 == track.audio_sha256 == sound
    assert (track.sha256, track.size_bytes, track.bitrate_kbps) == (facts.sha256, facts.size_bytes, facts.bitrate_kbps)
    assert not old.exists() and path_of(stored) != old
    assert len([path for path in media_files() if "tracks" in path.parts]) == 1


def test_what_the_file_says_in_other_words_is_left_alone(stored: Track) -> None:
    before = path_of(stored)
    write_now([stored.pk])
    assert path_of(stored) == before and len([path for path in media_files() if "tracks" in path.parts]) == 1


def test_a_new_picture_goes_into_the_file(stored: Track, tmp_path: Path) -> None:
    (tmp_path / "cover.png").write_bytes(PNG)
    picture = render_picture(tmp_path / "cover.png")
    assert not isinstance(picture, Refused)
    edit_tracks([stored], TrackChanges(cover=picture))
    write_now([stored.pk])
    written = path_of(stored)
    assert read(written).cover_id == hashlib.sha256(picture[640]).hexdigest()
    write_now([stored.pk])
    assert path_of(stored) == written


def test_a_file_in_the_operators_folder_keeps_its_place_owner_and_permissions(linked: tuple[Track, Path]) -> None:
    track, original = linked
    os.chown(original, 1234, 1234) if os.geteuid() == 0 else None
    before, sound = original.stat(), track.audio_sha256
    track.library_files.create(
        folder=track.uploader.library_folders.create(path="x"),
        path="y", size_bytes=before.st_size, mtime_ns=before.st_mtime_ns,
    )  # fmt: skip
    edit_tracks([track], CORRECTED)

    write_now([track.pk])

    after, facts = original.stat(), read(original)
    assert facts.tags.title == "Another Title" and facts.audio_sha256 == sound
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert path_of(track).is_symlink() and path_of(track).resolve() == original
    assert [path.name for path in original.parent.iterdir()] == ["Corner Booth.mp3"]
    known = track.library_files.get()
    assert (known.size_bytes, known.mtime_ns) == (after.st_size, after.st_mtime_ns)
    assert Track.objects.get().sha256 == facts.sha256


@pytest.mark.parametrize("step", ["_swap", "_to_disk", "_inspected"])
def test_a_failure_at_any_step_leaves_the_old_file_whole(
    stored: Track, linked: tuple[Track, Path], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    tracks = [stored, linked[0]]
    contents = {track.pk: path_of(track).read_bytes() for track in tracks}
    edit_tracks(tracks, TrackChanges(title="Another"))
    calls = []
    working = getattr(writing, step)

    def broken(*arguments: Any) -> Any:
        calls.append(step)
        if step == "_inspected" and len(calls) % 2:
            return working(*arguments)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, step, broken)
    write_now([track.pk for track in tracks])

    assert calls
    assert {track.pk: path_of(track).read_bytes() for track in tracks} == contents
    assert not [path for path in linked[1].parent.iterdir() if path != linked[1]]


def test_a_file_that_cannot_be_written_keeps_nobody_from_theirs(linked: tuple[Track, Path], stored: Track) -> None:
    edit_tracks([linked[0], stored], TrackChanges(title="Another"))
    linked[1].unlink()
    write_now([linked[0].pk, stored.pk])
    assert read(path_of(stored)).tags.title == "Another"


def test_a_track_that_was_edited_meanwhile_is_written_as_it_is_then(
    stored: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_tracks([stored], TrackChanges(title="First"))
    swap = writing._swap
    swaps = []

    def late(track: Track, place: Any, facts: Any) -> bool:
        if not swaps:
            edit_tracks([track], TrackChanges(title="Second"))
            Track.objects.filter(pk=track.pk).update(sha256="0" * 64)
        swaps.append(swap(track, place, facts))
        return swaps[-1]

    monkeypatch.setattr(writing, "_swap", late)
    write_now([stored.pk])

    assert swaps == [False, True] and read(path_of(stored)).tags.title == "Second"


def test_only_published_tracks_are_written(stored: Track) -> None:
    before = path_of(stored).read_bytes()
    edit_tracks([stored], TrackChanges(title="Another"))
    trash(Track.objects.all())
    write_now([stored.pk, 10**9])
    assert path_of(stored).read_bytes() == before


@pytest.mark.parametrize(("wanted", "written"), [(False, []), (True, [[1, 2]])])
def test_files_are_written_only_where_the_operator_wants_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch, db: None, django_capture_on_commit_callbacks: Any,
    wanted: bool, written: list[Any],
) -> None:  # fmt: skip
    rung: list[Any] = []
    monkeypatch.setattr("music.tasks.write_now", rung.append)
    settings.WRITE_TAGS = wanted
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        write_tags_later([1, 2])
    assert rung == written


def test_who_may_hear_a_track_is_nothing_to_write(
    settings: Any, alice: Any, monkeypatch: pytest.MonkeyPatch, stored: Track
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr("music.editing.write_tags_later", lambda ids: rung.append(list(ids)))
    edit_tracks([stored], TrackChanges(visibility="private"))
    assert rung == []
    edit_tracks([stored], TrackChanges(visibility="public", title="Another"))
    assert rung == [[stored.pk]]


def test_a_featured_artist_in_one_field_stays_there(alice: Any, settings: Any) -> None:
    facts = read(MP3)
    tags = replace(facts.tags, artist="One feat. Two", artists=("One feat. Two",))
    [track] = add_tracks([NewTrack(replace(facts, tags=tags), alice, store_audio(MP3, "mp3"), "x.mp3")])
    assert said_of(track, tags) == tags
    assert said_of(track, Tags(title="Other")).artists == ("One", "Two")
