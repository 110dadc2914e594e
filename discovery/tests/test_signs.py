"""What stars, ratings and playlists say of a taste, at the next page and in the training."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discovery.corrections import Kind, correct
from discovery.gathering import gather, read_catalogue
from discovery.models import TasteSettings
from discovery.serving import recommend
from discovery.signs import ADDED, AT_ONE_GO, MOST_ADDED, STARRED, signs_of
from discovery.standing import standing_of
from discovery.tastes import MOST_LIKED
from discovery.tests.shelves import library
from discovery.tests.town import plays, settle, tracks_of
from discovery.training import train_recommender
from listening.leaving_out import leave_out
from listening.models import LeftOut
from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks, remove_items
from playlists.models import Playlist, PlaylistItem, Rating, Star
from playlists.stars.saying import rate, star
from recommendations.ladder import Taste, score


def weights() -> dict[int, float]:
    """Of all listeners, by track, as everybody's model learns them."""
    facts = gather(read_catalogue()).facts
    pairs = zip(facts.item_ids[facts.weights.indices].tolist(), facts.weights.data.tolist(), strict=True)
    return {pk: pytest.approx(weight) for pk, weight in pairs}


def said_by(user: Any) -> dict[int, float]:
    """By track, as the next page knows it."""
    return dict(standing_of(user).taste.tracks)


def list_of(user: Any, tracks: list[Track], name: str = "Mine") -> Playlist:
    playlist = Playlist.objects.create(owner=user, name=name)
    add_tracks(playlist, [track.pk for track in tracks], user)
    return playlist


@pytest.fixture
def town(alice: Any) -> dict[str, list[Track]]:
    library = settle(alice)
    assert train_recommender().version
    return library


def test_a_star_a_rating_and_an_addition_count_at_serving_as_in_training(alice: Any, bob: Any) -> None:
    starred, loved, good, fair, poor, bad, kept, heard = tracks_of(alice, "Jazz", 8)
    star(bob, {"track": [starred.pk, heard.pk]})
    for track, stars in ((loved, 5), (good, 4), (fair, 3), (poor, 2), (bad, 1)):
        rate(bob, {"track": [track.pk]}, stars)
    list_of(bob, [kept])
    plays(bob, [heard])
    expected = {starred.pk: 2, loved.pk: 2, good.pk: 1, poor.pk: -1, bad.pk: -2, kept.pk: ADDED, heard.pk: 3}
    assert said_by(bob) == expected
    assert weights() == {pk: weight for pk, weight in expected.items() if weight > 0}


def test_a_skip_counts_on_the_next_page(as_bob: Client, alice: Any, bob: Any) -> None:
    first, *_others = tracks_of(alice, "Jazz", 6)
    shown = [each.track.pk for each in as_bob.get("/").context["recommended"]]
    assert first.pk in shown
    plays(bob, [first], share=0.05)
    assert said_by(bob) == {first.pk: -0.5}
    assert first.pk not in [each.track.pk for each in as_bob.get("/").context["recommended"]]
    plays(bob, [first], share=0.05)
    assert said_by(bob)[first.pk] < -0.5


def test_what_is_taken_back_says_nothing_any_more(alice: Any, bob: Any) -> None:
    one, other, third = tracks_of(alice, "Jazz", 3)
    star(bob, {"track": [one.pk]})
    rate(bob, {"track": [other.pk]}, 5)
    playlist = list_of(bob, [third])
    star(bob, {"track": [one.pk]}, is_starred=False)
    rate(bob, {"track": [other.pk]}, 0)
    remove_items(playlist, [item.pk for item in playlist.items.all()], bob)
    assert said_by(bob) == weights() == {}


def test_a_star_on_an_album_or_an_artist_says_as_much_as_one_on_a_track(alice: Any, bob: Any) -> None:
    record = [add_track(alice, f"Blue {number}", artist="Ilse", album="Blue") for number in range(3)]
    many = [add_track(alice, f"Of many {number}", artist="Many") for number in range(40)]
    star(bob, {"album": [record[0].album_id], "artist": [many[0].artist_id]})
    said = said_by(bob)
    assert set(said) == {track.pk for track in (*record, *many[-5:])}
    assert sum(said[track.pk] for track in many[-5:]) == pytest.approx(STARRED)
    assert max(said.values()) < STARRED / 4
    assert weights() == said


def test_a_star_on_an_artist_says_nothing_of_what_others_keep_to_themselves(alice: Any, bob: Any) -> None:
    secret = add_track(alice, artist="Band", visibility="private")
    public = add_track(alice, artist="Band")
    star(bob, {"artist": [public.artist_id]})
    assert set(said_by(bob)) == {public.pk}
    assert secret.pk not in weights()


