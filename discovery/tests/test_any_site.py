"""Whatever was heard, said and hidden on a small site, learned from or not: what is offered keeps to it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conftest import make_user
from discovery import tastes
from discovery.corrections import Kind, correct
from discovery.gathering import gather, read_catalogue
from discovery.offering import offerable
from discovery.radio import next_up, station_for
from discovery.serving import recommend
from discovery.shelf import Item
from discovery.shelves import picks_of
from discovery.standing import Standing, standing_of
from discovery.tests.town import plays
from listening import sql
from music.models import Genre, Track
from music.tests.catalogue import add_track
from music.utils import Recommendation
from playlists.stars.saying import star
from recommendations.model import train

GENRES = (("Jazz",), ("Folk",), ("Polka",), ("Jazz", "Folk"), ())
TRACKS, ARTISTS = 20, 8
UNHEARD = {"made-for-you", "new-for-you", "deep-cuts", "because"}
FEW_OF_EACH = {"made-for-you", "new-for-you", "deep-cuts", "followed"}
OF_NOBODY = re.compile(
    "Popular here|New here|Something different for a change|Goes with it, by what people here finish|"
    r"Others who finish what you finish like it|Like what you listen to|Goes with what you like"
)
some_tracks = st.sets(st.integers(0, TRACKS - 1), max_size=12)
few_tracks = st.sets(st.integers(0, TRACKS - 1), max_size=3)


@dataclass(frozen=True)
class Site:
    """What somebody did here, by numbers of tracks, artists and genres."""

    others: list[set[int]]
    finished: set[int]
    half: set[int]
    skipped: set[int]
    starred: set[int]
    chosen: set[int]
    private: set[int]
    never: list[tuple[Kind, int]]
    said: list[tuple[Kind, int, float]]
    is_learned: bool


kinds = st.tuples(st.sampled_from(Kind), st.integers(0, 2))
sites = st.builds(
    Site,
    others=st.lists(some_tracks, max_size=4),
    finished=some_tracks,
    half=few_tracks,
    skipped=few_tracks,
    starred=few_tracks,
    chosen=st.sets(st.integers(0, 2), max_size=2),
    private=few_tracks,
    never=st.lists(kinds, max_size=2),
    said=st.lists(
        st.tuples(st.sampled_from(Kind), st.integers(0, 2), st.sampled_from([0.25, 0.5, 2.0, 4.0])), max_size=3
    ),
    is_learned=st.booleans(),
)


class TestAnySite(TestCase):
    tracks: list[Track]

    @classmethod
    def setUpTestData(cls) -> None:
        uploader = make_user("alice")
        cls.tracks = [
            add_track(
                uploader,
                f"T{number}",
                artist=f"A{number % ARTISTS}",
                genres=GENRES[number % len(GENRES)],
                album=f"L{number % ARTISTS}" if number % 3 else "",
                year=1960 + 10 * (number % 3),
            )
            for number in range(TRACKS)
        ]

    @settings(max_examples=10, deadline=None)
    @given(sites)
    def test_home_keeps_to_it(self, site: Site) -> None:
        standing = self.made(site)
        allowed = {*offerable(standing.user, standing.hidden).values_list("pk", flat=True)}
        picks = picks_of(standing)
        for shelf in picks.all:
            assert {*shelf.ids} <= allowed
            if shelf.source.partition(":")[0] in UNHEARD:
                assert not standing.heard & {*shelf.ids}
            if shelf.source in FEW_OF_EACH:
                assert max(Counter(map(self.artist_of, shelf.ids)).values(), default=0) <= 2
            for item in shelf.items:
                self.is_true(site, standing, item, shelf.source)
        for shelves in ((picks.first, *picks.shelves), picks.mixes):
            ids = [pk for shelf in shelves for pk in shelf.ids]
            assert len(ids) == len({*ids})
        unheard = allowed - standing.heard - standing.disliked
        assert bool(picks.first.items) >= bool(unheard)

    @settings(max_examples=10, deadline=None)
    @given(sites, st.integers(1, TRACKS), st.none() | some_tracks)
    def test_what_is_recommended_keeps_to_it(self, site: Site, limit: int, among: set[int] | None) -> None:
        standing = self.made(site)
        wanted = among and {self.tracks[number].pk for number in among}
        eligible = {*offerable(standing.user, standing.hidden).values_list("pk", flat=True)} - standing.heard
        eligible &= wanted if wanted is not None else eligible
        offered = [each.item for each in recommend(standing, limit, shelf="any", among=wanted)]
        ids = [item.track_id for item in offered]
        assert {*ids} <= eligible
        assert len(ids) == len({*ids}) <= limit
        assert max(Counter(map(self.artist_of, ids)).values(), default=0) <= 2
        assert bool(offered) >= bool(eligible - standing.disliked)
        for item in offered:
            self.is_true(site, standing, item)

    @settings(max_examples=10, deadline=None)
    @given(sites, st.integers(0, TRACKS - 1))
    def test_a_radio_and_what_it_says_keep_to_it(self, site: Site, number: int) -> None:
        standing, rng = self.made(site), Random(number)
        allowed = {*offerable(standing.user, standing.hidden).values_list("pk", flat=True)}
        seed = self.tracks[number]
        tunings = [("me", "me"), *([("track", str(seed.pk))] if number not in site.private else [])]
        for kind, key in tunings:
            offered = next_up(standing, station_for(standing, kind, key, (), rng), (), TRACKS, rng)
            ids = [each.track.pk for each in offered]
            assert {*ids} <= allowed
            assert len(ids) == len({*ids})
            for each in offered:
                self.is_true(site, standing, _item(each), f"radio:{kind}:{key}")

    def made(self, site: Site) -> Standing:
        """What is remembered between requests is of another site."""
        cache.clear()
        tastes.forget()
        sql.forget()
        user = make_user("dora")
        for number, finished in enumerate(site.others):
            plays(make_user(f"other-{number}"), self.numbered(finished))
        plays(user, self.numbered(site.finished))
        plays(user, self.numbered(site.half - site.finished), share=0.6)
        plays(user, self.numbered(site.skipped - site.finished - site.half), share=0.05)
        if site.starred:
            star(user, {"track": [track.pk for track in self.numbered(site.starred)]})
        user.profile.favourite_genres.set([self.genre(number) for number in site.chosen])
        for kind, number, factor in [*site.said, *((kind, number, 0.0) for kind, number in site.never)]:
            correct(user, kind, self.target(kind, number), factor)
        Track.objects.filter(pk__in=[self.tracks[number].pk for number in site.private]).update(visibility="private")
        standing = standing_of(user)
        return replace(standing, model=train(gather(read_catalogue()).facts)) if site.is_learned else standing

    def numbered(self, numbers: Iterable[int]) -> list[Track]:
        return [self.tracks[number] for number in sorted(numbers)]

    def artist_of(self, track_id: int) -> int:
        return self.track(track_id).artist_id

    def track(self, track_id: int) -> Track:
        return next(track for track in self.tracks if track.pk == track_id)

    def genre(self, number: int) -> Genre:
        return Genre.objects.get(name=("Jazz", "Folk", "Polka")[number])

    def target(self, kind: Kind, number: int) -> int:
        track = self.tracks[number]
        return {Kind.TRACK: track.pk, Kind.ARTIST: track.artist_id, Kind.GENRE: self.genre(number).pk}[kind]

    def is_true(self, site: Site, standing: Standing, item: Item, source: str = "") -> None:
        """What is named was heard, liked or chosen, and is something that the track has, wherever that is said."""
        says = Says(self, site, standing, item.track_id, source)
        assert any(
            found and is_so(says, *found.groups())
            for words, is_so in TRUE_IF.items()
            if (found := re.fullmatch(words, item.reason))
        ), (item.reason, source)


def _item(offered: Recommendation) -> Item:
    return Item(offered.track.pk, offered.reason)


@dataclass(frozen=True)
class Says:
    of: TestAnySite
    site: Site
    standing: Standing
    track_id: int
    source: str

    def has(self, name: str) -> bool:
        """The offered track."""
        return name in self.things_of(self.number)

    def liked(self, name: str) -> bool:
        """Some track that they like."""
        return any(name in self.things_of(self.number_of(pk)) for pk in self.standing.liked)

    def finished(self, name: str) -> int:
        return sum(name in self.things_of(number) for number in self.site.finished)

    def seed_has(self, name: str) -> bool:
        return name in self.things_of(self.seed)

    def things_of(self, number: int) -> set[str]:
        decade = f"{1960 + 10 * (number % 3)}s"
        return {f"T{number}", f"A{number % ARTISTS}", f"L{number % ARTISTS}", decade, *GENRES[number % len(GENRES)]}

    def is_of(self, title: str, numbers: Iterable[int]) -> bool:
        return any(title == f"T{number}" for number in numbers)

    def said(self, name: str) -> bool:
        keys = {key for key, factor in self.standing.taste.factors.items() if factor > 1}
        genres = {f"genre:{self.of.genre(number).pk}": f"{self.of.genre(number).name}" for number in range(3)}
        artists = {f"artist:{track.artist_id}": f"A{number % ARTISTS}" for number, track in enumerate(self.of.tracks)}
        return name in {(genres | artists).get(key) for key in keys}

    def number_of(self, track_id: int) -> int:
        return next(number for number, track in enumerate(self.of.tracks) if track.pk == track_id)

    @property
    def number(self) -> int:
        return self.number_of(self.track_id)

    @property
    def seed(self) -> int:
        return self.number_of(int(self.source.rpartition(":")[2]))

    @property
    def chosen(self) -> set[str]:
        return {("Jazz", "Folk", "Polka")[number] for number in self.site.chosen}

    @property
    def listeners(self) -> int:
        everybody = [*self.site.others, self.site.finished]
        return sum(self.number in finished for finished in everybody)


TRUE_IF: dict[str, Any] = {
    OF_NOBODY.pattern: lambda says: True,
    r"Because you finished “(\w+)”": lambda says, title: says.is_of(title, says.site.finished),
    r"Because you listened to “(\w+)”": lambda says, title: says.is_of(title, says.site.half | says.site.finished),
    r"Because you starred “(\w+)”": lambda says, title: says.is_of(title, says.site.starred),
    r"Because you like “(\w+)”": lambda says, title: says.liked(title),
    r"Because you finished an? (\w+) track": lambda says, name: says.has(name) and says.finished(name) >= 1,
    r"Because you finished (\d+) (\w+) tracks": lambda says, n, name: says.has(name) and says.finished(name) >= int(n),
    r"You chose (\w+)": lambda says, name: says.has(name) and name in says.chosen,
    r"Others who like (\w+) like it": lambda says, name: name in says.chosen or says.liked(name) or says.said(name),
    r"You like (\w+)": lambda says, name: says.has(name) and says.liked(name),
    r"More (\w+)": lambda says, name: says.has(name) and says.liked(name),
    r"You asked for more (\w+)": lambda says, name: says.said(name),
    r"You asked for it": lambda says: says.standing.taste.factors.get(f"track:{says.track_id}", 1) > 1,
    r"Because you (?:listen to|like) (\w+)": lambda says, name: says.has(name) and says.liked(name),
    r"From “(\w+)”, which you (?:listen to|like)": lambda says, name: says.has(name) and says.liked(name),
    r"You (?:listen to|like) music of the (\w+)": lambda says, name: says.has(name) and says.liked(name),
    r"(\d+) listeners here like it": lambda says, n: says.listeners + len(says.site.half) >= int(n) >= 3,
    r"Finished by (\d+) listeners here": lambda says, n: says.listeners == int(n) >= 3,
    r"(\w+), too": lambda says, name: says.has(name) and says.seed_has(name),
    r"Also by (\w+)": lambda says, name: says.has(name) and says.seed_has(name),
    r"Also on “(\w+)”": lambda says, name: says.has(name) and says.seed_has(name),
    r"Goes with “(\w+)”, by what people here finish": lambda says, title: says.seed_has(title),
    r"Where this radio begins": lambda says: says.number == says.seed,
    r"You finished this": lambda says: says.number in says.site.finished,
    r"You have heard this": lambda says: says.track_id in says.standing.heard,
    r"You starred it": lambda says: says.number in says.site.starred,
}
