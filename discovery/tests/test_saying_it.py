"""More, less and never, as pages send it; and the way back."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conftest import make_user
from discovery.corrections import Kind, correct, corrected_of
from discovery.models import Correction, TasteSettings
from music.models import Genre, Track
from music.rows import in_this_order
from music.templatetags.lists import offered_rows, track_cards, track_rows
from music.tests.catalogue import add_track
from music.utils import Recommendation

STREAM = "text/vnd.turbo-stream.html, text/html, application/xhtml+xml"


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue", artist="Miles", genres=["Jazz"])


def keys(track: Track) -> dict[str, str]:
    return {"track": f"track:{track.pk}", "artist": f"artist:{track.artist_id}", "genre": "genre:jazz"}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def offered(client: Client) -> list[str]:
    return [item.track.title for item in client.get("/").context["recommended"]]


@pytest.mark.parametrize(("kind", "name"), [("track", "“Blue”"), ("artist", "Miles"), ("genre", "Jazz")])
def test_never_takes_it_from_the_next_page_and_undo_brings_it_back(
    as_bob: Client, bob: Any, track: Track, kind: str, name: str
) -> None:
    assert offered(as_bob) == ["Blue"]
    response = as_bob.post("/taste/correct/", {"say": f"{keys(track)[kind]}:0", "next": "/genres/"}, follow=True)
    assert response.redirect_chain == [("/genres/", 302)]
    page = response.content.decode()
    assert f"You will not be offered {name} again." in page
    assert f'name="say" value="{keys(track)[kind]}:1"' in page
    assert offered(as_bob) == []

    response = as_bob.post("/taste/undo/", {"say": f"{keys(track)[kind]}:1", "next": "/genres/"})
    assert (response.status_code, response["Location"]) == (302, "/genres/")
    assert said(response) == [f"Undone. {name} counts as you listen to it."]
    assert offered(as_bob) == ["Blue"]


def test_undo_says_again_what_was_said_before(as_bob: Client, bob: Any, track: Track) -> None:
    as_bob.post("/taste/correct/", {"say": "genre:jazz:2"})
    page = as_bob.post("/taste/correct/", {"say": "genre:jazz:0"}, follow=True).content.decode()
    assert 'name="say" value="genre:jazz:2"' in page
    as_bob.post("/taste/undo/", {"say": "genre:jazz:2"})
    assert list(corrected_of(bob).factors.values()) == [2]


@pytest.mark.parametrize(
    ("factor", "words"), [("2", "more like Jazz"), ("0.5", "less like Jazz"), ("1", "Jazz counts as you listen to it.")]
)
def test_the_message_says_what_will_be(as_bob: Client, track: Track, factor: str, words: str) -> None:
    assert words in said(as_bob.post("/taste/correct/", {"say": f"genre:jazz:{factor}"}))[0]


@pytest.mark.parametrize(("level", "factor"), [("-2", 0.25), ("-1", 0.5), ("1", 2), ("2", 4)])
def test_a_slider_says_a_level(as_bob: Client, bob: Any, track: Track, level: str, factor: float) -> None:
    as_bob.post("/taste/correct/", {"say": "genre:jazz", "level": level})
    assert list(corrected_of(bob).factors.values()) == [factor]
    as_bob.post("/taste/correct/", {"say": "genre:jazz", "level": "0"})
    assert not Correction.objects.exists()


def test_a_page_that_stays_hears_only_what_changes(as_bob: Client, bob: Any, track: Track) -> None:
    posted = {"say": f"artist:{track.artist_id}:0", "stay": "1", "next": "/genres/"}
    response = as_bob.post("/taste/correct/", posted, headers={"Accept": STREAM})
    stream = response.content.decode()
    assert response["Content-Type"].startswith("text/vnd.turbo-stream.html")
    assert f"""action="remove" targets="[data-offered~='artist:{track.artist_id}']""" in stream
    assert "You will not be offered Miles again." in stream
    assert 'name="next" value="/genres/"' in stream
    assert corrected_of(bob).hidden.artists == {track.artist_id}
    assert said(as_bob.get("/genres/")) == []


def test_less_takes_nothing_away(as_bob: Client, track: Track) -> None:
    posted = {"say": "genre:jazz:0.5", "stay": "1"}
    assert b'action="remove"' not in as_bob.post("/taste/correct/", posted, headers={"Accept": STREAM}).content


def test_a_page_that_stays_without_a_script_is_led_back(as_bob: Client, track: Track) -> None:
    response = as_bob.post("/taste/correct/", {"say": "genre:jazz:0", "stay": "1", "next": "/genres/"})
    assert (response.status_code, response["Location"]) == (302, "/genres/")


def test_nobody_is_led_to_another_host(as_bob: Client, track: Track) -> None:
    for address in ("/taste/correct/", "/taste/undo/"):
        for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
            assert as_bob.post(address, {"say": "genre:jazz:0", "next": elsewhere})["Location"] == "/"


