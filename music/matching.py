"""Which track of the catalogue is meant by names from elsewhere, and what stands for those that it does not have."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from rapidfuzz import fuzz, process

from listening import rules
from listening.listen import MAX_CLIENT, MAX_SOURCE, Identity, Listen, to_ms
from music.keys import album_key, artist_key, folded_artist, folded_title, recording_key
from music.models import Artist, ArtistAlias, Track
from music.querysets import TrackQuerySet

__all__ = [
    "UNMATCHED",
    "Heard",
    "Match",
    "Matcher",
    "album_key",
    "artist_key",
    "as_heard",
    "identity_of",
    "listen_elsewhere",
    "match",
    "recording_key",
]

How = Literal["mbid", "isrc", "names", "near", ""]

# Indel similarity of folded names without spaces, in percent. At 90 "Guns N' Roses" meets "Guns and Roses" and
# "Hoppípola" meets "Hoppípolla", and "Creep" does not meet "Creed". Both names a little off is one doubt too many.
NEAR_ARTIST = 90
NEAR_TITLE = 90
NEAR_TITLE_OF_NEAR_ARTIST = 96
# Of five letters every other one makes another word: "Muse", "Must".
SHORTEST_NEAR = 6
SHORTEST_MISTYPED = 5
MISTYPED = 75
# Fades and gaps differ between releases, recordings differ by more.
NEAR_DURATION_MS = 15_000
FILLERS = {"and", "the", "n"}
NUMBERS = {
    **{"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8"},
    **{"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"},
}
# Words that make another recording of a title.
VERSIONS = {
    "acapella",
    "acoustic",
    "alternate",
    "bootleg",
    "cover",
    "demo",
    "dub",
    "edit",
    "extended",
    "instrumental",
    "interlude",
    "intro",
    "karaoke",
    "live",
    "mix",
    "mono",
    "orchestral",
    "outro",
    "radio",
    "remix",
    "reprise",
    "session",
    "sessions",
    "stereo",
    "take",
    "unplugged",
    "version",
    "vip",
}


class Heard(NamedTuple):
    """A track as some other service names it; 0 and "" are unknown."""

    artist: str
    title: str
    album: str = ""
    duration_ms: int = 0
    recording_mbid: str = ""
    isrc: str = ""


class Match(NamedTuple):
    """The track that is meant, and how it was found; None and "" when the reader's catalogue does not have it."""

    track: Identity | None = None
    how: How = ""


UNMATCHED = Match()


def match(user: Any, wanted: Sequence[Heard]) -> list[Match]:
    """Which of the tracks that the user may hear each is; for more than a thousand use one Matcher, in batches."""
    return Matcher(user).match(wanted)


