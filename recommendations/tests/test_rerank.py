import math
import subprocess
import sys
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.rerank import POOL_PER_PLACE, Placed, Scored, rerank

SEED, TOMORROW = b"1 2026-05-04", b"1 2026-05-05"
FEATURES = st.frozensets(st.sampled_from(["genre:1", "genre:2", "decade:1990", "album:3"]))
CANDIDATES = st.lists(
    st.builds(Scored, st.integers(1, 40), st.integers(1, 12), st.floats(-9, 9), FEATURES), max_size=60
)
IDS = st.sets(st.integers(1, 40), max_size=20)


def artists_of(candidates, placed):
    """As the first mention of a track says it: that is the one that is read."""
    first = {each.track_id: each.artist_id for each in reversed(candidates)}
    return [first[each.track_id] for each in placed]


def many(count, artists=10**6, **more):
    """The first has the best score, and each next one less."""
    return [Scored(number, number % artists, 1 / (number + 20), **more) for number in range(count)]


@given(
    CANDIDATES, st.integers(0, 25), IDS, IDS, st.sets(st.integers(1, 12)), FEATURES, st.binary(min_size=1, max_size=60)
)
def test_nothing_heard_hidden_or_twice_and_never_three_of_an_artist(
    candidates, limit, heard, hidden, hidden_artists, hidden_features, seed
):
    wanted = {"heard": heard, "hidden_tracks": hidden, "hidden_artists": hidden_artists}
    placed = rerank(candidates, limit, seed=seed, hidden_features=hidden_features, **wanted)
    eligible = [
        each
        for each in candidates
        if each.track_id not in heard | hidden
        and each.artist_id not in hidden_artists
        and not each.features & hidden_features
    ]
    ids = [each.track_id for each in placed]
    assert len(set(ids)) == len(ids) <= limit
    assert set(ids) <= {each.track_id for each in eligible}
    assert max(Counter(artists_of(eligible, placed)).values(), default=0) <= 2
    assert bool(placed) == bool(eligible and limit)


@given(CANDIDATES, st.integers(1, 25), st.floats(0, 1), st.floats(0, 1))
def test_the_same_day_gives_the_same_shelf_and_every_propensity_is_a_chance(candidates, limit, diversity, exploration):
    knobs = {"diversity": diversity, "exploration": exploration, "seed": SEED}
    placed = rerank(candidates, limit, **knobs)
    assert rerank(iter(candidates), limit, **knobs) == placed
    assert all(0 < each.propensity <= 1 + 1e-9 for each in placed)


@given(st.lists(st.integers(1, 8), min_size=1, max_size=40))
@settings(max_examples=60)
def test_two_tracks_of_an_artist_have_three_others_between_them_while_there_are_others(artists):
    candidates = [Scored(number, artist) for number, artist in enumerate(artists)]
    placed = artists_of(candidates, rerank(candidates, 20, seed=SEED))
    for place, artist in enumerate(placed):
        if artist in placed[max(0, place - 3) : place]:
            free = {other for other in artists if placed[:place].count(other) < min(2, artists.count(other))}
            assert free <= set(placed[max(0, place - 3) : place])


def test_another_process_shows_the_same_shelf():
    program = (
        "from recommendations.rerank import Scored, rerank\n"
        "candidates = (Scored(n, n, 1 / (n + 20)) for n in range(500))\n"
        "print([each.track_id for each in rerank(candidates, 20, seed=b'1 2026-05-04')])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert told == str([each.track_id for each in rerank(many(500), 20, seed=SEED)])


def test_tomorrow_brings_others_but_most_of_the_best_stay():
    today, tomorrow = ({each.track_id for each in rerank(many(500), 20, seed=seed)} for seed in (SEED, TOMORROW))
    assert today != tomorrow
    assert len(today & tomorrow) >= 5
    assert sum(track_id < 60 for track_id in today) >= 15


def test_without_exploring_the_propensities_of_a_first_place_are_those_it_is_drawn_with():
    first = [rerank(many(60), 1, seed=f"{day}".encode(), exploration=0)[0] for day in range(3000)]
    for track_id in range(5):
        seen = [each.propensity for each in first if each.track_id == track_id]
        assert math.isclose(len(seen) / len(first), seen[0], abs_tol=0.03)


def test_a_tenth_of_the_places_is_explored_and_says_so():
    placed = [each for day in range(200) for each in rerank(many(500), 20, seed=f"{day}".encode())]
    share = sum(each.explored for each in placed) / len(placed)
    assert 0.08 < share < 0.12
    assert not any(each.explored for each in rerank(many(500), 20, seed=SEED, exploration=0))
    assert all(each.propensity >= 0.1 / (POOL_PER_PLACE * 20) for each in placed)


def test_what_is_like_what_stands_there_already_waits():
    alike = [Scored(number, number, 1.0, frozenset({"genre:1", "album:1"})) for number in range(50)]
    other = [Scored(100 + number, 100 + number, 0.8, frozenset({f"genre:{number + 2}"})) for number in range(10)]

    def others(diversity):
        placed = rerank([*alike, *other], 10, seed=SEED, exploration=0, diversity=diversity)
        return sum(each.track_id >= 100 for each in placed)

    assert others(0.8) > others(0)


def test_no_more_is_read_than_the_pool_needs():
    read = []
    rerank((read.append(n) or Scored(n, n) for n in range(10_000)), 20, seed=SEED)
    assert len(read) <= POOL_PER_PLACE * 20


def test_behind_one_busy_artist_others_are_found():
    placed = rerank([*many(3000, artists=1), Scored(9999, 7)], 20, seed=SEED)
    assert len(placed) == 3
    assert 9999 in [each.track_id for each in placed]


def test_the_only_track_there_is_is_certain():
    assert rerank([Scored(5, 1)], 20, seed=SEED) == [Placed(5, 1.0, False)]
