"""How good and how dear suggestions are, measured through the functions that serve the site.

Quality on public data (never part of this repository), beside the genre rule; then what made-up sites of a million
listens take to train and to serve. The same figures every time, but for the times.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.recommendations_chart import draw
from benchmarks.recommendations_data import HetRec, Listener, genres_of, read_sequences
from benchmarks.recommendations_world import SITES, Site, site_facts, site_tastes
from music_streamer.memory import keep_freed_memory
from recommendations.evaluation import Quality, ndcg_at, quality, top
from recommendations.facts import Facts
from recommendations.genres import count_genres, share_slots
from recommendations.ladder import Taste, score
from recommendations.model import Model, train

DATA = Path("../shared/data")
CHART = Path("docs/recommendations-figures.svg")
SEEDS = (42, 43, 44)
KNOWN = (0, 1, 3, 5, 10)
SHELF = 20
# Of a sequence, what was heard this many steps ago says a third (1/e) of what was heard last.
RECENT = 20

Ranker = Callable[[Listener], NDArray[np.int64]]


class Cost(NamedTuple):
    train_cpu_seconds: float
    median_ms: float
    p99_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of hetrec2011-lastfm-2k and s3rec-lastfm")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--validation", action="store_true", help="on cuts of the training part, for tuning")
    parser.add_argument("--chart", type=Path, default=CHART)
    parser.add_argument("--only", choices=["quality", "sites"])
    options = parser.parse_args()
    with threadpool_limits(1):
        if options.only != "sites":
            _quality(options)
        if options.only != "quality":
            _sites()


def _quality(options: argparse.Namespace) -> None:
    if not options.data.is_dir():
        print(f"Quality is not measured: {options.data} is not there. --data names the folder of the data sets.")
        return
    listens = HetRec.read(options.data / "hetrec2011-lastfm-2k")
    warm = _warm(listens, options.seeds, options.validation)
    cold = _cold(listens, options.seeds, options.validation)
    _sequences(options.data / "s3rec-lastfm", options.validation)
    if not options.validation:
        options.chart.write_text(draw(warm, cold, KNOWN))
        print(f"\nDrawn: {options.chart}")


def _warm(listens: HetRec, seeds: Sequence[int], validation: bool) -> dict[str, Quality]:
    measured: dict[str, list[Quality]] = {"genre rule": [], "learned": []}
    costs = []
    for seed in seeds:
        facts, listeners = listens.warm(seed, validation)
        rule, model, seconds = GenreRule(facts), *_trained(facts)
        waits: list[float] = []
        measured["genre rule"].append(_measured(rule.ranking, facts, listeners))
        measured["learned"].append(_measured(_timed(_ranker(model), waits), facts, listeners))
        costs.append(Cost(seconds, float(np.median(waits)), float(np.percentile(waits, 99))))
    means = {name: Quality(*np.mean(each, axis=0)) for name, each in measured.items()}
    print(f"\nHetRec 2011, a fifth of each listener's artists held out, mean of seeds {', '.join(map(str, seeds))}")
    print(f"{'':14}{'NDCG@10':>9}{'recall@20':>11}{'coverage@10':>13}{'novelty, bits':>15}")
    for name, mean in means.items():
        print(f"{name:14}{mean[0]:9.4f}{mean[1]:11.4f}{mean[2]:13.4f}{mean[3]:15.2f}")
    print("NDCG@10 of each seed: " + ", ".join(f"{each.ndcg_at_10:.4f}" for each in measured["learned"]))
    _print_cost(Cost(*np.mean(costs, axis=0)))
    return means


def _cold(listens: HetRec, seeds: Sequence[int], validation: bool) -> dict[str, list[float]]:
    gains: dict[str, list[list[float]]] = {"genre rule": [], "learned": []}
    for seed in seeds:
        facts, listeners = listens.cold(seed, validation)
        rankers = {"genre rule": GenreRule(facts).ranking, "learned": _ranker(_trained(facts)[0])}
        for name, ranker in rankers.items():
            gains[name].append([_gain(ranker, [_begun(each, known) for each in listeners]) for known in KNOWN])
    means = {name: np.mean(each, axis=0).tolist() for name, each in gains.items()}
    print("\nNDCG@10 of 300 listeners whom training never saw, with three favourite genres and so many artists known")
    print(f"{'':14}" + "".join(f"{known:>9}" for known in KNOWN))
    for name, mean in means.items():
        print(f"{name:14}" + "".join(f"{gain:9.4f}" for gain in mean))
    return means


def _sequences(folder: Path, validation: bool) -> None:
    print("\nLastFM of S3-Rec, the last of each sequence held out, all items ranked")
    for name, attributes in (("without attributes", False), ("with attributes", True)):
        facts, listeners = read_sequences(folder, 2 if validation else 1, attributes)
        model, _ = _trained(facts)
        print(f"{name:20} NDCG@10 {_gain(_ranker(model, RECENT), listeners):.4f}")


class GenreRule:
    """The site's rule with the most popular of each genre first, then what is popular."""

    def __init__(self, facts: Facts) -> None:
        self.keys = facts.feature_keys
        self.genres = genres_of(facts)
        self.popular = np.argsort(-np.bincount(facts.weights.indices, minlength=len(self.genres)), kind="stable")
        self.by_genre: dict[int, list[int]] = {}
        for item in self.popular.tolist():
            for genre in self.genres[item]:
                self.by_genre.setdefault(genre, []).append(item)

    def ranking(self, listener: Listener) -> NDArray[np.int64]:
        favourites = [self.keys.index(key) for key in listener.favourites]
        finished = count_genres((genre for item in listener.known.tolist() for genre in self.genres[item]), favourites)
        shares = share_slots(finished or [(genre, 1) for genre in favourites], SHELF)
        picked = dict.fromkeys(listener.known.tolist())
        for share in shares:
            unheard = (item for item in self.by_genre.get(share.genre, []) if item not in picked)
            picked.update(dict.fromkeys([item for item, _ in zip(unheard, range(share.slots), strict=False)]))
        picked.update(dict.fromkeys(self.popular[: 2 * SHELF + len(listener.known)].tolist()))
        return np.array(list(picked)[len(listener.known) :][:SHELF])