class Matcher:
    """Remembers the names of the artists, which it reads at the first near match: to be used for one piece of work."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._artists: dict[str, set[int]] | None = None
        self._near_artists: dict[str, tuple[str, float]] = {}

    def match(self, wanted: Sequence[Heard]) -> list[Match]:
        """In a number of queries that does not depend on how many are wanted."""
        found: list[Match] = [UNMATCHED] * len(wanted)
        for how, exact in self._exact_ways(wanted):
            for place, heard in enumerate(wanted):
                if not found[place].how and (tracks := exact(heard)):
                    found[place] = Match(self._best(tracks, heard), how)
        missing = [place for place, each in enumerate(found) if not each.how]
        for place, near in zip(missing, self._near([wanted[place] for place in missing]), strict=True):
            found[place] = near
        return found

    def _exact_ways(self, wanted: Sequence[Heard]) -> Iterable[tuple[How, Callable[[Heard], list["_Candidate"]]]]:
        mbids = self._by("recording_mbid", {heard.recording_mbid.lower() for heard in wanted} - {""})
        yield "mbid", lambda heard: mbids.get(heard.recording_mbid.lower(), [])
        isrcs = self._by("isrc", {heard.isrc.upper() for heard in wanted} - {""})
        yield "isrc", lambda heard: isrcs.get(heard.isrc.upper(), [])
        keys = self._by("recording_key", {recording_key(heard.artist, heard.title) for heard in wanted})
        yield "names", lambda heard: keys.get(recording_key(heard.artist, heard.title), [])

    def _by(self, field: str, values: Collection[Any]) -> dict[Any, list["_Candidate"]]:
        if not values:
            return {}
        # The second condition is the one of the partial indexes.
        tracks = Track.objects.visible_to(self.user).filter(**{f"{field}__in": values})
        if field != "recording_key":
            tracks = tracks.exclude(**{field: ""})
        found: dict[Any, list[_Candidate]] = defaultdict(list)
        for candidate in _candidates(tracks):
            found[getattr(candidate, field)].append(candidate)
        return found

    def _best(self, candidates: Sequence["_Candidate"], heard: Heard) -> Identity:
        """The nearest in length, then one's own, then the one that came first."""

        def rank(each: "_Candidate") -> tuple[int, bool, int]:
            distance = abs(each.identity.duration_ms - heard.duration_ms) if heard.duration_ms else 0
            return distance, each.uploader_id != self.user.pk, each.identity.track_id

        return min(candidates, key=rank).identity

    def _near(self, wanted: Sequence[Heard]) -> list[Match]:
        """The artist first, then the titles of this one: whoever hears 40,000 tracks hears far fewer artists."""
        if not wanted:
            return []
        artists = [self._near_artist(_squeezed(folded_artist(heard.artist))) for heard in wanted]
        known = self._artist_ids()
        pks = set().union(*(known.get(name, set()) for name, _likeness in artists))
        titles: dict[int, list[_Title]] = defaultdict(list)
        for title in self._titles_of(pks):
            titles[title.artist_id].append(title)
        chosen = [
            self._near_title(heard, [each for pk in sorted(known.get(name, ())) for each in titles[pk]], likeness)
            for heard, (name, likeness) in zip(wanted, artists, strict=True)
        ]
        tracks = Track.objects.visible_to(self.user).filter(pk__in={pk for pk, _how in chosen if pk})
        identities = (
            {each.identity.track_id: each.identity for each in _candidates(tracks)}
            if any(pk for pk, _how in chosen)
            else {}
        )
        return [Match(identities[pk], how) if pk in identities else UNMATCHED for pk, how in chosen]

    def _near_artist(self, name: str) -> tuple[str, float]:
        """The library's spelling, and how like it is in percent."""
        if name not in self._near_artists:
            self._near_artists[name] = _nearest(name, self._artist_ids(), NEAR_ARTIST)
        return self._near_artists[name]

    def _artist_ids(self) -> dict[str, set[int]]:
        """By their squeezed names, also by those that were merged into them."""
        if self._artists is None:
            self._artists = defaultdict(set)
            seen = Artist.objects.visible_to(self.user)
            for pk, name in seen.order_by().values_list("pk", "name").iterator():
                self._artists[_squeezed(folded_artist(name))].add(pk)
            aliases = ArtistAlias.objects.filter(artist__in=seen).order_by().values_list("artist", "name_key")
            for pk, name in aliases.iterator():
                self._artists[_squeezed(folded_artist(name))].add(pk)
        return self._artists

    def _titles_of(self, artists: Collection[int]) -> list["_Title"]:
        if not artists:
            return []
        tracks = Track.objects.visible_to(self.user).filter(artist__in=artists).order_by("pk")
        rows = tracks.values_list("pk", "artist", "title", "duration_ms", "uploader")
        return [_Title(pk, artist, folded_title(title), ms, uploader) for pk, artist, title, ms, uploader in rows]

    def _near_title(self, heard: Heard, titles: Sequence["_Title"], likeness: float) -> tuple[int, How]:
        folded = folded_title(heard.title)
        telling = _telling_words(folded)
        like = {each.folded for each in titles if _lasts_like(each, heard) and _telling_words(each.folded) == telling}
        by_squeezed = {_squeezed(each): each for each in like}
        least = NEAR_TITLE if likeness == 100 else NEAR_TITLE_OF_NEAR_ARTIST
        name, title_likeness = _nearest(_squeezed(folded), by_squeezed, least)
        same = [each for each in titles if name and each.folded == by_squeezed[name] and _lasts_like(each, heard)]
        if not same or not _is_slip(folded, by_squeezed[name]):
            return 0, ""
        best = min(same, key=lambda each: (each.uploader_id != self.user.pk, each.pk))
        return best.pk, "names" if likeness == title_likeness == 100 else "near"


class _Candidate(NamedTuple):
    identity: Identity
    recording_key: int
    uploader_id: int | None

    @property
    def recording_mbid(self) -> str:
        return self.identity.recording_mbid.lower()

    @property
    def isrc(self) -> str:
        return self.identity.isrc.upper()


