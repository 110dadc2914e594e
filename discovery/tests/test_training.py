"""When a model may serve, and the commands that say so."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from conftest import make_user
from discovery import evaluating, nightly, outcomes, training
from discovery.live import folder, live_model
from discovery.models import Impression
from discovery.tests.town import NOW, plays, settle, tracks_of
from listening.lease import lease
from listening.store import StoreAway
from music.models import Artist, Track
from music.tests.catalogue import add_track


def person_of(genre: str, number: int) -> Any:
    return get_user_model().objects.get(username=f"{genre}-{number}".lower())


def busy_town(uploader: Any) -> dict[str, list[Track]]:
    """People go on to finish, of their own camp, what they had not heard."""
    library = settle(uploader, people=4, tracks=20)
    for genre, tracks in library.items():
        for number in range(4):
            plays(
                person_of(genre, number),
                [track for place, track in enumerate(tracks) if place % 4 == number],
                days_ago=1,
            )
    return library


def told(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_model_that_foretells_better_than_the_genre_rule_goes_live(alice: Any) -> None:
    busy_town(alice)
    said = told("train_recommender")
    assert "genre rule" in said
    assert "Live: it foretells" in said
    assert live_model().version in said
    assert live_model().manifest["metrics"]["new model"]["listeners"] == 8


def test_a_dry_run_writes_nothing(alice: Any) -> None:
    busy_town(alice)
    assert "Nothing was written" in told("train_recommender", "--dry-run")
    assert not folder().exists()


def test_a_model_that_foretells_worse_is_kept_out_with_a_sentence(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    busy_town(alice)
    told("train_recommender")
    before = live_model().version

    def mad(model: Any, before: Any) -> Any:
        ranked = evaluating.by_popularity(before)
        return lambda row: ranked(row)[::-1][:0]

    monkeypatch.setattr(training, "by_model", mad)
    with pytest.raises(CommandError, match=r"Kept out: it foretells less than the genre rule") as refused:
        told("train_recommender")
    assert refused.value.returncode == 1
    assert live_model().version == before


def test_scores_that_are_no_numbers_are_kept_out(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tracks_of(alice, "Jazz", 4)
    monkeypatch.setattr(training, "score", lambda model, taste: model.listeners + float("nan"))
    with pytest.raises(CommandError, match="no numbers"):
        told("train_recommender")
    assert live_model() is None


def finish_the_rest(library: dict[str, list[Track]]) -> datetime:
    """Everybody finishes what they had not heard, just after the data of the live model were cut, which is answered."""
    cut = datetime.fromisoformat(live_model().manifest["data_cut"])
    for genre, tracks in library.items():
        for number in range(4):
            rest = [track for place, track in enumerate(tracks) if place % 4 == number]
            plays(person_of(genre, number), rest, days_ago=(NOW - cut) / timedelta(days=1) - 0.001)
    return cut


def test_what_was_heard_since_the_live_model_was_trained_is_what_both_are_asked(alice: Any) -> None:
    library = settle(alice, people=4, tracks=20)
    told("train_recommender")
    cut = finish_the_rest(library)
    said = told("evaluate_recommendations")
    assert f"since {cut:%Y-%m-%d %H:%M}" in said
    assert "live model" in said
    assert "new model" in told("evaluate_recommendations", "--retrain")


def test_a_live_model_that_could_not_be_asked_is_told_of_with_the_command_and_with_the_model(alice: Any) -> None:
    not_asked = "The live model was not asked: too little was finished since it was trained."
    busy_town(alice)
    assert not_asked not in told("train_recommender")
    assert not_asked not in told("evaluate_recommendations")
    said = told("train_recommender")
    assert "Live: it foretells what people finish no worse than genre rule. " + not_asked in said
    assert live_model().manifest["verdict"].endswith(not_asked)
    assert f"Model {live_model().version}. {live_model().manifest['verdict']}" in told("evaluate_recommendations")


def test_a_live_model_that_was_asked_is_named_as_what_the_new_one_was_compared_with(alice: Any) -> None:
    library = settle(alice, people=4, tracks=20)
    told("train_recommender")
    finish_the_rest(library)
    assert "no worse than live model, genre rule." in told("train_recommender")
    assert "not asked" not in live_model().manifest["verdict"]


def test_too_little_to_compare_by_is_said(alice: Any) -> None:
    settle(alice, people=1, tracks=4)
    with pytest.raises(CommandError, match="Too little") as refused:
        told("evaluate_recommendations")
    assert refused.value.returncode == 1


def test_no_tracks_are_nothing_to_train_from(db: None) -> None:
    with pytest.raises(CommandError, match="no tracks") as refused:
        told("train_recommender")
    assert refused.value.returncode == 2


def test_sixteen_tracks_and_nobody_are_enough_for_the_catalogue_alone(alice: Any) -> None:
    tracks_of(alice, "Jazz", 16)
    assert "from the catalogue alone" in told("train_recommender")
    assert live_model().manifest["listeners"] == 0


def test_a_store_that_is_away_changes_nothing(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add_track(alice)

    class Away:
        def tastes(self, *args: Any, **kwargs: Any) -> Any:
            raise StoreAway("MongoDB does not answer.")

    monkeypatch.setattr("discovery.gathering.patient_store", Away)
    with pytest.raises(CommandError, match="run it again") as refused:
        told("train_recommender")
    assert refused.value.returncode == 3


def test_a_full_disk_leaves_the_live_model(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add_track(alice)
    told("train_recommender")
    before = live_model().version

    def full(*args: Any) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(training, "save", full)
    with pytest.raises(CommandError, match="The live model stays") as refused:
        told("train_recommender")
    assert (refused.value.returncode, live_model().version) == (4, before)


def at(hour: float, days: int = 0) -> datetime:
    return datetime.combine(NOW.date(), datetime.min.time(), NOW.tzinfo) + timedelta(days=days, hours=hour)


def test_the_worker_trains_at_once_and_then_every_night(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not nightly.is_due(at(12))
    add_track(alice)
    assert nightly.is_due(at(12))
    monkeypatch.setattr("discovery.nightly.timezone.now", lambda: at(12))
    nightly._note_attempt()
    assert not nightly.is_due(at(13))
    assert not nightly.is_due(at(22))
    assert nightly.is_due(at(3, days=2))
    assert nightly.is_due(at(14, days=2))


def test_a_model_of_an_older_format_is_made_anew_at_once(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add_track(alice)
    monkeypatch.setattr("discovery.nightly.timezone.now", lambda: at(12))
    nightly._note_attempt()
    assert not nightly.is_due(at(13))
    monkeypatch.setattr("recommendations.artefacts.FORMAT", nightly.model_format() + 1)
    assert nightly.is_due(at(13))


def test_enough_heard_for_the_first_time_is_worth_a_training(
    alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "FIRST_PAIRS", 3)
    tracks = tracks_of(alice, "Jazz", 4)
    nightly._note_attempt()
    assert not nightly.is_due(NOW)
    plays(bob, tracks[:3])
    assert nightly.is_due(NOW)
    nightly._note_attempt()
    plays(bob, tracks[3:])
    assert not nightly.is_due(NOW)


def test_one_worker_trains(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add_track(alice)
    ran: list[Any] = []
    monkeypatch.setattr(nightly, "_run", lambda held: ran.append(held) or 0)
    with lease("train recommender"):
        assert not nightly.train_when_due()
    assert nightly.train_when_due()
    assert not nightly.train_when_due()
    assert len(ran) == 1


def test_a_night_in_which_the_listens_are_away_is_tried_again_soon(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add_track(alice)
    answers = iter([3, 0])
    monkeypatch.setattr(nightly, "_run", lambda held: next(answers))
    for hour, is_trained in ((3, True), (3.1, False), (4, True), (4.6, False), (5.5, False)):
        monkeypatch.setattr("discovery.nightly.timezone.now", lambda hour=hour: at(hour))
        assert nightly.train_when_due() is is_trained, hour


def shown(user: Any, track: Track | Artist, days_ago: int, **more: Any) -> None:
    day = NOW.date() - timedelta(days=days_ago)
    offered = {"shelf": "made-for-you", "rank": 1, "propensity": 0.5, **more}
    Impression.objects.create(user=user, track_id=track.pk, shown_on=day, **offered)


def test_what_became_of_what_was_shown_is_noted_when_two_days_are_over(alice: Any, bob: Any) -> None:
    completed, heard, skipped, nothing, young = tracks_of(alice, "Jazz", 5)
    for track in (completed, heard, skipped, nothing):
        shown(bob, track, 4, is_explored=track == completed)
    shown(bob, young, 1)
    plays(bob, [completed], days_ago=3)
    plays(bob, [heard], 0.7, days_ago=3)
    plays(bob, [skipped], 0.05, days_ago=3)
    assert outcomes.follow_up() == 1
    became = dict(Impression.objects.values_list("track_id", "became"))
    assert became == {
        completed.pk: "completed",
        heard.pk: "heard",
        skipped.pk: "skipped",
        nothing.pk: "nothing",
        young.pk: "",
    }
    assert outcomes.follow_up() == 0
    assert outcomes.tally() == [outcomes.Offers("made-for-you", 4, "25.0 %", "25.0 %", "25.0 %", "100.0 %")]
    with pytest.raises(CommandError):
        told("evaluate_recommendations")


def test_of_an_artist_becomes_the_best_that_became_of_any_of_their_tracks(alice: Any, bob: Any) -> None:
    tracks = tracks_of(alice, "Jazz", 6)
    artists = [track.artist for track in tracks[::2]]
    for artist in artists:
        shown(bob, artist, 4, shelf="similar-artists", is_artist=True)
    plays(bob, tracks[:1], 0.05, days_ago=3)
    plays(bob, tracks[1:2], days_ago=3)
    plays(bob, tracks[2:3], 0.05, days_ago=3)
    outcomes.follow_up()
    became = dict(Impression.objects.values_list("track_id", "became"))
    assert became == {artists[0].pk: "completed", artists[1].pk: "skipped", artists[2].pk: "nothing"}


def test_a_day_is_that_of_the_listeners_clock(alice: Any, bob: Any) -> None:
    bob.profile.time_zone = "Pacific/Auckland"
    bob.profile.save()
    tracks = tracks_of(alice, "Jazz", 4)
    for track in tracks:
        shown(bob, track, 5)
    midnight = datetime.combine(NOW.date() - timedelta(days=5), datetime.min.time(), ZoneInfo("Pacific/Auckland"))
    for track, hours in zip(tracks, (-1, 1, 47, 49), strict=True):
        plays(bob, [track], days_ago=(NOW - midnight) / timedelta(days=1) - hours / 24)
    assert outcomes.follow_up() == 1
    became = [Impression.objects.get(track_id=track.pk).became for track in tracks]
    assert became == ["nothing", "completed", "completed", "nothing"]


def test_nothing_is_said_of_two_days_before_they_are_over_everywhere(alice: Any, bob: Any) -> None:
    bob.profile.time_zone = "America/Los_Angeles"
    bob.profile.save()
    track = add_track(alice)
    shown(bob, track, 2)
    assert outcomes.follow_up() == 0
    Impression.objects.update(shown_on=NOW.date() - timedelta(days=3))
    assert outcomes.follow_up() == 1


def test_what_was_shown_three_months_ago_is_forgotten(alice: Any) -> None:
    track = add_track(alice)
    shown(alice, track, 91)
    shown(make_user("dora"), track, 89)
    assert outcomes.prune() == 1
    assert Impression.objects.get().user.username == "dora"
