"""What everybody's model is trained from, and what stays out of it."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from discovery.corrections import Kind, correct
from discovery.gathering import gather, read_catalogue
from discovery.models import TasteSettings
from discovery.standing import standing_of
from discovery.tastes import MOST_LIKED, corrected, weight_of
from discovery.tests.town import NOW, plays, settle, tracks_of
from discovery.training import train_recommender
from listening.leaving_out import leave_out
from listening.models import LeftOut
from listening.store import TrackSums
from music.models import Track, TrackTimbre
from music.tests.catalogue import add_track
from playlists.stars.saying import star
from recommendations.ladder import Taste, score


def weights() -> dict[int, float]:
    """Of all listeners, by track."""
    facts = gather(read_catalogue()).facts
    return dict(zip(facts.item_ids[facts.weights.indices].tolist(), facts.weights.data.tolist(), strict=True))


def sums(listens: int = 1, share: float = 1.0, skipped: int = 0, suggested: int = 0) -> TrackSums:
    return TrackSums(1, 1, listens, round(share), share, skipped, suggested, NOW)


def test_a_play_counts_by_how_far_it_went_and_repeats_ever_less() -> None:
    assert weight_of(sums()) == 1
    assert weight_of(sums(share=0.1)) == 0
    assert 0 < weight_of(sums(share=0.6)) < 1
    assert weight_of(sums(3, 3)) == 2
    assert weight_of(sums(10_000, 10_000)) == MOST_LIKED


def test_a_skip_is_a_dislike_and_our_own_suggestion_says_less() -> None:
    assert weight_of(sums(1, 0.02, skipped=1)) < 0
    assert 0 < weight_of(sums(suggested=1)) < weight_of(sums())


@pytest.mark.parametrize(("weight", "factor", "says"), [(1, 1, 1), (1, 2, 2), (0, 2, 2), (3, 4, 4), (1, 0.5, -0.5)])
def test_a_correction_counts_more_than_what_was_done(weight: float, factor: float, says: float) -> None:
    assert corrected(weight, factor) == says
    assert corrected(weight, 0) == -1


def test_only_tracks_that_everybody_may_see_are_in_the_model(alice: Any, bob: Any) -> None:
    public, secret = add_track(alice, genres=["Jazz"]), add_track(alice, genres=["Secret"], visibility="private")
    gone = add_track(alice, state="trashed")
    plays(alice, [public, secret, gone])
    catalogue = read_catalogue()
    assert catalogue.item_ids.tolist() == [public.pk]
    genre = secret.genres.get()
    assert f"genre:{genre.pk}" not in catalogue.feature_keys
    assert f"artist:{secret.artist_id}" not in catalogue.feature_keys
    assert weights() == {public.pk: 1}


def test_what_tracks_sound_like_is_a_feature_too(alice: Any) -> None:
    quiet, loud = tracks_of(alice, "Jazz", 12), tracks_of(alice, "Metal", 12)
    for level, tracks in ((-30.0, quiet), (-5.0, loud)):
        for number, track in enumerate(tracks):
            values = np.array([level + number / 100, 1.0], "<f4").tobytes()
            TrackTimbre.objects.create(track=track, values=values)
    add_track(alice)
    catalogue = read_catalogue()
    sounds = [row for row, key in enumerate(catalogue.feature_keys) if key.startswith("sound:")]
    assert len(sounds) == 2
    of_quiet = catalogue.features[sounds][:, :12].toarray()
    assert (of_quiet.argmax(axis=0) == of_quiet[:, 0].argmax()).all()
    assert catalogue.features[sounds][:, 24].nnz == 0


def test_no_saved_array_knows_who_listened(alice: Any) -> None:
    from discovery.live import live_model
    from recommendations.model import Model

    settle(alice, people=4)
    train_recommender()
    arrays = live_model().model.arrays()
    assert Model.of(arrays)
    assert not any("user" in name for name in [*arrays, *live_model().manifest])


def test_what_is_left_out_corrected_or_forgotten_does_not_count(alice: Any, bob: Any) -> None:
    tracks = [*tracks_of(alice, "Jazz", 5), add_track(alice, album="Blue")]
    plays(bob, tracks)
    leave_out(bob.pk, LeftOut.Kind.TRACK, tracks[0].pk)
    leave_out(bob.pk, LeftOut.Kind.ALBUM, tracks[5].album_id)
    correct(bob, Kind.TRACK, tracks[1].pk, 0)
    correct(bob, Kind.TRACK, tracks[2].pk, 2)
    assert weights() == {tracks[2].pk: 2, tracks[3].pk: 1, tracks[4].pk: 1}
    TasteSettings.objects.create(user=bob, forgotten_at=NOW - timedelta(days=5))
    assert weights() == {}
    plays(bob, [tracks[3]], days_ago=1)
    assert weights() == {tracks[3].pk: 1}
    assert standing_of(bob).taste.tracks[tracks[3].pk] == 1
    assert tracks[4].pk not in standing_of(bob).taste.tracks


def test_one_account_that_repeats_its_track_moves_others_by_no_more_than_fifteen_plays_do(alice: Any, bob: Any) -> None:
    """The bound: it is one listener, whose weight ends at MOST_LIKED."""
    library = settle(alice, people=4)
    own = add_track(bob, "Mine", genres=["Jazz"])
    plays(bob, library["Jazz"][:3])
    taste = Taste({track.pk: 1.0 for track in library["Jazz"][:4]})

    def scores(times: int) -> np.ndarray:
        plays(bob, [own], times=times, days_ago=3)
        train_recommender()
        return score(standing_of(alice).model, taste)

    fifteen, more = scores(15), scores(485)
    assert np.array_equal(fifteen, more)
    assert weights()[own.pk] == MOST_LIKED


def test_one_account_that_comes_to_its_track_after_what_others_know_leads_them_there_by_nothing(
    alice: Any, bob: Any
) -> None:
    """The bound of the order of listening: the same scores as if it had come from there and not gone there."""
    known = settle(alice, people=4)["Jazz"][0]
    own = add_track(bob, "Mine", genres=["Jazz"])
    others = Taste({known.pk: 1.0}, latest=(known.pk,))

    def scores(*order: Track, times: int = 1) -> np.ndarray:
        plays(bob, order * times, days_ago=days.pop())
        train_recommender()
        return score(standing_of(alice).model, others)

    days = [5, 60]
    before = scores(*[own] * 15, *[known] * 15)
    assert np.array_equal(scores(known, own, times=500), before)


def test_in_which_order_each_came_to_what_they_like_is_known_in_training_and_at_serving(alice: Any, bob: Any) -> None:
    first, skipped, last, starred = tracks_of(alice, "Jazz", 4)
    plays(bob, [first], days_ago=9)
    plays(bob, [last], days_ago=5)
    plays(bob, [skipped], share=0.1, days_ago=1)
    star(bob, {"track": [starred.pk]})
    facts = gather(read_catalogue()).facts
    when = dict(zip(facts.item_ids[facts.when.indices].tolist(), facts.when.data.tolist(), strict=True))
    assert sorted(when, key=when.__getitem__) == [first.pk, last.pk]
    assert standing_of(bob).taste.latest == (last.pk, first.pk)


def test_a_mountain_of_listens_is_read_in_pairs(alice: Any, bob: Any) -> None:
    track = add_track(alice)
    plays(bob, [track], times=30)
    told: list[int] = []
    gathered = gather(read_catalogue(), progress=told.append)
    assert len(gathered.last_at) == 1
    assert gathered.listeners == 1


def test_an_empty_library_has_empty_facts(db: None) -> None:
    gathered = gather(read_catalogue())
    assert gathered.facts.weights.shape == (0, 0)
    assert gathered.facts.feature_keys == ()
