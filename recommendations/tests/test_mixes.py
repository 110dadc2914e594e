import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommendations.content import content_vectors, unit
from recommendations.mixes import apart, clusters, leading, varied, woven

ids = st.lists(st.integers(1, 60), max_size=40)


def test_what_shares_genres_and_artists_is_one_group_and_the_heaviest_comes_first() -> None:
    jazz, metal = {"jazz": 1.0}, {"metal": 1.0}
    features = [{**jazz, "a": 0.5}, metal, {**jazz, "b": 0.5}, {**metal, "c": 0.5}, {"folk": 1.0}]
    assert clusters(content_vectors(features), [1, 5, 2, 1, 0.5], most=3) == [[1, 3], [2, 0], [4]]


def test_a_group_that_is_too_small_is_none() -> None:
    features = [{"jazz": 1.0}, {"jazz": 1.0}, {"polka": 1.0}]
    assert clusters(content_vectors(features), [1, 1, 9], most=2, least=2) == [[0, 1]]


def test_nobody_without_a_taste_has_a_group() -> None:
    assert clusters(content_vectors([]), []) == []
    assert clusters(content_vectors([{"jazz": 1.0}]), [1]) == [[0]]


@given(
    st.lists(st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3), min_size=1, max_size=40),
    st.integers(1, 8),
    st.integers(1, 4),
)
def test_groups_are_few_large_enough_and_share_nothing(rows: list[list[float]], most: int, least: int) -> None:
    vectors = unit(np.array(rows, dtype=np.float32))
    weights = [1.0 + place for place in range(len(rows))]
    groups = clusters(vectors, weights, most, least)
    together = [place for group in groups for place in group]
    assert len(groups) <= most
    assert all(len(group) >= least for group in groups)
    assert len(together) == len(set(together))
    assert least > 1 or len(together) == len(rows)
    assert groups == clusters(vectors, weights, most, least)


def test_new_ones_are_spread_evenly() -> None:
    line = woven(range(1, 50), range(101, 150), 0.3, 10)
    assert [each.is_new for each in line] == [False, False, True, False, False, False, True, False, False, True]


@given(ids, ids, st.floats(0, 1), st.integers(0, 30))
def test_woven_keeps_both_orders_has_nothing_twice_and_is_full_while_there_is_enough(
    familiar: list[int], new: list[int], adventure: float, size: int
) -> None:
    line = woven(familiar, new, adventure, size)
    taken = [each.track_id for each in line]
    assert len(set(taken)) == len(taken) == min(size, len({*familiar, *new}))
    for is_new, source in ((False, familiar), (True, new)):
        of_it = [each.track_id for each in line if each.is_new == is_new]
        places = [list(dict.fromkeys(source)).index(each) for each in of_it]
        assert places == sorted(places)


@given(st.floats(0, 1), st.integers(1, 40))
def test_the_share_of_new_ones_is_what_was_asked_for(adventure: float, size: int) -> None:
    line = woven(range(100), range(200, 300), adventure, size)
    assert abs(sum(each.is_new for each in line) - adventure * size) <= 1


@given(st.lists(st.integers(1, 5), max_size=30), st.integers(0, 3))
def test_one_artist_comes_again_only_after_others_where_there_are_others(artists: list[int], gap: int) -> None:
    artist_of = dict(enumerate(artists))
    made = apart(list(artist_of), artist_of, gap)
    assert sorted(made) == sorted(artist_of)
    for place, each in enumerate(made):
        lately = {artist_of[other] for other in made[max(0, place - gap) : place]}
        if artist_of[each] in lately:
            assert {artist_of[later] for later in made[place:]} <= lately


def test_leading_are_those_with_a_share_the_most_mentioned_first() -> None:
    assert leading(["b", "a", "a", "c", "a", "b"], 2) == ["a", "b"]
    assert leading(["b", "a", "a", "c", "a", "b"], 5, 0.3) == ["a", "b"]
    assert leading([], 3) == []


def test_where_there_are_too_few_artists_they_take_turns() -> None:
    assert apart([1, 2, 3, 4, 5, 6], {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2}, 3) == [1, 4, 2, 5, 3, 6]


def test_what_is_beyond_two_of_one_artist_comes_behind_all_others() -> None:
    artist_of = {1: 1, 2: 1, 3: 1, 4: 2, 5: 3, 6: 4}
    assert varied([1, 2, 3, 4, 5, 6], artist_of, 2, 3) == [1, 4, 5, 6, 2, 3]
