from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from music.keys import album_key, artist_key, recording_key
from music.matching import Heard, match
from music.models import ArtistAlias, Track
from music.tests.catalogue import add_track

pytestmark = pytest.mark.django_db


def found(user: Any, artist: str, title: str, **more: Any) -> tuple[int, str]:
    [matched] = match(user, [Heard(artist, title, **more)])
    return (matched.track.track_id if matched.track else 0), matched.how


def add(user: Any, artist: str, title: str, **more: Any) -> Track:
    return add_track(user, title, artist=artist, **more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Björk", "Jóga"), ("BJORK", "joga")),
        (("The Beatles", "Help!"), ("Beatles", "Help")),
        (("Queen", "Don't Stop Me Now"), ("Queen", "Don’t Stop Me Now - Remastered 2011")),
        (("Queen", "Somebody to Love"), ("Queen", "Somebody To Love (2011 Remaster)")),
        (("The Doors", "Riders on the Storm"), ("The Doors", "Riders on the Storm [Digitally Remastered]")),
        (("Jay-Z", "Numb"), ("JAY Z feat. Linkin Park", "Numb (feat. Linkin Park)")),
        (("Rihanna", "Umbrella"), ("Rihanna", "Umbrella ft. JAY-Z")),
    ],
)
def test_spellings_that_differ_in_trifles_share_a_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert recording_key(*one) == recording_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Blur", "Song 2"), ("Blur", "Song 3")),
        (("Queen", "Love of My Life"), ("Queen", "Love of My Life - Live")),
        (("!!!", "???"), ("???", "!!!")),
        (("Tears for Fears", "Shout"), ("Tears", "for Fears Shout")),
        (("Abba", "Craft"), ("Abba", "Cr")),
    ],
)
def test_other_recordings_have_other_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert recording_key(*one) != recording_key(*other)


def test_keys_are_negative_and_of_62_bits_and_differ_in_kind() -> None:
    keys = {recording_key("", ""), artist_key("!!!"), artist_key(""), album_key("Abba", "Abba"), artist_key("Abba")}
    assert len(keys) == 5
    assert all(-(2**62) <= key < 0 for key in keys)
    assert recording_key("Abba", "Waterloo") == recording_key("Abba", "Waterloo")


def test_an_id_of_the_recording_beats_its_names(alice: Any) -> None:
    add(alice, "Abba", "Waterloo")
    swedish = add(alice, "Abba", "Waterloo (Swedish)", recording_mbid="c8cdd7fb-ac1d-4f6b-9b8a-4b4f3b7a8f6e")
    isrc = add(alice, "Abba", "Waterloo (German)", isrc="SEAYD7401010")
    by_mbid = found(alice, "Abba", "Waterloo", recording_mbid=swedish.recording_mbid.upper())
    assert by_mbid == (swedish.pk, "mbid")
    assert found(alice, "Abba", "Waterloo", isrc="seayd7401010") == (isrc.pk, "isrc")


def test_of_several_the_nearest_in_length_then_ones_own_then_the_first(alice: Any, bob: Any) -> None:
    first = add(bob, "Abba", "Waterloo", duration_ms=100_000)
    own = add(alice, "Abba", "Waterloo", duration_ms=100_000)
    long = add(bob, "Abba", "Waterloo", duration_ms=300_000)
    assert found(alice, "Abba", "Waterloo") == (own.pk, "names")
    assert found(alice, "Abba", "Waterloo", duration_ms=290_000) == (long.pk, "names")
    assert found(bob, "Abba", "Waterloo", duration_ms=101_000) == (first.pk, "names")


def test_nobody_is_matched_with_what_they_may_not_see(alice: Any, bob: Any) -> None:
    secret = add(bob, "Abba", "Waterloo", visibility="private", isrc="SEAYD7401010")
    add(alice, "Abba", "Dancing Queen", state="review")
    assert found(alice, "Abba", "Waterloo", isrc="SEAYD7401010") == (0, "")
    assert found(alice, "Abba", "Waterlooo") == (0, "")
    assert found(alice, "Abba", "Dancing Queen") == (0, "")
    assert found(bob, "Abba", "Waterloo") == (secret.pk, "names")


