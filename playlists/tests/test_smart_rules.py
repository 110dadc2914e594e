"""Whatever is asked is refused in words or finds the tracks that plain Python finds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listening.rollups import refresh
from listening.store import listen_store
from music.models import Track, TrackCredit
from music.tests.catalogue import add_track
from music.tests.listens import listened
from music.whole import PRIME
from playlists.editing import add_tracks
from playlists.models import Playlist, PlaylistItem, Rating, Star
from playlists.smart.fields import FIELDS, ORDERS, Asking
from playlists.smart.finding import asking_for, count, counted_ids, track_ids
from playlists.smart.rules import MOST_RULES, Refused, as_document, parse
from users.models import Block

TITLES = ("Blue in 100%", "blue", "A_b", "Ab", "It's", 'Say "so"', "back\\slash", "Nocturne", "x", "Aab", "Seven", "8")
GENRES = ("Jazz", "Blues", "Jazz Rock")


class Known:
    """Of each track all that the rules may ask, as somebody would note it down."""

    def __init__(self, user: Any, track: Track) -> None:
        heard = [each for batch in listen_store().each(user.pk) for each in batch if each.track_id == track.pk]
        begun = [each for each in heard if each.heard or each.played_ms]
        self.pk = track.pk
        self.title = [track.title]
        self.artist = list(TrackCredit.objects.filter(track=track).values_list("artist__name", flat=True))
        self.album = [track.album.title] if track.album else []
        self.genre = list(track.genres.values_list("name", flat=True))
        self.year = track.year
        self.added = track.added_at
        self.duration = track.duration_ms // 1000
        self.format = track.format
        self.bitrate = track.bitrate_kbps
        self.rating = sum(Rating.objects.filter(user=user, track=track).values_list("stars", flat=True))
        self.starred = Star.objects.filter(user=user, track=track).exists()
        self.plays = sum(each.heard for each in begun)
        self.last_played = max((each.started_at for each in begun), default=None)
        self.finished_share = 100 * sum(each.completed for each in begun) // len(begun) if begun else None
        self.skipped = sum(each.skipped for each in begun)
        self.never_heard = self.plays == 0
        self.uploader = track.uploader.get_username()
        seen = Playlist.objects.visible_to(user)
        self.playlist = set(
            PlaylistItem.objects.filter(playlist__in=seen, track=track).values_list("playlist", flat=True)
        )


def is_true(known: Known, said: dict[str, Any], asking: Asking) -> bool:
    if "rules" in said:
        return (all if said["match"] == "all" else any)([is_true(known, each, asking) for each in said["rules"]])
    name, operator, value = said["field"], said["operator"], said["value"]
    opposite = {"is_not": "is", "not_contains": "contains", "not_in_last_days": "in_last_days", "not_in": "in"}
    if operator in opposite:
        return not is_true(known, {**said, "operator": opposite[operator]}, asking)
    if name == "random":
        return known.pk * asking.factor % PRIME < PRIME * value // 100
    there = getattr(known, name)
    if isinstance(there, list):
        compare = {
            "is": lambda text: text.lower() == value.lower(),
            "contains": lambda text: value.lower() in text.lower(),
            "starts_with": lambda text: text.lower().startswith(value.lower()),
            "ends_with": lambda text: text.lower().endswith(value.lower()),
        }
        return any(map(compare[operator], there))
    if there is None:
        return False
    match operator:
        case "is":
            return bool(there == value)
        case "more_than":
            return bool(there > value)
        case "less_than":
            return bool(there < value)
        case "between":
            return bool(value[0] <= there <= value[1])
        case "in":
            return value in there
        case "in_last_days":
            return bool(there >= asking.now - timedelta(days=value))
        case "before":
            return bool(timezone.localtime(there).date().isoformat() < value)
        case "after":
            return bool(timezone.localtime(there).date().isoformat() > value)
    raise AssertionError(operator)


def found_by_hand(library: list[Known], document: dict[str, Any], asking: Asking) -> list[Known]:
    return [known for known in library if is_true(known, document, asking)]


@pytest.fixture
def library(alice: Any, bob: Any) -> list[Known]:
    """What bob may hear; alice has two more to herself."""
    now = timezone.now()
    tracks = []
    for number, title in enumerate(TITLES):
        track = add_track(
            alice if number % 3 else bob,
            title,
            artist=f"Artist {number % 4}",
            album=f"Album {number % 3}" if number % 4 else "",
            genres=GENRES[: number % 4],
            year=1990 + number if number % 5 else None,
            duration_ms=60_000 + 700 * number,
            bitrate_kbps=(128, 320)[number % 2],
            format=("mp3", "ogg", "wav")[number % 3],
            visibility="private" if number in (1, 2) else "public",
        )
        Track.objects.filter(pk=track.pk).update(added_at=now - timedelta(days=20 * number, hours=1))
        for play in range(number % 4):
            listened(bob, track, now - timedelta(days=17 * number + play, hours=2), (1.0, 0.1, 0.6)[play])
        if number % 3 == 0:
            Star.objects.create(user=bob, track=track)
        if number % 4 == 3:
            Rating.objects.create(user=bob, track=track, stars=1 + number % 5)
        Star.objects.create(user=alice, track=track)
        tracks.append(track)
    for owner, visibility in ((bob, "private"), (alice, "private"), (alice, "public")):
        playlist = Playlist.objects.create(owner=owner, name=f"{owner} {visibility}", visibility=visibility)
        add_tracks(playlist, [track.pk for track in tracks[3:8]], owner)
    assert refresh(bob.pk, "UTC")
    seen = Track.objects.visible_to(bob).order_by("pk")
    return [Known(bob, track) for track in seen]


WORDS = st.sampled_from(
    ["b", "blue", "A_B", "100%", "'", '"', "\\", "Artist 1", "Album 2", "jazz", "Rock", "%", "_", "alice"]
)
DAYS = st.integers(0, 400).map(lambda days: (timezone.now() - timedelta(days=days)).date().isoformat())


def values_for(field: Any, operator: str) -> st.SearchStrategy[Any]:
    numbers = st.integers(field.least, min(field.most, 2100)) | st.integers(field.least, min(field.most, 5))
    if operator == "between":
        return st.tuples(numbers, numbers).map(lambda pair: sorted(pair))
    if "days" in operator:
        return st.integers(1, 300)
    return {
        "text": WORDS,
        "person": WORDS,
        "number": numbers | st.sampled_from([60, 61, 65, 128, 320, 1995]).filter(lambda n: n <= field.most),
        "chance": st.integers(1, 100),
        "date": DAYS,
        "flag": st.booleans(),
        "format": st.sampled_from(Track.Format.values),
        "playlist": st.integers(1, 2**63 - 1) | st.integers(0, 2).map(lambda at: ("playlist", at)),
    }[field.kind]


RULE = st.sampled_from([(field, operator) for field in FIELDS.values() for operator in field.operators]).flatmap(
    lambda pair: values_for(*pair).map(lambda value: {"field": pair[0].name, "operator": pair[1], "value": value})
)


def group_of(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    rules = st.lists(inside, min_size=1, max_size=3)
    return st.builds(lambda match, rules: {"match": match, "rules": rules}, st.sampled_from(["all", "any"]), rules)


GROUPS = group_of(RULE | group_of(RULE | group_of(RULE)))
DOCUMENTS = st.builds(
    lambda group, order, descending, limit: {**group, "order": order, "descending": descending, "limit": limit},
    GROUPS,
    st.sampled_from(list(ORDERS)),
    st.booleans(),
    st.integers(1, 20),
)


def with_playlists(document: Any, ids: list[int]) -> Any:
    if isinstance(document, dict):
        return {name: with_playlists(value, ids) for name, value in document.items()}
    if isinstance(document, tuple):
        return ids[document[1]]
    return [with_playlists(each, ids) for each in document] if isinstance(document, list) else document


SHARED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@SHARED
@given(drawn=DOCUMENTS)
def test_the_database_finds_what_plain_python_finds(library: list[Known], bob: Any, drawn: dict[str, Any]) -> None:
    document = with_playlists(drawn, list(Playlist.objects.order_by("pk").values_list("pk", flat=True)))
    rules, asking = parse(document), asking_for(bob)
    found, by_hand = track_ids(rules, asking), found_by_hand(library, document, asking)
    assert len(found) == min(len(by_hand), document["limit"])
    assert set(found) <= {known.pk for known in by_hand}
    assert count(rules, asking) == len(by_hand)
    assert counted_ids(rules, asking) == (found, len(by_hand))
    assert found == in_order(by_hand, document, asking)[: document["limit"]]
    assert as_document(parse(json.loads(json.dumps(as_document(rules))))) == as_document(rules)


def in_order(known: list[Known], document: dict[str, Any], asking: Asking) -> list[int]:
    tracks = Track.objects.in_bulk([each.pk for each in known])
    keys: dict[str, Any] = {
        "random": lambda each: each.pk * asking.factor % PRIME,
        "title": lambda each: tracks[each.pk].sort_title,
        "artist": lambda each: tracks[each.pk].sort_artist,
        "album": lambda each: tracks[each.pk].album.sort_title if each.album else None,
        "duration": lambda each: tracks[each.pk].duration_ms,
    }
    key = keys.get(document["order"], lambda each: getattr(each, document["order"]))
    there = sorted((each for each in known if key(each) is not None), key=lambda each: (key(each), each.pk))
    without = sorted((each for each in known if key(each) is None), key=lambda each: each.pk)
    if document["descending"]:
        there, without = there[::-1], without[::-1]
    return [each.pk for each in there + without]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
NAMES = st.sampled_from(["match", "rules", "field", "operator", "value", "order", "limit", "user__password"])
ANYTHING = st.recursive(
    SCALARS | st.sampled_from([*FIELDS, *ORDERS, "is", "between", "all", "uploader__password__startswith"]),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inside, max_size=5),
    max_leaves=25,
)


@SHARED
@given(
    document=ANYTHING
    | st.builds(lambda rule, more: {"rules": [{**rule, **more}]}, RULE, st.dictionaries(NAMES, ANYTHING))
)
def test_no_json_reaches_the_database_but_as_rules(bob: Any, document: Any) -> None:
    rules, errors = None, {}
    try:
        rules = parse(document)
    except Refused as refused:
        errors = refused.errors
    if rules is None:
        assert errors and all(errors.values())
    else:
        assert track_ids(rules, asking_for(bob)) == [] and count(rules, asking_for(bob)) == 0


def test_what_a_blocker_brought_in_is_not_found_by_their_name(library: list[Known], bob: Any, alice: Any) -> None:
    everything = {known.pk for known in library}
    brought_in, not_brought_in = (parse(one("uploader", operator, "alice")) for operator in ("is", "is_not"))
    assert track_ids(brought_in, asking_for(bob))
    Block.objects.create(blocker=alice, blocked=bob)
    assert track_ids(brought_in, asking_for(bob)) == []
    assert set(track_ids(not_brought_in, asking_for(bob))) == everything


def one(field: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"match": "all", "rules": [{"field": field, "operator": operator, "value": value}], **more}


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (one("password", "is", "x"), "0"),
        (one("uploader__password", "starts_with", "x"), "0"),
        (one("title", "regex", "x"), "0"),
        (one("title", "more_than", 3), "0"),
        (one("year", "is", "1990 OR 1=1"), "0"),
        (one("year", "is", True), "0"),
        (one("year", "between", [1]), "0"),
        (one("added", "before", "9999-12-31"), "0"),
        (one("added", "in_last_days", 10**9), "0"),
        (one("title", "is", "\0"), "0"),
        (one("title", "is", "x" * 201), "0"),
        (one("playlist", "in", 2**63), "0"),
        (one("title", "is", "x", order="password"), "order"),
        (one("title", "is", "x", order=["title"]), "order"),
        (one("title", "is", "x", limit=1001), "limit"),
        (one("title", "is", "x", limit=0), "limit"),
        (one("title", "is", "x", descending="perhaps"), "descending"),
        ({"match": "none", "rules": [{}]}, ""),
        ({"match": "all", "rules": []}, ""),
        ({"match": "all", "rules": [one("title", "is", "x")["rules"][0]] * (MOST_RULES + 1)}, ""),
        ({"rules": [{"rules": [{"rules": [{"rules": [{}]}]}]}]}, "0.0.0"),
        ([], ""),
        (None, ""),
    ],
)
def test_what_cannot_be_asked_is_refused_where_it_stands(document: Any, where: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(document)
    assert refused.value.errors[where]


def test_the_limit_comes_after_what_one_may_hear(alice: Any, bob: Any) -> None:
    hidden = [add_track(alice, f"A {number}", visibility="private") for number in range(5)]
    seen = [add_track(alice, f"B {number}") for number in range(2)]
    rules = parse(one("year", "is_not", 1990, order="title", limit=3))
    assert track_ids(rules, asking_for(bob)) == [track.pk for track in seen]
    assert track_ids(rules, asking_for(alice)) == [track.pk for track in hidden[:3]]


def test_as_many_questions_however_many_rules(library: list[Known], bob: Any) -> None:
    values = {"text": "b", "person": "bob", "date": "2026-01-01", "flag": True, "format": "mp3"}
    many = [
        {"field": each.name, "operator": each.operators[0], "value": values.get(each.kind, 3)}
        for each in FIELDS.values()
    ]
    assert questions(bob, many, "title") == questions(bob, many[:1], "title") == 1
    # What has no place in the order is asked for apart.
    assert questions(bob, many, "plays") == questions(bob, many[:1], "plays") == 2


def questions(user: Any, rules: list[dict[str, Any]], order: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        track_ids(parse({"match": "any", "rules": rules, "order": order}), asking_for(user))
    return len(asked)


def test_chance_lasts_for_the_day(alice: Any) -> None:
    for number in range(30):
        add_track(alice, f"T {number}")
    rules = parse(one("random", "is", 50))
    monday = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def drawn(hours: int) -> list[int]:
        return track_ids(rules, Asking(alice, monday + timedelta(hours=hours), "7"))

    assert drawn(0) == drawn(10) != drawn(24)
    assert 0 < len(drawn(0)) < 30
