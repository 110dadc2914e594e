"""What people type about tracks, and what is made of it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import MP3
from music.access import tracks_to_edit
from music.changes import TrackChanges
from music.editing import edit_tracks
from music.forms import TrackForm, TracksForm
from music.models import Track
from music.tests.catalogue import add_track

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture
def track(alice: Any) -> Track:
    made = add_track(alice, "Blue", artist="Nadia Volt", album="Neon", year=1999, genres=["Jazz", "Soul"])
    edit_tracks([made], TrackChanges(lyrics="One\nTwo", artists=("Nadia Volt", "Mister Quill")))
    return tracks_to_edit(alice, [made.pk]).get()


def typed(track: Track, **more: Any) -> TrackForm:
    initial = TrackForm.initial_of(track)
    as_sent = {name: "" if value is None else str(value).replace("\n", "\r\n") for name, value in initial.items()}
    return TrackForm({**as_sent, **more}, initial=initial)


def problems(field: str, value: str) -> list[str]:
    form = TracksForm({field: value})
    return form.errors.get(field, [])


def test_a_form_sent_as_it_came_changes_nothing(track: Track) -> None:
    form = typed(track)
    assert form.is_valid() and form.changes() == TrackChanges()


def test_only_what_differs_is_a_change(track: Track) -> None:
    form = typed(
        track, title="  Blue   Hour ", genres="jazz; synth pop;", artists="Mister Quill;nadia volt; MISTER QUILL"
    )
    assert form.is_valid()
    assert form.changes() == TrackChanges(
        title="Blue Hour", genres=("Jazz", "Synthpop"), artists=("Mister Quill", "nadia volt")
    )


def test_fields_may_be_emptied(track: Track) -> None:
    form = typed(track, album="", year="", genres="", lyrics="")
    assert form.is_valid()
    assert form.changes() == TrackChanges(album="", year=None, genres=(), lyrics="")


def test_a_track_keeps_a_title_and_an_artist(track: Track) -> None:
    form = typed(track, title=" \u200b ", artists=" ; ; ")
    assert set(form.errors) == {"title", "artists"}
    assert form["artists"].value() == " ; ; "


def test_what_is_left_empty_for_many_tracks_stays(alice: Any) -> None:
    form = TracksForm({"album": "Neon", "year": "", "visibility": "", "genres": ""})
    assert form.is_valid() and form.changes() == TrackChanges(album="Neon")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", "999"),
        ("year", "2101"),
        ("year", "last year"),
        ("disc_number", "0"),
        ("disc_number", "-1"),
        ("disc_number", "32768"),
        ("album", "x" * 256),
        ("artists", "x" * 256),
        ("artists", ";".join(f"Artist {number}" for number in range(21))),
        ("genres", ";".join(f"Genre {number}" for number in range(11))),
        ("genres", "unknown"),
        ("visibility", "nobody"),
    ],
)
def test_what_cannot_be_is_refused(field: str, value: str) -> None:
    assert problems(field, value)


@pytest.mark.parametrize(
    ("field", "value"), [("year", "1000"), ("year", "2100"), ("album", "x" * 255), ("artists", "x" * 255 + ";Ä;?")]
)
def test_what_is_just_possible_is_taken(field: str, value: str) -> None:
    assert problems(field, value) == []


def test_a_picture_is_rendered_and_anything_else_refused(track: Track) -> None:
    good = TracksForm({}, {"cover": SimpleUploadedFile("cover.png", PNG)})
    bad = TracksForm({}, {"cover": SimpleUploadedFile("cover.png", MP3.read_bytes()[:5000])})

    assert good.is_valid() and good.changes().cover[320][8:12] == b"WEBP"
    assert "JPEG" in str(bad.errors["cover"])


def test_a_new_picture_wins_over_the_wish_to_remove_it(track: Track) -> None:
    removed = typed(track, remove_cover="on")
    assert removed.is_valid() and removed.changes() == TrackChanges(cover={})
    both = TrackForm(removed.data, {"cover": SimpleUploadedFile("cover.png", PNG)}, initial=removed.initial)
    assert both.is_valid() and both.changes().cover


def test_the_forms_of_many_tracks_need_no_query_each(alice: Any, django_assert_num_queries: Any) -> None:
    tracks = [add_track(alice, album=f"Album {number}") for number in range(5)]
    with django_assert_num_queries(4):
        for track in tracks_to_edit(alice, [track.pk for track in tracks]):
            TrackForm.initial_of(track)