class _Title(NamedTuple):
    pk: int
    artist_id: int
    folded: str
    duration_ms: int
    uploader_id: int | None


def identity_of(track: Track) -> Identity:
    """What a listen says of a track; its genres, artist and album are read with `with_credits()`."""
    return Identity(
        track_id=track.pk,
        title=track.title,
        artist_id=track.artist_id,
        artist_name=track.artist.name,
        album_id=track.album_id or 0,
        album_title=track.album.title if track.album else "",
        genres=tuple(genre.slug for genre in track.genres.all()),
        duration_ms=track.duration_ms,
        recording_mbid=track.recording_mbid,
        isrc=track.isrc,
    )


def _candidates(tracks: TrackQuerySet) -> list[_Candidate]:
    rows = tracks.with_credits()
    return [_Candidate(identity_of(track), track.recording_key, track.uploader_id) for track in rows]


def _squeezed(folded: str) -> str:
    """Without spaces and the words that some write and others do not: "AC/DC", "ACDC"; "Simon & Garfunkel"."""
    return "".join(word for word in folded.split() if word not in FILLERS) or folded.replace(" ", "")


def _nearest(name: str, names: Mapping[str, Any], least: float) -> tuple[str, float]:
    """The one most like it, and how like it is in percent; "" when none is like enough."""
    if name in names:
        return name, 100
    if len(name) < SHORTEST_NEAR:
        return "", 0
    found = process.extractOne(name, names.keys(), scorer=fuzz.ratio, processor=None, score_cutoff=least)
    return (found[0], min(found[1], 99.9)) if found else ("", 0)


def _is_slip(one: str, other: str) -> bool:
    """Letters were mistyped, not words changed: "Hoppípola", but not "He Loves You" for "She Loves You"."""
    if _squeezed(one) == _squeezed(other):
        return True
    words, others = ([word for word in text.split() if word not in FILLERS] for text in (one, other))
    changed = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    return len(words) == len(others) and all(
        min(map(len, pair)) >= SHORTEST_MISTYPED and fuzz.ratio(*pair) >= MISTYPED for pair in changed
    )


def _telling_words(folded: str) -> list[str]:
    """In which titles must agree, however like they are: "Song 2" is not "Song 3", a remix not the song."""
    words = [NUMBERS.get(word, word) for word in folded.split()]
    return sorted(word for word in words if word in VERSIONS or any(map(str.isdigit, word)))


def _lasts_like(title: _Title, heard: Heard) -> bool:
    return not heard.duration_ms or abs(title.duration_ms - heard.duration_ms) <= NEAR_DURATION_MS


def as_heard(heard: Heard) -> Identity:
    """What a listen says of a track that the catalogue does not have: its names, and what stands for them."""
    return Identity(
        track_id=recording_key(heard.artist, heard.title),
        title=heard.title[:255],
        artist_id=artist_key(heard.artist),
        artist_name=heard.artist[:255],
        album_id=album_key(heard.artist, heard.album) if heard.album else 0,
        album_title=heard.album[:255],
        duration_ms=heard.duration_ms,
        recording_mbid=heard.recording_mbid[:36],
        isrc=heard.isrc[:12],
    )


def listen_elsewhere(
    user_id: int,
    heard: Heard,
    found: Match,
    *,
    event_id: str,
    started_at: datetime,
    played_ms: int | None,
    counted: bool,
    completed: bool,
    skipped: bool = False,
    source: str = "",
    client: str = "",
    origin: str = "",
) -> Listen:
    """A listen that some other player or service tells of. Without `played_ms` it was heard whole."""
    track = found.track or as_heard(heard)
    duration_ms = track.duration_ms or heard.duration_ms
    played_ms = duration_ms if played_ms is None else played_ms
    return Listen(
        user_id=user_id,
        event_id=rules.canonical(event_id),
        **{**track._asdict(), "duration_ms": duration_ms},
        started_at=to_ms(started_at),
        played_ms=played_ms,
        ended=completed,
        counted=counted,
        completed=completed,
        completed_at=to_ms(started_at + timedelta(milliseconds=played_ms)) if completed else None,
        skipped=skipped and not completed,
        source=source[:MAX_SOURCE],
        client=client[:MAX_CLIENT],
        origin=origin,
    )
