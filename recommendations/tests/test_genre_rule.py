from hypothesis import given
from hypothesis import strategies as st

from recommendations.genres import count_genres, rank_genres, share_slots

COUNTED = st.lists(st.integers(0, 30), max_size=60).map(count_genres)


def test_the_most_completed_genre_comes_first_and_a_favourite_wins_a_tie():
    assert rank_genres([3, 3, 5, 7], favourites=[7]) == [3, 7, 5]


def test_equally_completed_genres_keep_the_order_of_their_first_mention():
    assert rank_genres(["folk", "jazz", "soul", "jazz", "folk"]) == ["folk", "jazz", "soul"]


def test_a_favourite_never_completed_is_not_ranked():
    assert rank_genres([], favourites=[7]) == []
    assert rank_genres([3], favourites=[7]) == [3]


def test_shares_follow_what_was_finished_with_one_for_each_of_the_top():
    shares = share_slots([("jazz", 8), ("folk", 4), ("soul", 1)], total=13)
    assert [(share.genre, share.slots) for share in shares] == [("jazz", 8), ("folk", 4), ("soul", 1)]


def test_a_rare_genre_still_has_a_place_beside_an_overwhelming_one():
    shares = share_slots([("jazz", 1000), ("folk", 1)], total=20)
    assert [share.slots for share in shares] == [19, 1]


def test_only_the_top_genres_share_and_never_more_than_there_are_slots():
    counted = [(genre, 10) for genre in range(9)]
    assert [share.genre for share in share_slots(counted, total=20)] == [0, 1, 2, 3, 4]
    assert [share.genre for share in share_slots(counted, total=2)] == [0, 1]
    assert share_slots(counted, total=0) == []
    assert share_slots([], total=20) == []


def test_a_factor_makes_a_genre_weigh_more_without_changing_what_is_said_of_it():
    shares = share_slots([("jazz", 6), ("folk", 3)], total=15, factors={"folk": 4})
    assert [(share.genre, share.finished, share.slots) for share in shares] == [("folk", 3, 10), ("jazz", 6, 5)]


def test_a_genre_with_factor_zero_gets_nothing_and_leaves_its_place_to_another():
    counted = [(genre, 10) for genre in range(6)]
    assert [share.genre for share in share_slots(counted, total=20, factors={0: 0})] == [1, 2, 3, 4, 5]
    assert share_slots([("jazz", 3)], total=20, factors={"jazz": 0}) == []


@given(COUNTED, st.integers(0, 40), st.dictionaries(st.integers(0, 30), st.sampled_from([0, 0.25, 0.5, 2, 4])))
def test_whatever_the_factors_all_slots_are_given_by_weight(counted, total, factors):
    shares = share_slots(counted, total, factors=factors)
    assert sum(share.slots for share in shares) == (total if shares else 0)
    assert all(factors.get(share.genre, 1) for share in shares)
    weights = [share.finished * factors.get(share.genre, 1) for share in shares]
    assert weights == sorted(weights, reverse=True)
    assert all(share.finished == dict(counted)[share.genre] for share in shares)


@given(COUNTED, st.integers(0, 40))
def test_all_slots_are_given_and_more_finished_never_means_fewer_slots(counted, total):
    shares = share_slots(counted, total)
    assert sum(share.slots for share in shares) == (total if shares else 0)
    assert all(share.slots >= 1 for share in shares)
    assert [share.slots for share in shares] == sorted((share.slots for share in shares), reverse=True)


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9), max_size=3))
def test_ranking_holds_each_completed_genre_once_by_count(genres, favourites):
    ranked = rank_genres(genres, favourites)
    assert sorted(ranked) == sorted(set(genres))
    assert [genres.count(genre) for genre in ranked] == sorted(map(genres.count, ranked), reverse=True)
