import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations import shelf
from recommendations.genres import share_slots
from recommendations.shelf import Candidate, Offer, Reason, day_seed, day_start, favourite_offers, finished_offers, pick

ALICE, BOB = 1, 2
TODAY = date(2026, 5, 4)
SEED = day_seed(ALICE, TODAY)
CANDIDATES = st.lists(st.builds(Candidate, st.integers(1, 40), st.integers(1, 12)), max_size=30)
TIERS = st.lists(
    st.lists(
        st.builds(
            Offer,
            st.builds(Reason, st.sampled_from(["finished", "favourite", "popular", "new"])),
            CANDIDATES,
            st.none() | st.integers(0, 5),
        ),
        max_size=3,
    ),
    max_size=4,
)


def tracks(*numbers, artist_id=None):
    return [Candidate(number, artist_id or number) for number in numbers]


def ids(picks):
    return [picked.track_id for picked in picks]


def new(*numbers, **same):
    return [Offer(Reason("new"), tracks(*numbers, **same))]


def test_each_pick_says_why_it_is_there():
    by_genre = {"jazz": tracks(*range(1, 10)), "folk": tracks(*range(11, 20))}
    picks = pick([finished_offers(share_slots([("jazz", 4), ("folk", 2)], 3), by_genre.get)], 3, heard=(), seed=SEED)
    assert Counter(picked.reason for picked in picks) == {
        Reason("finished", "jazz", 4): 2,
        Reason("finished", "folk", 2): 1,
    }


def test_a_heard_track_never_comes_back():
    assert ids(pick([new(1, 2, 3)], 10, heard={2}, seed=SEED)) == [1, 3]


def test_at_most_two_of_an_artist_over_the_whole_shelf_even_if_it_stays_short():
    tiers = [favourite_offers(["jazz"], lambda _: tracks(1, 2, 3, artist_id=9), 10), new(4, 5, artist_id=9), new(6)]
    picks = pick(tiers, 10, heard=(), seed=SEED)
    assert len(picks) == 3
    assert picks[-1] == (6, Reason("new"))


def test_a_genre_that_is_short_leaves_its_places_to_the_others_of_its_tier():
    by_genre = {"jazz": tracks(1), "folk": tracks(*range(11, 30))}
    shares = share_slots([("jazz", 9), ("folk", 1)], 10)
    picks = pick([finished_offers(shares, by_genre.get), new(50)], 10, heard=(), seed=SEED)
    assert Counter(picked.reason.genre for picked in picks) == {"jazz": 1, "folk": 9}


def test_somebody_new_gets_favourites_then_what_is_popular_then_the_newest():
    popular = [Offer(Reason("popular"), [Candidate(3, 3, listeners=8), Candidate(2, 2, listeners=5)])]
    picks = pick([[], favourite_offers(["folk"], lambda _: tracks(1), 4), popular, new(9, 8)], 4, heard=(), seed=SEED)
    assert picks == [
        (1, Reason("favourite", "folk")),
        (3, Reason("popular", count=8)),
        (2, Reason("popular", count=5)),
        (9, Reason("new")),
    ]


def test_a_full_shelf_asks_for_no_further_tier():
    def tiers():
        yield new(1, 2)
        pytest.fail("the next tier was asked for")

    assert len(pick(tiers(), 2, heard=(), seed=SEED)) == 2


def test_a_large_genre_is_read_only_as_far_as_needed():
    read = []

    def library():
        for number in range(100_000):
            read.append(number)
            yield Candidate(number, number)

    pick([[Offer(Reason("favourite", "jazz"), library())]], 20, heard=set(range(500)), seed=SEED)
    assert len(read) <= 500 + shelf.POOL


def test_the_shelf_changes_with_the_day_and_the_listener_and_only_then():
    def shelf_of(user_id, day):
        offers = favourite_offers(["jazz"], lambda _: tracks(*range(1, 90)), 20)
        return ids(pick([offers], 20, heard=(), seed=day_seed(user_id, day)))

    assert shelf_of(ALICE, TODAY) == shelf_of(ALICE, TODAY)
    assert shelf_of(ALICE, TODAY) != shelf_of(ALICE, date(2026, 5, 5))
    assert shelf_of(ALICE, TODAY) != shelf_of(BOB, TODAY)


def test_another_process_shows_the_same_shelf():
    program = "from recommendations.shelf import *; print(day_start(day_seed(1, date(2026, 5, 4)), 10**6))"
    printed = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
        for _ in range(2)
    ]
    assert printed[0] == printed[1] == f"{day_start(SEED, 10**6)}\n"
    assert day_start(SEED, 0) == 0


def test_favourites_have_equal_parts_unless_factors_say_otherwise():
    def slots(factors):
        return {offer.reason.genre: offer.slots for offer in favourite_offers(["a", "b"], tracks, 12, factors)}

    assert slots({}) == {"a": 6, "b": 6}
    assert slots({"a": 2}) == {"a": 8, "b": 4}
    assert slots({"a": 0}) == {"b": 12}
    assert slots({"a": 0, "b": 0}) == {}


@given(TIERS, st.integers(0, 25), st.sets(st.integers(1, 40)))
def test_no_shelf_holds_a_track_twice_a_heard_one_or_three_of_an_artist(tiers, limit, heard):
    picks = pick(tiers, limit, heard=heard, seed=SEED)
    assert len(picks) <= limit
    assert len(set(ids(picks))) == len(picks)
    assert not set(ids(picks)) & heard
    assert pick(tiers, limit, heard=heard, seed=SEED) == picks


@given(TIERS, st.integers(1, 25), st.sets(st.integers(1, 40)))
def test_a_shelf_is_as_full_as_the_unheard_tracks_allow(tiers, limit, heard):
    alone = [[Offer(offer.reason, tracks(*ids(offer.candidates)), offer.slots) for offer in tier] for tier in tiers]
    unheard = {track_id for tier in alone for offer in tier for track_id in ids(offer.candidates)} - heard
    assert len(pick(alone, limit, heard=heard, seed=SEED)) == min(limit, len(unheard))


@given(TIERS, st.integers(1, 25))
def test_an_artist_has_at_most_two_places(tiers, limit):
    def of_five_artists(offer):
        return Offer(offer.reason, [Candidate(number, number % 5) for number in ids(offer.candidates)], offer.slots)

    picks = pick([map(of_five_artists, tier) for tier in tiers], limit, heard=(), seed=SEED)
    assert all(count <= 2 for count in Counter(picked.track_id % 5 for picked in picks).values())