@pytest.mark.parametrize(
    ("here", "heard"),
    [
        (("Sigur Rós", "Hoppípolla"), ("Sigur Ros", "Hoppipola")),
        (("AC/DC", "Back in Black"), ("ACDC", "Back In Black")),
        (("Guns N' Roses", "Paradise City"), ("Guns and Roses", "Paradise City")),
        (("Simon & Garfunkel", "The Boxer"), ("Simon and Garfunkel", "The Boxer")),
        (("Nirvana", "Smells Like Teen Spirit"), ("Nirvana", "Smells Like Teen Sprit")),
        (("Lynyrd Skynyrd", "Free Bird"), ("Lynrd Skynyrd", "Freebird")),
        (("Tchaikovsky", "Swan Lake"), ("Tchaikowsky", "Swan Lake")),
        (("Beyoncé", "Déjà Vu"), ("Beyonce", "Dejavu")),
    ],
)
def test_near_spellings_are_the_same_track(alice: Any, here: tuple[str, str], heard: tuple[str, str]) -> None:
    track = add(alice, *here)
    add(alice, here[0], "Something Else Entirely")
    assert found(alice, *heard)[0] == track.pk


@pytest.mark.parametrize(
    ("here", "heard"),
    [
        (("Blur", "Song 2"), ("Blur", "Song 3")),
        (("Pink Floyd", "Another Brick in the Wall, Part 1"), ("Pink Floyd", "Another Brick in the Wall, Part 2")),
        (("Pink Floyd", "Another Brick in the Wall, Pt. I"), ("Pink Floyd", "Another Brick in the Wall, Pt. II")),
        (("Metallica", "The Unforgiven"), ("Metallica", "The Unforgiven II")),
        (("Queen", "Bohemian Rhapsody"), ("Queen", "Bohemian Rhapsody - Live")),
        (("New Order", "Blue Monday"), ("New Order", "Blue Monday (Remix)")),
        (("Oasis", "Wonderwall"), ("Oasis", "Wonderwall - Demo")),
        (("The Beatles", "She Loves You"), ("The Beatles", "He Loves You")),
        (("Radiohead", "Creep"), ("Radiohead", "Creed")),
        (("Muse", "Uprising"), ("Must", "Uprising")),
        (("Prince", "Little Red Corvette"), ("Princess", "Little Red Corvette")),
        (("Chicago", "Chapter One of Many"), ("Chicago", "Chapter Two of Many")),
    ],
)
def test_false_friends_do_not_match(alice: Any, here: tuple[str, str], heard: tuple[str, str]) -> None:
    add(alice, *here)
    assert found(alice, *heard) == (0, "")


def test_a_near_match_must_last_about_as_long(alice: Any) -> None:
    track = add(alice, "Nirvana", "Smells Like Teen Spirit", duration_ms=301_000)
    near = ("Nirvana", "Smells Like Teen Sprit")
    assert found(alice, *near, duration_ms=310_000) == (track.pk, "near")
    assert found(alice, *near, duration_ms=240_000) == (0, "")


def test_a_name_that_was_merged_leads_to_the_artist(alice: Any) -> None:
    track = add(alice, "Prince", "Kiss")
    ArtistAlias.objects.create(name_key="the artist formerly known as", artist=track.artist)
    assert found(alice, "The Artist Formerly Known As", "Kiss") == (track.pk, "names")


def test_more_names_take_the_same_queries(alice: Any) -> None:
    for number in range(30):
        add(alice, f"Performer {number}", f"A notorious title {number}")
    wanted = [Heard(f"Performer {number}", f"A notorous title {number}", isrc=f"X{number}") for number in range(30)]

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert all(each.how == "near" for each in match(alice, wanted[:count]))
        return len(asked)

    assert queries(2) == queries(30)
