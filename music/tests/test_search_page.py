from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from music.search import index_tracks
from music.tests.catalogue import add_track
from music.views import search


@pytest.fixture
def library(alice: Any) -> None:
    tracks = [
        add_track(alice, "Creep", artist="Radiohead", album="Pablo Honey"),
        add_track(alice, "<b>Bold</b>", artist="A & B", album="<i>"),
        add_track(alice, "Secret", artist="Hidden", visibility="private"),
    ]
    index_tracks(track.pk for track in tracks)


def test_results_are_grouped_by_artist_album_and_track(as_bob: Client, library: None) -> None:
    response = as_bob.get("/search/?q=radiohead")
    assert [card.title for card in response.context["artists"]] == ["Radiohead"]
    assert [card.title for card in response.context["albums"]] == ["Pablo Honey"]
    assert [row.title for row in response.context["tracks"]] == ["Creep"]
    assert "Results for “radiohead”" in response.content.decode()


def test_a_corrected_query_says_so_and_offers_the_original(as_bob: Client, library: None) -> None:
    page = as_bob.get("/search/?q=radiohed").content.decode()
    assert "Showing results for “radiohead”" in page
    assert 'href="?q=radiohed&amp;as_typed=1"' in page
    as_typed = as_bob.get("/search/?q=radiohed&as_typed=1").content.decode()
    assert "Nothing found" in as_typed
    assert "Creep" not in as_typed


def test_pages_follow_one_another_and_repeat_no_artists(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PAGE_SIZE", 2)
    index_tracks(add_track(alice, f"Echo {number}", artist="Echo").pk for number in range(3))
    first = as_bob.get("/search/?q=ecoh")
    second = as_bob.get("/search/", {"q": "ecoh", "after": first.context["page"].next_cursor})
    assert [len(each.context["tracks"]) for each in (first, second)] == [2, 1]
    assert [len(each.context["artists"]) for each in (first, second)] == [1, 0]
    assert 'rel="next"' not in second.content.decode()


def test_an_empty_result_and_an_empty_box_say_what_to_do(as_bob: Client, library: None) -> None:
    assert "Try fewer words" in as_bob.get("/search/?q=zzzzzz").content.decode()
    assert "What would you like to hear?" in as_bob.get("/search/").content.decode()


def test_suggestions_link_to_what_they_name(as_bob: Client, library: None) -> None:
    page = as_bob.get("/search/suggestions/?q=radio").content.decode()
    assert page.count('role="option"') == 4
    assert 'id="suggested-all" href="/search/?q=radio"' in page
    assert "<html" not in page


def test_names_and_queries_are_never_html(as_bob: Client, library: None) -> None:
    for address in ("/search/", "/search/suggestions/"):
        assert "<b>" not in as_bob.get(address, {"q": "<b>bold"}).content.decode()
        assert "<script>" not in as_bob.get(address, {"q": "<script>"}).content.decode()


@pytest.mark.parametrize("query", ["secret", "secrt", "hidden", "s", "hi"])
def test_private_tracks_are_in_nobody_elses_results(as_bob: Client, library: None, query: str) -> None:
    response = as_bob.get("/search/", {"q": query})
    assert "Nothing found" in response.content.decode()
    assert response.context["corrected"] == ""
    suggested = as_bob.get("/search/suggestions/", {"q": query}).content.decode()
    assert f"Nothing found for “{query}”." in suggested
    assert "Secret" not in suggested and "Hidden" not in suggested


@pytest.mark.parametrize("query", ["\0", "😀", "a" * 10_000, "' OR 1=1 --", "", "%", '"NEAR(x)"'])
def test_every_query_is_answered(as_bob: Client, library: None, query: str) -> None:
    for address in ("/search/", "/search/suggestions/"):
        assert as_bob.get(address, {"q": query}).status_code == 200


def test_an_old_search_address_leads_to_the_new_one(as_bob: Client) -> None:
    response = as_bob.get("/tracks/?q=so+what")
    assert (response.status_code, response["Location"]) == (302, "/search/?q=so+what")


def test_more_results_cost_no_more_queries(as_bob: Client, alice: Any) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            as_bob.get(address)
        return len(captured)

    index_tracks(add_track(alice, f"Echo {number}", artist=f"Echo {number}", album="Echo").pk for number in range(7))
    addresses = ("/search/?q=echo", "/search/suggestions/?q=echo")
    few = [queries(address) for address in addresses]
    index_tracks(add_track(alice, f"Echo {number}", artist=f"Echo {number}", album="Echo").pk for number in range(55))
    results, suggestions = (queries(address) for address in addresses)
    assert (results, suggestions) == (few[0] - 1, few[1])  # names that begin so fill the page


def test_genres_are_found_by_how_their_name_begins_where_somebody_may_hear_them(as_bob: Client, alice: Any) -> None:
    add_track(alice, genres=["Hip-Hop"])
    add_track(alice, visibility="private", genres=["Hip Secret"])
    response = as_bob.get("/search/?q=hip h")
    assert response.context["genres"] == [("hip-hop", "Hip-Hop")]
    assert "Browse all music" not in response.content.decode()
    assert as_bob.get("/search/?q=hip").context["genres"] == response.context["genres"]
    assert as_bob.get("/search/?q=%F0%9F%8E%A7").context["genres"] == []
