"""A new model from all that was heard, and whether it may serve: only if it foretells no worse than what does now."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _
from scipy.sparse import csr_matrix

from discovery.evaluating import Holdout, Judged, by_genre_rule, by_model, by_popularity, holdout, late_cut
from discovery.gathering import Gathered, Progress, gather, read_catalogue
from discovery.live import Live, folder, live_model
from recommendations.artefacts import make_live, save
from recommendations.gate import is_no_worse
from recommendations.ladder import Taste, score
from recommendations.model import Model, Settings, train

# Of one or two, what "others" finish is what that one person did.
FEWEST_LISTENERS = 3

NEW, LIVE, RULE, POPULAR = "new model", "live model", "genre rule", "popular"

Say = Callable[[str], object]


@dataclass
class Outcome:
    """`sentence` says what was decided and why; `version` is "" where nothing was written."""

    sentence: str = ""
    may_serve: bool = False
    version: str = ""
    tracks: int = 0
    listeners: int = 0
    pairs: int = 0
    judged: dict[str, Judged] = field(default_factory=dict)
    cut: datetime | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0


def train_recommender(
    *, dry_run: bool = False, say: Say = lambda _: None, progress: Progress = lambda _: None
) -> Outcome:
    """Gather, compare, train, and let it serve if it may. Raises StoreAway; OSError where it cannot be written."""
    began, data_cut = time.monotonic(), timezone.now()
    say(_("Reading the catalogue and the listens"))
    catalogue = read_catalogue()
    everything = gather(catalogue, data_cut, progress)
    outcome = Outcome(
        tracks=len(catalogue.item_ids), listeners=everything.listeners, pairs=len(everything.facts.weights.data)
    )
    if not outcome.tracks:
        outcome.sentence = _("There are no tracks that everybody here may hear: nothing to train from.")
    else:
        _train(outcome, everything, data_cut, dry_run, say)
    outcome.seconds = time.monotonic() - began
    outcome.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return outcome


def _train(outcome: Outcome, everything: Gathered, data_cut: datetime, dry_run: bool, say: Say) -> None:
    live = live_model()
    say(_("Comparing with what serves now"))
    if held := chosen_holdout(everything, live):
        outcome.cut, outcome.judged = held.cut, _judged(held, live, _twin(held))
    outcome.may_serve, outcome.sentence = verdict(outcome.judged, outcome.listeners, live)
    if not outcome.may_serve:
        return
    say(_("Training"))
    model = train(_learnable(everything), Settings())
    if not is_sound(model, everything):
        outcome.may_serve, outcome.sentence = False, _("Kept out: the new model has scores that are no numbers.")
    elif not dry_run:
        outcome.version = save(folder(), model.arrays(), _manifest(outcome, data_cut), data_cut)
        make_live(folder(), outcome.version)


def chosen_holdout(everything: Gathered, live: Live | None) -> Holdout | None:
    """What was heard since the live model was trained, which neither knows then; else the latest part of all.

    None where both are too little to tell models apart.
    """
    cuts = [datetime.fromisoformat(live.manifest["data_cut"])] if live else []
    for cut in (*cuts, late_cut(everything)):
        if cut and everything.listeners >= FEWEST_LISTENERS:
            held = holdout(gather(everything.catalogue, cut), cut)
            if held.is_enough:
                return held
    return None


def verdict(judged: dict[str, Judged], listeners: int, live: Live | None) -> tuple[bool, str]:
    """Whether the new model may serve, and why in a sentence, or two where the live one had no say."""
    may_serve, sentence = _decided(judged, listeners)
    if live and LIVE not in judged:
        sentence += " " + _("The live model was not asked: too little was finished since it was trained.")
    return may_serve, sentence


def _decided(judged: dict[str, Judged], listeners: int) -> tuple[bool, str]:
    if listeners < FEWEST_LISTENERS:
        return True, _("Live: trained from the catalogue alone, until %d people have listened.") % FEWEST_LISTENERS
    if not judged:
        return True, _("Live: too little was heard yet to compare it with the genre rule.")
    rivals = [name for name in (LIVE, RULE) if name in judged]
    for name in rivals:
        if not is_no_worse(judged[NEW].each, judged[name].each):
            mine, theirs = (judged[each].quality.ndcg_at_10 for each in (NEW, name))
            said = {"other": name, "mine": f"{mine:.3f}", "theirs": f"{theirs:.3f}"}
            return False, _("Kept out: it foretells less than the %(other)s, %(mine)s to %(theirs)s.") % said
    return True, _("Live: it foretells what people finish no worse than %s.") % ", ".join(rivals)


def is_sound(model: Model, everything: Gathered) -> bool:
    some = everything.facts.item_ids[:3].tolist()
    tastes = (Taste(), Taste(dict.fromkeys(some, 1.0)))
    return all(bool(np.isfinite(score(model, taste)).all()) for taste in tastes)


def compare(*, retrain: bool = False) -> tuple[Holdout | None, dict[str, Judged]]:
    """What serves now beside the rules; None where too little was heard. Raises StoreAway."""
    live = live_model()
    held = chosen_holdout(gather(read_catalogue(), timezone.now()), live)
    return (held, _judged(held, live, _twin(held) if retrain else None)) if held else (None, {})


def _judged(held: Holdout, live: Live | None, twin: Model | None) -> dict[str, Judged]:
    """A live model that has seen what came after the cut is not to be compared."""
    rankings = {RULE: by_genre_rule(held.before), POPULAR: by_popularity(held.before)}
    if live and datetime.fromisoformat(live.manifest["data_cut"]) <= held.cut:
        rankings = {LIVE: by_model(live.model, held.before), **rankings}
    if twin:
        rankings = {NEW: by_model(twin, held.before), **rankings}
    return {name: held.judge(ranking) for name, ranking in rankings.items()}


def _twin(held: Holdout) -> Model:
    """The new model as it would have been at the cut."""
    return train(_learnable(held.before), Settings())


def _learnable(gathered: Gathered) -> Any:
    """Without the listens of so few that everybody would know whose they are."""
    if gathered.listeners >= FEWEST_LISTENERS:
        return gathered.facts
    nobody = csr_matrix((0, len(gathered.facts.item_ids)), dtype=np.float32)
    return replace(gathered.facts, weights=nobody)


def _manifest(outcome: Outcome, data_cut: datetime) -> dict[str, Any]:
    return {
        "data_cut": data_cut.isoformat(),
        "tracks": outcome.tracks,
        "listeners": outcome.listeners,
        "pairs": outcome.pairs,
        "verdict": outcome.sentence,
        "metrics": {name: judged.quality._asdict() for name, judged in outcome.judged.items()},
        "settings": {name: str(getattr(Settings(), name)) for name in Settings.__dataclass_fields__},
    }