@pytest.mark.parametrize("address", ["/taste/correct/", "/taste/undo/"])
@pytest.mark.parametrize(
    "say",
    [
        "", "genre", "genre:jazz", "genre:jazz:", "genre:jazz:5", "genre:jazz:-1", "genre:jazz:nan", "genre:jazz:inf",
        "genre:jazz:x", "album:1:0", "genre::0", f"genre:{'x' * 81}:0", ":::", "genre:jazz:0x1",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(as_bob: Client, track: Track, address: str, say: str) -> None:
    response = as_bob.post(address, {"say": say})
    assert response.status_code == 400
    assert "Go back and try again." in response.content.decode()
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    "say", ["genre:none:0", "track:9999:0", "artist:9999:0", "track:x:0", "track:²:0", f"track:{2**70}:0"]
)
def test_what_is_not_here_is_not_found(as_bob: Client, track: Track, say: str) -> None:
    assert as_bob.post("/taste/correct/", {"say": say}).status_code == 404


def test_what_others_keep_for_themselves_is_not_found(as_bob: Client, as_alice: Client, alice: Any) -> None:
    secret = add_track(alice, visibility="private", artist="Secret", genres=["Secretcore"])
    for say in (f"track:{secret.pk}:0", f"artist:{secret.artist_id}:0", "genre:secretcore:0"):
        for address in ("/taste/correct/", "/taste/undo/"):
            assert as_bob.post(address, {"say": say}).status_code == 404
            assert not Correction.objects.exists()
        assert as_alice.post("/taste/correct/", {"say": say}).status_code == 302
        Correction.objects.all().delete()


def test_a_field_that_was_not_asked_for_changes_nothing(as_bob: Client, alice: Any, bob: Any, track: Track) -> None:
    as_bob.post("/taste/correct/", {"say": "genre:jazz:0", "user": str(alice.pk), "user_id": str(alice.pk)})
    assert [each.user for each in Correction.objects.all()] == [bob]
    as_bob.post("/taste/", {"adventure_percent": "60", "forgotten_at": "2020-01-01", "user": str(alice.pk)})
    settings = TasteSettings.objects.get()
    assert (settings.user, settings.forgotten_at) == (bob, None)


def test_saying_it_twice_is_said_once(as_bob: Client, track: Track) -> None:
    for _ in range(2):
        as_bob.post("/taste/correct/", {"say": "genre:jazz:0"})
    assert Correction.objects.count() == 1


def test_each_page_of_a_thing_says_what_was_said_and_offers_the_way_back(as_bob: Client, track: Track) -> None:
    addresses = {"track": f"/tracks/{track.pk}/", "artist": f"/artists/{track.artist_id}/", "genre": "/genres/jazz/"}
    for kind, address in addresses.items():
        key = keys(track)[kind]
        page = as_bob.get(address).content.decode()
        assert all(f'name="say" value="{key}:{factor}"' in page for factor in ("2", "0.5", "0"))
        as_bob.post("/taste/correct/", {"say": f"{key}:0"})
        page = as_bob.get(address).content.decode()
        assert "Never offered" in page
        assert f'name="say" value="{key}:1"' in page


def test_a_card_offers_all_of_it_by_the_form_of_the_page(as_bob: Client, track: Track) -> None:
    page = as_bob.get("/").content.decode()
    assert 'id="taste" method="post" action="/taste/correct/"' in page
    for say in (f"track:{track.pk}:2", f"track:{track.pk}:0.5", f"track:{track.pk}:0", f"artist:{track.artist_id}:0"):
        assert f'<button form="taste" name="say" value="{say}"' in page
    assert '<button form="taste" name="say" value="genre:jazz:0"' in page


def test_a_row_that_is_offered_has_the_menu_and_one_of_a_list_has_not(bob: Any, track: Track) -> None:
    [row] = in_this_order(bob, [track.pk])
    drawn = offered_rows([Recommendation(row, "Because <i>")], "radio:me:me", "Radio")
    assert f'data-offered="track:{track.pk} artist:{track.artist_id} genre:jazz"' in drawn
    assert f'<button form="taste" name="say" value="track:{track.pk}:0"' in drawn
    assert "<i>" not in drawn
    assert 'form="taste"' not in track_rows([row], "genre:jazz", "Jazz")


def test_names_in_a_menu_are_text(bob: Any, alice: Any) -> None:
    bad = "<b>x</b>&'\""
    track = add_track(alice, bad, artist=bad, genres=["R&B"])
    offered = [Recommendation(row, "") for row in in_this_order(bob, [track.pk])]
    for drawn in (track_cards(offered), offered_rows(offered, "x", "x")):
        assert "<b>" not in drawn
        assert "&amp;lt;" not in drawn


class TestNonsense(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.text(max_size=40) | st.lists(st.text(max_size=9), max_size=4).map(":".join), st.text(max_size=5))
    def test_no_words_break_it(self, say: str, level: str) -> None:
        user = make_user("dora")
        Genre.objects.get_or_create(slug="jazz", defaults={"name": "Jazz"})
        client = Client()
        client.force_login(user)
        for address in ("/taste/correct/", "/taste/undo/"):
            assert client.post(address, {"say": say, "level": level}).status_code in (302, 400, 404)


def test_a_factor_of_any_size_is_kept_as_it_was_said(bob: Any, track: Track) -> None:
    for factor in (0.25, 0.5, 2, 4, 3.7):
        correct(bob, Kind.GENRE, track.genres.get().pk, factor)
        assert list(corrected_of(bob).factors.values()) == [factor]
