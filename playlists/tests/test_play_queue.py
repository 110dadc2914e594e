import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from conftest import MP3, OGG, WAV, bring_in
from music.models import Track
from playlists.forms import PlayQueueForm
from playlists.models import PlayQueue

SignIn = Callable[[Any], Client]


def save(client: Client, **said: Any) -> Any:
    body = {"track_ids": [], "position": 0, "position_ms": 0, "repeat": "off", "origin": {}} | said
    return client.post("/queue/", json.dumps(body), content_type="application/json")


@pytest.fixture
def tracks(as_alice: Client) -> list[int]:
    return [track.pk for track in bring_in(as_alice, MP3, OGG, WAV)]


def test_another_device_goes_on_where_this_one_was(
    alice: Any, as_alice: Client, sign_in: SignIn, tracks: list[int]
) -> None:
    origin = {"source": "album:3", "sourceLabel": "An album", "sourceHref": "/albums/3/"}
    order = [tracks[2], tracks[0], tracks[0], tracks[1]]
    saved = save(as_alice, track_ids=order, position=2, position_ms=61_000, repeat="all", origin=origin)
    assert saved.status_code == 200

    found = sign_in(alice).get("/queue/").json()

    assert [int(each["id"]) for each in found["tracks"]] == order
    assert (found["position"], found["position_ms"], found["repeat"]) == (2, 61_000, "all")
    assert found["origin"] == origin
    assert found["tracks"][0]["src"] == f"/stream/{tracks[2]}/"


def test_a_queue_says_when_it_was_saved(as_alice: Client, tracks: list[int]) -> None:
    assert as_alice.get("/queue/").json()["saved_at"] is None
    saved_at = save(as_alice, track_ids=tracks).json()["saved_at"]
    assert saved_at and as_alice.get("/queue/").json()["saved_at"] == saved_at
    assert save(as_alice, track_ids=tracks).json()["saved_at"] > saved_at


def test_the_order_without_shuffling_is_kept_of_what_is_still_there(as_alice: Client, tracks: list[int]) -> None:
    assert save(as_alice, track_ids=[tracks[2], tracks[0], tracks[1]], unshuffled=[1, 2, 0]).status_code == 200
    assert as_alice.get("/queue/").json()["unshuffled"] == [1, 2, 0]
    Track.objects.filter(pk=tracks[0]).delete()
    assert as_alice.get("/queue/").json()["unshuffled"] == [1, 0]
    save(as_alice, track_ids=tracks[1:])
    assert as_alice.get("/queue/").json()["unshuffled"] == []


def test_a_queue_belongs_to_one_person(as_alice: Client, as_bob: Client, tracks: list[int]) -> None:
    save(as_alice, track_ids=tracks)
    assert as_bob.get("/queue/").json()["tracks"] == []
    save(as_bob, track_ids=tracks[:1])
    assert len(as_alice.get("/queue/").json()["tracks"]) == 3
    assert PlayQueue.objects.count() == 2


def test_what_is_not_there_to_be_heard_any_more_vanishes(as_alice: Client, as_bob: Client, tracks: list[int]) -> None:
    save(as_bob, track_ids=tracks, position=2, position_ms=5_000)
    Track.objects.filter(pk=tracks[0]).update(visibility="private")
    found = as_bob.get("/queue/").json()
    assert [int(each["id"]) for each in found["tracks"]] == tracks[1:]
    assert (found["position"], found["position_ms"]) == (1, 5_000)

    Track.objects.filter(pk=tracks[2]).delete()
    found = as_bob.get("/queue/").json()
    assert (found["position"], found["position_ms"]) == (0, 0)
    Track.objects.filter(pk=tracks[1]).delete()
    assert as_bob.get("/queue/").json()["tracks"] == []