def test_a_file_of_ten_thousand_tracks_says_less_than_one_play(alice: Any, bob: Any) -> None:
    heard, *others = tracks_of(alice, "Jazz", 6)
    plays(bob, [heard])
    playlist, now = Playlist.objects.create(owner=bob, name="All"), timezone.now()
    rows = [
        PlaylistItem(
            playlist=playlist, track=others[number % 5], position=f"a{number:05}", added_by=bob, added_at=now,
            track_title="", track_credit="", duration_ms=1,
        )
        for number in range(10_000)
    ]  # fmt: skip
    PlaylistItem.objects.bulk_create(rows)
    assert said_by(bob) == weights() == {heard.pk: 1}


@pytest.mark.parametrize("size", [1, 2, 4, 12, 60])
def test_what_is_put_into_a_playlist_at_one_go_says_at_most_as_much_as_a_star(alice: Any, bob: Any, size: int) -> None:
    list_of(bob, tracks_of(alice, "Jazz", size))
    said = said_by(bob)
    assert len(said) == size
    assert sum(said.values()) <= AT_ONE_GO + 1e-6
    assert max(said.values()) <= ADDED


def test_additions_one_by_one_count_each_but_the_latest_only_and_a_track_once(
    alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discovery.signs.SOURCES", _of_at_most(3))
    tracks = tracks_of(alice, "Jazz", 5)
    playlist = Playlist.objects.create(owner=bob, name="Mine")
    for track in (*tracks, tracks[4]):
        add_tracks(playlist, [track.pk], bob)
    assert said_by(bob) == weights() == {tracks[3].pk: ADDED, tracks[4].pk: ADDED}
    assert MOST_ADDED == 200


def _of_at_most(most: int) -> Any:
    from discovery.signs import SOURCES

    return tuple(source._replace(most=most) for source in SOURCES)


def test_only_what_oneself_put_in_counts_and_not_of_a_playlist_that_is_left_out_or_deleted(
    alice: Any, bob: Any
) -> None:
    own, others, of_party, of_gone = tracks_of(alice, "Jazz", 4)
    add_tracks(list_of(bob, [own]), [others.pk], alice)
    party, gone = list_of(bob, [of_party], "Party"), list_of(bob, [of_gone], "Gone")
    leave_out(bob.pk, LeftOut.Kind.PLAYLIST, party.pk)
    Playlist.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    assert said_by(bob) == {own.pk: ADDED}
    assert weights() == {own.pk: ADDED, others.pk: ADDED}


def test_never_left_out_and_forgotten_win_over_a_star(alice: Any, bob: Any) -> None:
    never, left_out, of_record, before = [
        *tracks_of(alice, "Jazz", 2),
        add_track(alice, album="Blue"),
        add_track(alice),
    ]
    star(bob, {"track": [never.pk, left_out.pk, of_record.pk]})
    correct(bob, Kind.TRACK, never.pk, 0)
    leave_out(bob.pk, LeftOut.Kind.TRACK, left_out.pk)
    leave_out(bob.pk, LeftOut.Kind.ALBUM, of_record.album_id)
    assert said_by(bob) == {never.pk: -1}
    assert weights() == {}
    star(bob, {"track": [before.pk]})
    TasteSettings.objects.create(user=bob, forgotten_at=timezone.now())
    star(bob, {"track": [of_record.pk]}, is_starred=False)
    assert before.pk not in said_by(bob)
    assert weights() == {}
    rate(bob, {"track": [before.pk]}, 5)
    assert said_by(bob)[before.pk] == 2
    assert weights() == {before.pk: 2}


def test_a_starred_track_that_was_never_begun_may_still_be_offered(alice: Any, bob: Any, town: Any) -> None:
    star(bob, {"track": [track.pk for track in town["Jazz"][:6]]})
    offered = recommend(standing_of(bob), 20, shelf="made-for-you")
    titles = [each.recommendation.track.title for each in offered]
    assert set(titles) & {track.title for track in town["Jazz"][:6]}
    gathered = gather(read_catalogue())
    assert gathered.seen[gathered.user_ids.index(bob.pk)].nnz == 0


def test_a_star_changes_the_next_page_and_the_reason_says_so(
    as_bob: Client, bob: Any, town: dict[str, list[Track]]
) -> None:
    before = [each.track.title for each in as_bob.get("/").context["recommended"]]
    as_bob.post("/stars/", {"track": [track.pk for track in town["Metal"][:5]], "star": "1"})
    shown = {each.track.title: each.reason for each in as_bob.get("/").context["recommended"]}
    assert list(shown) != before
    metal = {title: reason for title, reason in shown.items() if title.startswith("Metal")}
    assert len(metal) > len(shown) / 2
    starred = {f"Because you starred “{track.title}”" for track in town["Metal"][:5]}
    own = {"You starred it"}
    bands = {f"Because you like {track.artist.name}" for track in town["Metal"][:5]}
    assert set(metal.values()) <= {*starred, *own, *bands, "More Metal", "Something different for a change"}
    assert set(metal.values()) & {*starred, *own}
    assert not any("finished" in reason or "listen to" in reason for reason in metal.values())


def test_the_reason_is_what_says_most_for_the_track(as_bob: Client, bob: Any, town: dict[str, list[Track]]) -> None:
    [liked] = town["Jazz"][:1]
    plays(bob, [liked], times=15)
    rate(bob, {"track": [liked.pk]}, 4)

    def reasons() -> set[str]:
        return {each.recommendation.reason for each in recommend(standing_of(bob), 12, shelf="made-for-you")}

    assert f"Because you rated “{liked.title}” highly" not in reasons()
    assert f"Because you finished “{liked.title}”" in reasons()


def test_a_mix_says_of_what_was_starred_and_never_heard_that_it_was(as_bob: Client, bob: Any, alice: Any) -> None:
    tracks = library(alice, {"Jazz": 40}, artists=8)["Jazz"]
    star(bob, {"track": [track.pk for track in tracks[:10]]})
    rate(bob, {"track": [track.pk for track in tracks[10:20]]}, 5)
    list_of(bob, tracks[20:24])
    mixes = [card.shelf for card in as_bob.get("/").context["mixes"] if card.shelf.source.startswith("mix:")]
    said = {item.track_id: item.reason for mix in mixes for item in mix.items}
    assert said
    for numbers, reason in ((range(10), "You starred it"), (range(10, 20), "You rated it highly")):
        own = [said[tracks[number].pk] for number in numbers if tracks[number].pk in said]
        assert reason in own
        assert {each for each in own if each.startswith("You ")} == {reason}
    assert "You have heard this" not in said.values()


def test_one_account_that_stars_rates_and_lists_its_track_moves_others_by_no_more_than_fifteen_plays_do(
    alice: Any, bob: Any
) -> None:
    """The bound of what is heard holds for all that is said: one listener, whose weight ends at MOST_LIKED."""
    library = settle(alice, people=4)
    own = add_track(bob, "Mine", genres=["Jazz"], album="Mine")
    plays(bob, library["Jazz"][:3])
    taste = Taste({track.pk: 1.0 for track in library["Jazz"][:4]})

    def scores() -> np.ndarray:
        train_recommender()
        return score(standing_of(alice).model, taste)

    plays(bob, [own], times=15, days_ago=3)
    heard = scores()
    of = {"track": [own.pk], "album": [own.album_id], "artist": [own.artist_id]}
    star(bob, of)
    rate(bob, of, 5)
    for number in range(20):
        list_of(bob, [own], f"List {number}")
    assert np.array_equal(scores(), heard)
    assert weights()[own.pk] == MOST_LIKED


def test_what_is_said_tomorrow_is_not_known_at_a_cut_before(alice: Any, bob: Any) -> None:
    [track] = tracks_of(alice, "Jazz", 1)
    star(bob, {"track": [track.pk]})
    rate(bob, {"track": [track.pk]}, 5)
    list_of(bob, [track])
    yesterday = gather(read_catalogue(), timezone.now() - timedelta(days=1))
    assert yesterday.facts.weights.nnz == 0
    assert gather(read_catalogue(), timezone.now()).facts.weights.nnz == 1


def test_a_thousand_stars_ask_as_many_questions_as_one(alice: Any, bob: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert signs_of(bob)
        return len(found)

    tracks = [add_track(alice, artist=f"Band {number % 9}", album=f"Album {number % 9}") for number in range(60)]
    star(bob, {"track": [tracks[0].pk], "album": [tracks[0].album_id], "artist": [tracks[0].artist_id]})
    few = asked()
    star(bob, {kind: {getattr(track, of) for track in tracks} for kind, of in (("track", "pk"), ("album", "album_id"))})
    star(bob, {"artist": {track.artist_id for track in tracks}})
    rate(bob, {"track": [track.pk for track in tracks]}, 4)
    list_of(bob, tracks)
    assert asked() == few
    assert Star.objects.count() > 60
    assert Rating.objects.count() == 60
