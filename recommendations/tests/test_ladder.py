from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommendations.evaluation import top
from recommendations.facts import collect, positions
from recommendations.ladder import Contribution, Opinion, Taste, explain, rung_of, score, similar
from recommendations.model import train
from recommendations.rungs import FEW
from recommendations.tests import worlds
from recommendations.tests.worlds import FOLK, JAZZ, UNHEARD_FOLK, UNHEARD_JAZZ

crowds = cache(worlds.crowds)
TASTES = st.builds(
    Taste,
    tracks=st.dictionaries(st.integers(0, 30), st.floats(-20, 50, width=32), max_size=12),
    favourites=st.sampled_from([(), ("genre:1",), ("genre:2", "genre:1"), ("genre:9",)]),
    factors=st.dictionaries(st.sampled_from(["genre:1", "genre:2", "artist:7"]), st.floats(0, 3), max_size=3),
    adventure=st.floats(0, 1),
)


def best(taste, limit=22, model=None):
    model = model or crowds()
    heard = positions(model.item_ids, np.array(sorted(taste.tracks), np.int64))
    return [int(model.item_ids[item]) for item in top(score(model, taste), limit, heard[heard >= 0])]


def of(model, taste, track_id):
    return float(score(model, taste)[positions(model.item_ids, np.array([track_id]))[0]])


def test_of_somebody_unknown_what_most_people_like_comes_first():
    assert rung_of(crowds(), Taste()) == "popular"
    assert set(best(Taste(), 10)) == set(FOLK)
    assert {each.kind for each in explain(crowds(), Taste(), [11, 1])} == {"popular"}


def test_favourites_alone_bring_their_genre():
    taste = Taste(favourites=("genre:1",))
    assert rung_of(crowds(), taste) == "favourites"
    assert set(best(taste, 11)) == {*JAZZ, UNHEARD_JAZZ}
    assert explain(crowds(), taste, [1]) == [Contribution("feature", "genre:1", 1.0)]


def test_one_finished_track_brings_what_its_listeners_like():
    taste = Taste({3: 1.0})
    assert rung_of(crowds(), taste) == "neighbours"
    assert set(best(taste, 9)) <= {*JAZZ, UNHEARD_JAZZ}
    assert explain(crowds(), taste, [5]) == [Contribution("track", 3, 1.0)]


@pytest.mark.parametrize(
    "taste", [Taste({3: 1.0}), Taste(dict.fromkeys(list(JAZZ)[:FEW], 2.0)), Taste((), ("genre:1",))]
)
def test_before_anybody_has_listened_what_tracks_are_tells_them_apart(taste):
    nobody = replace(worlds.two_crowds(), weights=csr_matrix((0, 22), dtype=np.float32))
    model = train(nobody)
    scores = score(model, replace(taste, tracks=dict(taste.tracks)))
    assert np.isfinite(scores).all()
    jazz, folk = (scores[positions(model.item_ids, np.array([track]))[0]] for track in (UNHEARD_JAZZ, UNHEARD_FOLK))
    assert jazz > folk + 1e-3


@pytest.mark.parametrize("liked", [1, FEW])
def test_a_track_that_nothing_known_leads_to_is_not_said_to_be_there_for_it(liked):
    taste = Taste(dict.fromkeys(list(JAZZ)[:liked], 1.0))
    assert {each.kind for each in explain(crowds(), taste, list(FOLK))} == {"popular"}
    opinion = Opinion(crowds(), taste)
    assert opinion.speaks_for(list(JAZZ)).all() and not opinion.speaks_for(list(FOLK)).any()


def test_many_finished_tracks_are_learned_from():
    taste = Taste(dict.fromkeys(list(JAZZ)[:FEW], 2.0))
    assert rung_of(crowds(), taste) == "learned"
    assert set(best(taste, 3)) == {9, 10, UNHEARD_JAZZ}
    assert explain(crowds(), taste, [9])[0].key in taste.tracks


@pytest.mark.parametrize("tracks", [{3: 1.0}, dict.fromkeys(list(JAZZ)[:8], 1.0)])
def test_a_track_that_nobody_heard_is_reached_through_what_it_has_in_common(tracks):
    taste = Taste(tracks)
    assert of(crowds(), taste, UNHEARD_JAZZ) > of(crowds(), taste, UNHEARD_FOLK)
    assert explain(crowds(), taste, [UNHEARD_JAZZ])[0][:2] == ("feature", "genre:1")


