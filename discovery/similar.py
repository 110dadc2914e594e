"""Similar tracks and similar artists, each with what they have in common."""

from collections import Counter

from discovery.alike import Wish, close_to
from discovery.reasons import ties_for
from discovery.standing import Standing
from music.cards import Card
from music.links import link
from music.models import Artist, Track, generated_cover_url
from music.rows import in_this_order
from music.utils import Recommendation
from recommendations.mixes import few_of_each

TRACKS, ARTISTS = 10, 12
OF_ONE_ARTIST = 2
OF_THE_ARTIST = 20


def similar_tracks(standing: Standing, track: Track) -> list[Recommendation]:
    """Of others than its artist, of whom more stands on its page already; at most two of each."""
    like = close_to(standing, Wish((track.pk,)), _seed("track", track.pk), without={track.pk})
    facts = {each.facts.pk: each.facts for each in like.near if each.facts.artist_id != track.artist_id}
    best = few_of_each(list(facts), {pk: each.artist_id for pk, each in facts.items()}, OF_ONE_ARTIST)[:TRACKS]
    said = ties_for(standing, like.explained(best), like.features)
    rows = in_this_order(standing.user, best)
    return [Recommendation(row, said[row.pk]) for row in rows]


def similar_artists(standing: Standing, artist: Artist) -> dict[int, Card]:
    """Those of the closest tracks, by their ids; the line under each says what they play."""
    own = Track.objects.visible_to(standing.user).by_artist(artist).order_by("-pk")
    wish = Wish(tuple(own.values_list("pk", flat=True)[:OF_THE_ARTIST]))
    close = close_to(standing, wish, _seed("artist", artist.pk)).near
    others = [each for each in close if each.facts.artist_id != artist.pk]
    weight: dict[int, float] = {}
    for each in others:
        weight[each.facts.artist_id] = weight.get(each.facts.artist_id, 0) + each.score**2
    names = {each.facts.artist_id: each.facts.artist_name for each in others}
    genres: dict[int, Counter[str]] = {pk: Counter() for pk in names}
    for each in others:
        genres[each.facts.artist_id].update(name for _pk, name in each.facts.genres)
    return {
        pk: Card(link("artist", pk), generated_cover_url("artist", pk), names[pk], _of(genres[pk]))
        for pk in sorted(weight, key=lambda pk: (-weight[pk], pk))[:ARTISTS]
    }


def _of(genres: Counter[str]) -> str:
    return " · ".join(name for name, _count in genres.most_common(2))


def _seed(kind: str, pk: int) -> bytes:
    return f"{kind} {pk}".encode()