def _ranker(model: Model, recent: float | None = None) -> Ranker:
    def ranking(listener: Listener) -> NDArray[np.int64]:
        weights = listener.weights * (np.exp(-np.arange(len(listener.known))[::-1] / recent) if recent else 1)
        latest = tuple(listener.known[::-1].tolist()) if recent else ()
        tracks = dict(zip(listener.known.tolist(), weights.tolist(), strict=True))
        taste = Taste(tracks, listener.favourites, latest=latest)
        return top(score(model, taste), SHELF, listener.known)

    return ranking


def _timed(ranker: Ranker, waits: list[float]) -> Ranker:
    def ranking(listener: Listener) -> NDArray[np.int64]:
        began = time.process_time()
        ranked = ranker(listener)
        waits.append((time.process_time() - began) * 1000)
        return ranked

    return ranking


def _measured(ranker: Ranker, facts: Facts, listeners: Sequence[Listener]) -> Quality:
    known_by = np.bincount(facts.weights.indices, minlength=len(facts.item_ids)) / facts.weights.shape[0]
    return quality([ranker(each) for each in listeners], [set(each.held.tolist()) for each in listeners], known_by)


def _gain(ranker: Ranker, listeners: Sequence[Listener]) -> float:
    return statistics.fmean(ndcg_at(10, ranker(each), set(each.held.tolist())) for each in listeners if len(each.held))


def _begun(listener: Listener, known: int) -> Listener:
    return Listener(listener.known[:known], listener.weights[:known], listener.held, listener.favourites)


def _trained(facts: Facts) -> tuple[Model, float]:
    began = time.process_time()
    return train(facts), time.process_time() - began


def _sites() -> None:
    print("\nMade-up sites; each in a process of its own, a request is score() and the best 20")
    print(f"{'tracks':>9}{'people':>9}{'listens':>11}{'train CPU s':>13}{'peak MB':>9}{'model MB':>10}", end="")
    print(f"{'CPU p50 ms':>12}{'p99 ms':>8}")
    for site in SITES:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            cost, peak_mb, model_mb = pool.submit(_site, site).result()
        print(f"{site.tracks:>9,}{site.people:>9,}{site.listens:>11,}{cost.train_cpu_seconds:>13.1f}", end="")
        print(f"{peak_mb:>9.0f}{model_mb:>10.0f}{cost.median_ms:>12.2f}{cost.p99_ms:>8.2f}", flush=True)


def _site(site: Site) -> tuple[Cost, float, float]:
    keep_freed_memory()  # as the web's process does
    with threadpool_limits(1):
        model, seconds = _trained(site_facts(site))
        waits: list[float] = []
        ranker = _timed(_ranker(model), waits)
        for listener in site_tastes(site):
            ranker(listener)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    model_mb = sum(array.nbytes for array in model.arrays().values()) / 1e6
    return Cost(seconds, float(np.median(waits)), float(np.percentile(waits, 99))), peak_mb, model_mb


def _print_cost(cost: Cost) -> None:
    print(f"training {cost.train_cpu_seconds:.1f} CPU s; a request {cost.median_ms:.2f} ms CPU, p99 {cost.p99_ms:.2f}")


if __name__ == "__main__":
    main()