def test_a_dislike_takes_down_what_is_like_it():
    neutral = Taste({3: 1.0, 12: 1.0})
    disliked = Taste({3: 1.0, 12: -1.0})
    assert of(crowds(), disliked, 15) < of(crowds(), neutral, 15)
    assert of(crowds(), disliked, 15) < of(crowds(), disliked, 5)


def test_only_dislikes_leave_what_is_popular():
    assert rung_of(crowds(), Taste({3: -1.0})) == "popular"


def test_a_factor_lowers_a_feature_and_0_is_never():
    tracks = {3: 1.0, 12: 1.0}
    less = best(Taste(tracks, factors={"genre:2": 0.2}))
    assert set(less[:7]) <= {*JAZZ, UNHEARD_JAZZ}
    scores = score(crowds(), Taste(tracks, factors={"genre:2": 0.0}))
    assert np.all(scores[10:20] == 0) and scores[21] == 0 and np.all(scores[:10] > 0)


def test_adventure_turns_from_what_everybody_knows_to_what_few_do():
    known = dict.fromkeys((*list(JAZZ)[:3], *list(FOLK)[:3]), 1.0)
    crowds_favourite, unheard = 15, UNHEARD_FOLK

    def lead(adventure):
        taste = Taste(known, adventure=adventure)
        return of(crowds(), taste, crowds_favourite) - of(crowds(), taste, unheard)

    assert lead(0.0) > lead(0.3) > lead(1.0)


def test_similar_tracks_are_of_the_same_crowd_and_never_the_track_itself():
    near = [track_id for track_id, _ in similar(crowds(), 3, 5)]
    assert len(near) == 5 and set(near) <= {*JAZZ, UNHEARD_JAZZ} - {3}
    assert similar(crowds(), 999, 5) == []


def test_a_library_of_sixteen_tracks_and_one_listener_works():
    model = train(worlds.demo_library())
    taste = Taste({0: 2.0, 4: 1.0, 8: 1.0})
    assert best(taste, 1, model) == [12]
    assert {1, 5, 9} & set(best(taste, 4, model))
    assert explain(model, taste, [12])[0].kind == "feature"
    assert best(Taste(), 3, model) == [0, 4, 8]


def test_without_any_listen_favourites_still_work():
    model = train(collect(range(4), [], [("genre:1", 2, 1.0)]))
    assert best(Taste(favourites=("genre:1",)), 1, model) == [2]
    assert best(Taste({2: 1.0}), 4, model)


def test_an_empty_library_scores_nothing():
    model = train(collect([], [], []))
    assert len(score(model, Taste({1: 1.0}, ("genre:1",)))) == 0


def test_a_track_that_the_model_does_not_know_has_no_reason():
    with pytest.raises(KeyError, match="999"):
        explain(crowds(), Taste(), [999])


def test_the_model_is_only_read():
    model = crowds()
    for array in model.arrays().values():
        array.setflags(write=False)
    taste = Taste({3: 1.0, 12: -1.0}, ("genre:1",), {"genre:2": 0.5}, 0.8)
    assert np.array_equal(score(model, taste), score(model, taste))


@settings(deadline=None)
@given(TASTES)
def test_scores_are_finite_and_do_not_depend_on_the_order(taste):
    scores = score(crowds(), taste)
    turned = Taste(
        dict(reversed(taste.tracks.items())),
        taste.favourites[::-1],
        dict(reversed(taste.factors.items())),
        taste.adventure,
    )
    assert scores.shape == (22,) and scores.dtype == np.float32
    assert np.all(np.isfinite(scores)) and np.all(scores >= 0)
    assert np.array_equal(scores, score(crowds(), turned))


@settings(deadline=None)
@given(TASTES)
def test_a_reason_is_a_track_of_the_taste_or_a_feature_of_the_track(taste):
    model = crowds()
    for track_id, reason in zip(range(1, 23), explain(model, taste, range(1, 23)), strict=True):
        assert 0 <= reason.share <= 1 + 1e-5
        if reason.kind == "track":
            assert reason.key in taste.tracks
        elif reason.kind == "feature":
            assert reason.key == ("genre:1" if track_id in (*JAZZ, UNHEARD_JAZZ) else "genre:2")


@settings(deadline=None)
@given(TASTES)
def test_what_has_a_factor_of_0_never_scores(taste):
    factors = {**taste.factors, "genre:1": 0.0}
    scores = score(crowds(), Taste(taste.tracks, taste.favourites, factors, taste.adventure))
    assert np.all(scores[:10] == 0) and scores[20] == 0


def test_a_taste_has_no_name():
    assert {each.name for each in fields(Taste)} == {"tracks", "favourites", "factors", "adventure", "latest"}
