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
