"""What listeners say about their taste. What is corrected to "never" is left out of whatever is offered to them."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.http import Http404
from django.shortcuts import get_object_or_404

from discovery.models import Correction, TasteSettings
from music import hiding
from music.compiled import ID, Compiled, compiled
from music.hiding import Hidden as Hidden
from music.models import Artist, Genre, Track
from music.querysets import TrackQuerySet

Kind = Correction.Kind
BATCH = 500
NEVER, NEUTRAL = Correction.NEVER, 1
# The stops of a slider, from "much less" to "much more", and the factor of each.
LEVELS = {-2: 0.25, -1: Correction.LESS, 0: 1.0, 1: Correction.MORE, 2: Correction.MOST}


class Corrected(NamedTuple):
    """All that somebody has said, read at once. Factors of artists and genres by feature key, as "genre:3"."""

    hidden: Hidden
    factors: dict[str, float]
    track_factors: dict[int, float]

    def factor_of(self, kind: Kind, target_id: int) -> float:
        if kind == Kind.TRACK:
            return self.track_factors.get(target_id, NEUTRAL)
        return self.factors.get(f"{kind}:{target_id}", NEUTRAL)


def corrected_of(user: Any) -> Corrected:
    """One query."""
    said = _said().rows({ID: user.pk})
    never = {kind: frozenset(pk for of, pk, factor in said if of == kind and factor == NEVER) for kind in Kind}
    return Corrected(
        Hidden(never[Kind.TRACK], never[Kind.ARTIST], never[Kind.GENRE]),
        {f"{kind}:{pk}": factor for kind, pk, factor in said if kind != Kind.TRACK},
        {pk: factor for kind, pk, factor in said if kind == Kind.TRACK},
    )


@cache
def _said() -> Compiled:
    return compiled(Correction.objects.filter(user_id=ID).values_list("kind", "target_id", "factor"))


def settings_of(user: Any) -> TasteSettings:
    """What is said there, or what holds for who has said nothing; not saved yet then."""
    return TasteSettings.objects.filter(user_id=user.pk).first() or TasteSettings(user_id=user.pk)


def not_hidden(tracks: TrackQuerySet, hidden: Hidden) -> TrackQuerySet:
    """Belongs into every question for something to offer, before its limit."""
    return tracks.filter(hiding.not_hidden(hidden))


def concerned(user: Any, kind: Kind, target_id: int, track_ids: Collection[int]) -> list[int]:
    """Which of the tracks would be hidden by "never" to it alone, as far as the user may see them."""
    one = frozenset({target_id})
    hidden = {Kind.TRACK: Hidden(tracks=one), Kind.ARTIST: Hidden(artists=one), Kind.GENRE: Hidden(genres=one)}[kind]
    tracks = Track.objects.visible_to(user).filter(~hiding.not_hidden(hidden), pk__in=list(track_ids))
    return list(tracks.order_by("pk").values_list("pk", flat=True))


def correct(user: Any, kind: Kind, target_id: int, factor: float) -> float:
    """Say it; the factor that was said before comes back, for whoever wants to undo. NEUTRAL takes it back.

    Raises Http404 for what the user may not see, unless they have said something about it while they could.
    """
    said = Correction.objects.filter(user_id=user.pk, kind=kind, target_id=target_id)
    before = said.values_list("factor", flat=True).first()
    if before is None:
        target_for(user, kind, target_id)
    if factor == NEUTRAL:
        said.delete()
    else:
        Correction.objects.update_or_create(
            user_id=user.pk, kind=kind, target_id=target_id, defaults={"factor": factor}
        )
    return NEUTRAL if before is None else before


def lead_corrections(kind: Kind, source: int, to: Sequence[int]) -> None:
    """What was said of the source is said of all of `to`, but where somebody has said something of those already."""
    said = Correction.objects.filter(kind=kind, target_id=source)
    led = [Correction(user_id=each.user_id, kind=kind, target_id=pk, factor=each.factor) for each in said for pk in to]
    Correction.objects.bulk_create(led, ignore_conflicts=True, batch_size=BATCH)
    said.delete()


def target_for(user: Any, kind: Kind, target_id: int) -> Track | Artist | Genre:
    """What the user may see, or Http404."""
    if not user.is_authenticated:
        raise Http404
    return get_object_or_404(known_to(user, kind), pk=target_id)


def known_to(user: Any, kind: Kind) -> Any:
    """All of a kind that the user may see the names of."""
    if kind == Kind.TRACK:
        return Track.objects.visible_to(user).select_related("artist")
    return Artist.objects.visible_to(user) if kind == Kind.ARTIST else Genre.objects.known_to(user)


def key_of(kind: Kind, about: Any) -> str:
    """What pages know a track, an artist or a genre by: "artist:12", "genre:jazz"."""
    return f"{kind}:{about.slug if kind == Kind.GENRE else about.pk}"


class HiddenThing(NamedTuple):
    key: str
    kind: Kind
    about: Any


def hidden_things(user: Any, at_most: int = 200) -> list[HiddenThing]:
    """What somebody never wants and may see the name of, the latest said first."""
    never = Correction.objects.filter(user_id=user.pk, factor=NEVER).order_by("-since", "-pk")[:at_most]
    said = [(Kind(kind), pk) for kind, pk in never.values_list("kind", "target_id")]
    found = {
        (kind, thing.pk): thing
        for kind in Kind
        for thing in known_to(user, kind).filter(pk__in=[pk for of, pk in said if of == kind])
    }
    there = [(kind, found[kind, pk]) for kind, pk in said if (kind, pk) in found]
    return [HiddenThing(key_of(kind, about), kind, about) for kind, about in there]
