"""What a shelf costs with a learned model, beside the genre rule on the same library.

People like a few genres each and a little of everything. Processor time of this process, the database's included.
"""

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.clock import waited
from benchmarks.ground import set_up_django

SHELF = 20
GENRES_EACH = 4
FAITH = 0.8
WEEKS = 26


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--listens", type=int, default=100, help="of each user")
    parser.add_argument("--runs", type=int, default=25)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recommending-") as folder:
        set_up_django(Path(folder))
        _measure_all(options)


def _measure_all(options: argparse.Namespace) -> None:
    from django.core.management import call_command

    from benchmarks import shelf_world as world

    call_command("migrate", verbosity=0)
    filled = 0
    for tracks in sorted(options.tracks):
        world.fill_catalogue(tracks, filled + 1)
        users = _people(options.users, tracks)
        world.fill_sql(_listens(users, tracks, options.listens, seed=tracks), len(users) * options.listens)
        _measure(tracks, users, options)
        filled = tracks


def _people(count: int, tracks: int) -> list[int]:
    """Others for each size, so that whoever is measured has heard as much at every one."""
    from django.contrib.auth import get_user_model

    names = [f"user-{tracks}-{number}" for number in range(count)]
    users = get_user_model().objects
    return [users.create_user(username=name, email=f"{name}@example.org", password=None).pk for name in names]


def _listens(users: list[int], tracks: int, each: int, seed: int) -> Iterator:
    from benchmarks.shelf_world import GENRES, made_up_listen

    dice = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    number = seed * 1000
    for user_id in users:
        liked = random.Random(user_id).sample(range(GENRES), GENRES_EACH)
        for _listen in range(each):
            number += 1
            place = int(tracks / GENRES * dice.random() ** 2)
            genre = dice.choice(liked) if dice.random() < FAITH else dice.randrange(GENRES)
            track_id = max(1, min(tracks, place * GENRES + genre))
            started_at = now - timedelta(seconds=dice.randint(300, WEEKS * 7 * 86_400))
            yield made_up_listen(user_id, number, track_id, started_at, is_completed=dice.random() < 0.8)


def _measure(tracks: int, users: list[int], options: argparse.Namespace) -> None:
    from django.contrib.auth import get_user_model

    from discovery import tastes
    from discovery.live import live_model
    from discovery.serving import _placed, recommend
    from discovery.standing import standing_of
    from discovery.training import train_recommender
    from music.utils import recommended_for
    from recommendations.ladder import score

    outcome = train_recommender()
    size = sum(array.nbytes for array in live_model().model.arrays().values()) / 1e6 if live_model() else 0
    print(f"\n{tracks:,} tracks, {outcome.listeners:,} listeners, {outcome.pairs:,} pairs")
    print(f"trained and compared in {outcome.seconds:.1f} s, {outcome.peak_mb:.0f} MB at most; arrays of {size:.0f} MB")
    print(f"{outcome.sentence}")
    for name, judged in outcome.judged.items():
        print(f"    {name:12} ndcg@10 {judged.quality.ndcg_at_10:.3f}  recall@20 {judged.quality.recall_at_20:.3f}")
    user = get_user_model().objects.get(pk=users[0])
    standing = standing_of(user)

    def anew() -> object:
        tastes.forget()
        return standing_of(user)

    print(f"{'':44}{'CPU ms':>10}{'median ms':>12}{'worst ms':>12}{'x genre rule':>14}")
    reference = _row("genre rule, whole shelf", options.runs, lambda: recommended_for(user, SHELF), None)
    scored = _row("score", options.runs, lambda: score(standing.model, standing.taste), reference)
    placed = _row(
        "score, read what may be shown, rerank",
        options.runs,
        lambda: _placed(standing, SHELF, "made-for-you", None, 0.1),
        reference,
    )
    _row("standing, after something was heard", options.runs, anew, reference)
    _row("standing, nothing new heard", options.runs, lambda: standing_of(user), reference)
    whole = _row(
        "whole shelf with reasons", options.runs, lambda: recommend(standing, SHELF, shelf="made-for-you"), reference
    )
    print(f"    of which: score {scored:.1f}, placing {placed - scored:.1f}, reasons {whole - placed:.1f} ms")


def _row(name: str, runs: int, call, reference: float | None) -> float:
    call()
    wait = waited(call, runs)
    ratio = wait.cpu_ms / (reference or wait.cpu_ms)
    print(f"{name:44}{wait.cpu_ms:10.2f}{wait.median_ms:12.2f}{wait.worst_ms:12.2f}{ratio:14.2f}")
    return wait.cpu_ms


if __name__ == "__main__":
    main()
