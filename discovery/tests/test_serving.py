"""What a listener is offered, from no model at all to one that knows the town."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import make_user
from discovery.corrections import Kind, correct
from discovery.impressions import record_shown
from discovery.live import live_model
from discovery.models import Impression
from discovery.serving import Offered, recommend
from discovery.shelf import Chance
from discovery.standing import standing_of
from discovery.tests.town import plays, settle, tracks_of
from discovery.training import train_recommender
from listening.store import StoreAway
from music.models import Genre, Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Playlist
from playlists.stars.saying import rate, star

SHELF = "made-for-you"


def offers(user: Any, limit: int = 20, **more: Any) -> list[Offered]:
    return recommend(standing_of(user), limit, shelf=SHELF, **more)


def remember(user: Any, offered: list[Offered]) -> None:
    record_shown(user, {SHELF: [each.item for each in offered]})


def told(offered: list[Offered]) -> dict[str, str]:
    return {each.recommendation.track.title: each.recommendation.reason for each in offered}


@pytest.fixture
def town(alice: Any) -> dict[str, list[Track]]:
    library = settle(alice)
    assert train_recommender().version
    return library


def test_what_others_with_the_same_taste_finish_is_offered_with_a_true_reason(town: Any, bob: Any) -> None:
    liked = town["Jazz"][:6]
    plays(bob, liked)
    offered = offers(bob, 6, exploration=0)
    assert {each.chance.model for each in offered} == {live_model().version}
    titles = told(offered)
    assert sum(title.startswith("Jazz") for title in titles) >= 5
    finished = {f"Because you finished “{track.title}”" for track in liked}
    of_genre = {"Because you finished 6 Jazz tracks"}
    by_artist = {f"Because you listen to {track.artist.name}" for track in liked}
    assert {reason for title, reason in titles.items() if title.startswith("Jazz")} <= finished | of_genre | by_artist


def test_a_completed_listen_changes_the_next_page(as_bob: Client, town: Any, bob: Any) -> None:
    plays(bob, town["Jazz"][:6])
    first = as_bob.get("/").context["recommended"][0].track
    plays(bob, [Track.objects.get(pk=first.pk)], days_ago=1)
    assert first.pk not in [each.track.pk for each in as_bob.get("/").context["recommended"]]


def test_nothing_heard_hidden_or_of_others_alone_is_offered_and_never_three_of_an_artist(
    town: Any, alice: Any, bob: Any
) -> None:
    plays(bob, town["Jazz"][:6])
    secret = town["Jazz"][7]
    Track.objects.filter(pk=secret.pk).update(visibility="private")
    never, band = town["Jazz"][8], town["Metal"][0].artist
    correct(bob, Kind.TRACK, never.pk, 0)
    correct(bob, Kind.ARTIST, band.pk, 0)
    offered = offers(bob)
    tracks = [each.recommendation.track for each in offered]
    assert not {each.pk for each in tracks} & {secret.pk, never.pk, *(track.pk for track in town["Jazz"][:6])}
    assert band.pk not in {each.artist_id for each in tracks}
    assert max(Counter(each.artist_id for each in tracks).values()) <= 2
    assert len(tracks) == len({each.pk for each in tracks})


def test_what_may_be_shown_is_found_behind_any_number_of_tracks_that_may_not(
    town: Any, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discovery.serving.READ_AT_FIRST", 1)
    monkeypatch.setattr("discovery.serving.READ_ON", 1)
    plays(bob, town["Jazz"][:6])
    open_one = town["Metal"][11]
    Track.objects.exclude(pk=open_one.pk).update(visibility="private")
    assert list(told(offers(bob))) == [open_one.title]


def test_a_correction_changes_the_next_page(town: Any, bob: Any) -> None:
    plays(bob, [*town["Jazz"][:3], *town["Metal"][:3]])
    correct(bob, Kind.GENRE, Genre.objects.get(slug="metal").pk, 0)
    assert all(title.startswith("Jazz") for title in told(offers(bob)))


def test_the_shelf_is_the_same_all_day_and_another_tomorrow(
    town: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = [date(2026, 5, 4)]
    monkeypatch.setattr("discovery.serving.timezone.localdate", lambda: day[0])
    plays(bob, town["Jazz"][:2])
    today = list(told(offers(bob, 10)))
    assert list(told(offers(bob, 10))) == today
    day[0] += timedelta(days=1)
    assert list(told(offers(bob, 10))) != today


def test_only_some_tracks_are_asked_for(town: Any, alice: Any, bob: Any) -> None:
    plays(bob, town["Jazz"][:6])
    new = add_track(alice, "New jazz", genres=["Jazz"])
    among = [new.pk, town["Jazz"][7].pk, town["Jazz"][0].pk]
    titles = told(offers(bob, among=among))
    assert set(titles) == {"New jazz", town["Jazz"][7].title}
    assert titles["New jazz"] == "Because you finished 6 Jazz tracks"


def test_everything_heard_is_an_empty_shelf(town: Any, bob: Any) -> None:
    plays(bob, Track.objects.all())
    assert offers(bob) == []


def test_all_genres_hidden_is_an_empty_shelf_and_no_error(as_bob: Client, town: Any, bob: Any) -> None:
    plays(bob, town["Jazz"][:6])
    for genre in Genre.objects.filter(tracks__isnull=False).distinct():
        correct(bob, Kind.GENRE, genre.pk, 0)
    assert offers(bob) == []
    assert as_bob.get("/").status_code == 200


def test_a_stranger_to_the_town_gets_what_is_popular_or_what_they_chose(town: Any, bob: Any, charlie: Any) -> None:
    assert set(told(offers(bob)).values()) <= {"4 listeners here like it", "3 listeners here like it", "Popular here"}
    charlie.profile.favourite_genres.add(Genre.objects.get(slug="metal"))
    titles = told(offers(charlie, 5, exploration=0))
    assert all(title.startswith("Metal") for title in titles)
    assert set(titles.values()) == {"You chose Metal"}


def test_a_newcomer_is_told_which_chosen_genre_says_most_for_a_track_even_if_it_is_of_another(
    alice: Any, bob: Any
) -> None:
    """Of who finishes jazz before all, also the folk is offered for their jazz."""
    library = {genre: tracks_of(alice, genre, 8) for genre in ("Folk", "Jazz", "Metal", "Rock")}
    for name, finished in (
        ("ann", [*library["Jazz"][:5], *library["Folk"][:2]]),
        ("ben", [*library["Folk"][2:6], *library["Rock"][:2]]),
        ("cal", [*library["Metal"][:3], *library["Rock"][2:5]]),
    ):
        plays(make_user(name), finished)
    train_recommender()
    bob.profile.favourite_genres.set(Genre.objects.filter(slug__in=["folk", "jazz", "metal"]))
    titles = told(offers(bob, 32, exploration=0))
    assert titles["Folk 0"] == titles["Folk 1"] == "Others who like Jazz like it"
    assert titles["Rock 0"] == "Others who like Folk like it"
    own = {title: reason for title, reason in titles.items() if not title.startswith(("Rock", "Folk 0", "Folk 1"))}
    assert own == {title: f"You chose {title.split()[0]}" for title in own}
    assert set(own.values()) == {"You chose Folk", "You chose Jazz", "You chose Metal"}


def test_one_listener_alone_is_served_from_the_catalogue(alice: Any, bob: Any) -> None:
    jazz, _metal = tracks_of(alice, "Jazz", 12), tracks_of(alice, "Metal", 12)
    plays(bob, jazz[:5])
    assert train_recommender().listeners == 1
    titles = told(offers(bob, 5, exploration=0))
    assert all(title.startswith("Jazz") for title in titles)
    assert all(reason.startswith("Because you") for reason in titles.values())


def test_without_a_model_the_genre_rule_serves(alice: Any, bob: Any) -> None:
    jazz = tracks_of(alice, "Jazz", 6)
    plays(bob, jazz[:2])
    offered = offers(bob, 3)
    assert set(told(offered).values()) == {"Because you finished 2 Jazz tracks"}
    assert {each.chance for each in offered} == {Chance()}


class Away:
    def __getattr__(self, name: str) -> Any:
        def away(*args: Any, **kwargs: Any) -> None:
            raise StoreAway

        return away


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Any:
    def go() -> None:
        for module in ("music.utils", "discovery.tastes"):
            monkeypatch.setattr(f"{module}.listen_store", Away)

    return go


def test_without_a_model_the_genre_rule_goes_by_stars_and_ratings_too(alice: Any, bob: Any) -> None:
    jazz, metal = tracks_of(alice, "Jazz", 8), tracks_of(alice, "Metal", 8)
    star(bob, {"track": [jazz[0].pk]})
    rate(bob, {"track": [jazz[7].pk]}, 1)
    offered = recommend(standing_of(bob), 6, shelf="made-for-you")
    said = {each.recommendation.track.pk: each.recommendation.reason for each in offered}
    assert said.keys() <= {track.pk for track in jazz[:7]}
    assert {*said.values()} == {"You like Jazz"}
    plays(bob, metal[:3])
    finished = recommend(standing_of(bob), 3, shelf="made-for-you")
    assert {each.recommendation.reason for each in finished} == {"Because you finished 3 Metal tracks"}


def test_without_a_model_a_shelf_of_few_tracks_goes_by_stars_ratings_and_playlists_too(alice: Any, bob: Any) -> None:
    jazz, metal, folk = (tracks_of(alice, genre, 6) for genre in ("Jazz", "Metal", "Folk"))
    star(bob, {"track": [jazz[0].pk]})
    add_tracks(Playlist.objects.create(owner=bob, name="Mine"), [folk[0].pk], bob)
    rate(bob, {"track": [jazz[5].pk]}, 1)
    among = [track.pk for track in (*jazz[1:], *folk[1:], *metal)]
    titles = told(offers(bob, 8, among=among))
    assert jazz[5].title not in titles
    said = {title: titles[title] for title in titles if not title.startswith("Metal")}
    assert said == {title: f"You like {title.split()[0]}" for title in said}
    assert list(titles)[: len(said)] == list(said)
    assert len(said) == 8


def test_without_a_model_what_was_finished_and_rated_low_is_no_reason(alice: Any, bob: Any) -> None:
    jazz, metal = tracks_of(alice, "Jazz", 6), tracks_of(alice, "Metal", 6)
    plays(bob, [jazz[0], *metal[:2]])
    rate(bob, {"track": [jazz[0].pk]}, 1)
    for among in (None, [track.pk for track in (*jazz, *metal)]):
        assert "Because you finished a Jazz track" not in told(offers(bob, 4, among=among)).values()


def test_without_a_model_what_is_skipped_is_not_offered_again(alice: Any, bob: Any) -> None:
    jazz = tracks_of(alice, "Jazz", 4)
    plays(bob, jazz[:1])
    plays(bob, jazz[1:2], share=0.1)
    for among in (None, [track.pk for track in jazz]):
        assert set(told(offers(bob, 4, among=among))) == {track.title for track in jazz[2:]}


def test_while_the_listens_are_out_of_reach_the_last_shelf_stays(town: Any, bob: Any, gone: Any) -> None:
    plays(bob, town["Jazz"][:6])
    shown = offers(bob, 5)
    remember(bob, shown)
    gone()
    last = offers(bob, 5)
    assert list(told(last)) == list(told(shown))
    assert set(told(last).values()) == {"Picked for you before"}
    never = shown[0].recommendation.track
    correct(bob, Kind.TRACK, never.pk, 0)
    assert never.title not in told(offers(bob, 5))


def test_out_of_reach_and_nothing_shown_before_there_is_what_is_popular(town: Any, bob: Any, gone: Any) -> None:
    gone()
    assert {each.recommendation.reason for each in offers(bob, 5)} <= {
        "4 listeners here like it",
        "3 listeners here like it",
        "Popular here",
    }


def test_what_was_remembered_today_waits_for_nobody_who_writes(town: Any, bob: Any) -> None:
    offered = offers(bob, 6)
    remember(bob, offered)
    with CaptureQueriesContext(connection) as asked:
        remember(bob, offered)
        record_shown(bob, {"nothing": []})
    assert [each["sql"].split()[0] for each in asked] == ["SELECT"]


def test_each_pick_of_a_day_is_remembered_and_each_track_once(as_bob: Client, town: Any, bob: Any) -> None:
    plays(bob, town["Jazz"][:6])
    shown = [each.track.pk for each in as_bob.get("/").context["recommended"]]
    rows = list(Impression.objects.filter(user=bob, shelf=SHELF).order_by("pk"))
    assert [row.track_id for row in rows] == shown
    assert [row.rank for row in rows] == list(range(1, len(shown) + 1))
    plays(bob, [Track.objects.get(pk=shown[0])], days_ago=1)
    again = [each.track.pk for each in as_bob.get("/").context["recommended"]]
    more = [pk for pk in again if pk not in shown]
    rows = list(Impression.objects.filter(user=bob, shelf=SHELF).order_by("pk"))
    assert more
    assert [row.track_id for row in rows] == [*shown, *more]
    assert [row.rank for row in rows[len(shown) :]] == [1 + again.index(pk) for pk in more]
    assert {row.model for row in rows} <= {live_model().version, ""}
    assert all(0 < row.propensity <= 1 for row in rows)


def test_every_shelf_is_remembered_as_it_was_shown_and_for_two_questions(
    as_bob: Client, alice: Any, town: Any, bob: Any
) -> None:
    plays(bob, town["Jazz"][:6])
    plays(bob, town["Metal"][:1], times=3, days_ago=90)
    tracks_of(alice, "Jazz", 12)
    with CaptureQueriesContext(connection) as asked:
        as_bob.get("/")
    assert len([each for each in asked.captured_queries if "discovery_impression" in each["sql"]]) == 2
    for _again in range(2):
        page = as_bob.get("/").context
        shown = {"made-for-you": page["recommended"], **{shelf.source: offered for shelf, offered in page["shelves"]}}
        assert {source.partition(":")[0] for source in shown} >= {"made-for-you", "new-for-you", "popular"}
        for source, offered in shown.items():
            rows = Impression.objects.filter(user=bob, shelf=source).order_by("rank")
            assert [row.track_id for row in rows] == [each.track.pk for each in offered]
        assert set(Impression.objects.values_list("shelf", flat=True)) == set(shown)
    drawn = Impression.objects.filter(shelf="new-for-you", is_explored=False)
    assert (True, live_model().version) in {(0 < row.propensity < 1, row.model) for row in drawn}


def test_mixes_are_remembered_when_they_are_seen(as_bob: Client, town: Any, bob: Any) -> None:
    plays(bob, town["Jazz"][:6])
    as_bob.get("/")
    assert not Impression.objects.filter(shelf__startswith="mix").exists()
    offered = as_bob.get("/discover/mix/1/").context["offered"]
    rows = Impression.objects.filter(user=bob, shelf="mix:1").order_by("rank")
    assert [row.track_id for row in rows] == [each.track.pk for each in offered]


@pytest.mark.parametrize("page", ["mix/1", "because/{}"])
def test_a_page_of_one_list_is_remembered_and_none_of_what_it_does_not_show(
    as_bob: Client, town: Any, bob: Any, page: str
) -> None:
    plays(bob, town["Jazz"][:6])
    offered = as_bob.get(f"/discover/{page.format(town['Jazz'][0].pk)}/").context["offered"]
    rows = Impression.objects.filter(user=bob).order_by("rank")
    assert {row.shelf for row in rows} == {page.format(town["Jazz"][0].pk).replace("/", ":")}
    assert [row.track_id for row in rows] == [each.track.pk for each in offered]


def test_whatever_radios_play_and_whatever_is_similar_is_remembered(as_bob: Client, town: Any, bob: Any) -> None:
    shown: dict[str, set[int]] = {"radio": set(), "similar": set()}
    for track in town["Jazz"][:4]:
        more = as_bob.post(f"/radio/track/{track.pk}/more/", {"had": [track.pk]}, content_type="application/json")
        shown["radio"] |= {int(each["id"]) for each in more.json()["tracks"]}
        shown["similar"] |= {each.track.pk for each in as_bob.get(f"/similar/tracks/{track.pk}/").context["offered"]}
    for shelf, ids in shown.items():
        assert ids
        assert set(Impression.objects.filter(user=bob, shelf=shelf).values_list("track_id", flat=True)) == ids


def test_a_radio_does_not_remember_what_it_was_asked_to_begin_with(as_bob: Client, town: Any, bob: Any) -> None:
    first = town["Jazz"][0]
    offered = [each.track.pk for each in as_bob.get(f"/radio/track/{first.pk}/").context["offered"]]
    assert first.pk in offered
    rows = Impression.objects.filter(user=bob, shelf="radio").order_by("rank")
    assert [row.track_id for row in rows] == [pk for pk in offered if pk != first.pk]


def test_a_page_does_not_fail_when_nothing_can_be_remembered(
    town: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(Impression.objects, "bulk_create", locked)
    remember(bob, offers(bob, 5))
    assert not Impression.objects.exists()


def test_a_reason_names_nothing_that_the_listener_may_not_see(town: Any, alice: Any, bob: Any) -> None:
    plays(bob, town["Jazz"][:6])
    Track.objects.filter(pk__in=[track.pk for track in town["Jazz"][:6]]).update(visibility="private")
    assert not any(f"“{track.title}”" in reason for reason in told(offers(bob)).values() for track in town["Jazz"][:6])


def test_a_feature_that_a_track_has_no_more_is_no_reason(alice: Any, bob: Any) -> None:
    jazz = tracks_of(alice, "Jazz", 6)
    plays(bob, jazz[:3])
    train_recommender()
    jazz[5].genres.clear()
    reason = told(offers(bob))[jazz[5].title]
    assert "Jazz tracks" not in reason


def test_ten_times_the_history_and_the_library_take_as_many_questions(town: Any, alice: Any, bob: Any) -> None:
    def questions() -> list[str]:
        somebody = type(bob).objects.get(pk=bob.pk)  # who has read nothing of themselves yet
        with CaptureQueriesContext(connection) as asked:
            assert offers(somebody, 10)
        return [each["sql"] for each in asked.captured_queries]

    plays(bob, town["Jazz"][:3])
    few = questions()
    plays(bob, tracks_of(alice, "Jazz", 60)[:30], times=2)
    train_recommender()
    assert len(questions()) == len(few)


def test_deleting_an_account_takes_what_was_offered_and_what_was_learned(town: Any, bob: Any) -> None:
    from users.deletion import delete_account

    plays(bob, town["Jazz"][:6])
    remember(bob, offers(bob, 5))
    before = train_recommender()
    delete_account(bob)
    after = train_recommender()
    assert not Impression.objects.exists()
    assert (before.listeners - after.listeners, before.pairs - after.pairs) == (1, 6)