@pytest.mark.parametrize(
    "said",
    [
        {"track_ids": "1,2"},
        {"track_ids": [1, "2"]},
        {"track_ids": [True]},
        {"track_ids": [0]},
        {"track_ids": [2**63]},
        {"track_ids": list(range(1, 502))},
        {"track_ids": [1], "position": 1},
        {"track_ids": [1], "position": -1},
        {"track_ids": [1], "position_ms": -1},
        {"track_ids": [1], "repeat": "twice"},
        {"track_ids": [1], "origin": [1]},
        {"track_ids": [1], "origin": {"others": {"0": 0}}},
        {"track_ids": [1], "origin": {"others": [1]}},
        {"track_ids": [1], "origin": {"others": [{"places": 0}]}},
        {"track_ids": [1], "origin": {"others": [{"places": [False]}]}},
        {"track_ids": [1], "origin": {"others": [{"places": [1]}]}},
        {"track_ids": [1], "origin": {"others": [{"places": [-1]}]}},
        {"track_ids": [1], "unshuffled": {"0": 0}},
        {"track_ids": [1], "unshuffled": [False]},
        {"track_ids": [1, 2], "unshuffled": [0]},
        {"track_ids": [1, 2], "unshuffled": [0, 0]},
        {"track_ids": [1, 2], "unshuffled": [0, 2]},
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_changes_nothing(
    as_alice: Client, said: dict[str, Any], tracks: list[int]
) -> None:
    save(as_alice, track_ids=tracks)
    answer = save(as_alice, **said)
    assert answer.status_code == 400 and answer.json()["error"]
    assert len(as_alice.get("/queue/").json()["tracks"]) == 3


@pytest.mark.parametrize("body", ["", "[]", "{", "[" * 2000, '{"track_ids": [' + "1," * 50_000 + "1]}"])
def test_what_is_no_queue_is_refused(as_alice: Client, body: str) -> None:
    assert as_alice.post("/queue/", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("href", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_a_queue_leads_nowhere_else(as_alice: Client, tracks: list[int], href: str) -> None:
    save(as_alice, track_ids=tracks, origin={"sourceHref": href, "owner": 7})
    nowhere = {"source": "", "sourceLabel": "", "sourceHref": ""}
    assert as_alice.get("/queue/").json()["origin"] == nowhere
    save(as_alice, track_ids=tracks, origin={"others": [{"sourceHref": href, "owner": 7, "places": [0]}]})
    assert as_alice.get("/queue/").json()["origin"] == nowhere | {"others": [nowhere | {"places": [0]}]}


def test_what_was_added_from_another_list_stays_from_there(as_alice: Client, tracks: list[int]) -> None:
    album = {"source": "album:3", "sourceLabel": "An album", "sourceHref": "/albums/3/"}
    mix = {"source": "mix", "sourceLabel": "A mix", "sourceHref": "/mix/"}
    others = [album | {"places": [0]}, mix | {"places": [2]}]
    save(as_alice, track_ids=tracks, origin=mix | {"others": others})
    assert as_alice.get("/queue/").json()["origin"] == mix | {"others": others}
    Track.objects.filter(pk=tracks[0]).delete()
    assert as_alice.get("/queue/").json()["origin"] == mix | {"others": [mix | {"places": [1]}]}


def test_no_more_than_fifty_other_lists_are_kept(as_alice: Client, tracks: list[int]) -> None:
    others = [{"source": f"album:{number}", "places": [0]} for number in range(60)]
    assert save(as_alice, track_ids=tracks, origin={"others": others}).status_code == 200
    assert len(as_alice.get("/queue/").json()["origin"]["others"]) == 50


def test_a_queue_from_before_other_lists_were_kept_is_still_there(
    alice: Any, as_alice: Client, tracks: list[int]
) -> None:
    for origin in ({}, {"source": "album:3", "sourceLabel": "An album", "sourceHref": "/albums/3/"}):
        PlayQueue.objects.update_or_create(user=alice, defaults={"track_ids": tracks, "origin": origin})
        found = as_alice.get("/queue/").json()
        assert (len(found["tracks"]), found["origin"]) == (3, origin)


def test_a_longer_queue_costs_no_more_questions(
    as_alice: Client, tracks: list[int], django_assert_num_queries: Any
) -> None:
    save(as_alice, track_ids=tracks[:1])
    as_alice.get("/queue/")
    with django_assert_num_queries(5):
        as_alice.get("/queue/")
    save(as_alice, track_ids=tracks * 100)
    with django_assert_num_queries(5):
        as_alice.get("/queue/")


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.integers(), max_size=3)
NAMED = st.dictionaries(st.sampled_from(["source", "sourceHref", "others", "places"]), ANYTHING)
ORIGINS = ANYTHING | NAMED | st.builds(lambda others: {"others": others}, st.lists(NAMED, max_size=2))


@given(ANYTHING, ANYTHING, ORIGINS)
def test_no_json_breaks_the_form(track_ids: Any, number: Any, origin: Any) -> None:
    form = PlayQueueForm(
        {"track_ids": track_ids, "position": number, "origin": origin, "repeat": number, "position_ms": number}
    )
    form.is_valid()
