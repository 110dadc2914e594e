"""Somebody's page, as one reader sees it: in as many questions whoever they are and however much they brought in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from listening.figures import columns
from music.albums import ALBUM_COLUMNS, AlbumRow
from music.cards import Card, album_cards, artist_cards
from music.models import Album, Artist, Track, generated_cover_url
from music.rows import COLUMNS, TrackRow
from playlists.art import PlaylistCard, cards_asked_for
from playlists.models import Playlist, SmartPlaylist
from social.now import Playing, now_listening
from users.access import listening_shown_to, people
from users.middleware import zone_of
from users.models import Block, CustomUser, Follow, Mute

TRACKS, ALBUMS, ARTISTS, PLAYLISTS = 10, 12, 6, 12
# Of what somebody heard most a reader who may see little of it is shown the first ones that they may.
LOOKED_THROUGH = 100
TOP_DAYS = 90


@dataclass(frozen=True)
class Profile:
    person: Any
    tracks: list[TrackRow]
    albums: list[Card]
    artists: list[Card]
    playlists: list[PlaylistCard]
    smart_playlists: list[Card]
    playing: list[Playing]


def person_seen_by(viewer: Any, username: str) -> Any:
    """With what is between the two as `follows` ("", "asked" or "yes"), `has_blocked`, `has_muted`, `follows_viewer`
    and `asks_viewer`, with `shows_listening`, and with `follower_count`, `following_count` and `request_count`.

    Raises Http404 for who is not here, and for who has blocked the viewer.
    """
    if "\0" in username:  # PostgreSQL does not even look for such a name
        raise Http404
    found = _with_relations(viewer, people(viewer).select_related("profile")).filter(username=username).first()
    if found is None:
        raise Http404
    return found


def profile_of(viewer: Any, person: Any) -> Profile:
    if person.has_blocked:
        return Profile(person, [], [], [], [], [], [])
    shows_uploads = person.profile.show_uploads
    return Profile(
        person,
        _tracks(person) if shows_uploads else [],
        _albums(person) if shows_uploads else [],
        _top_artists(viewer, person) if person.shows_listening and person.profile.show_top_artists else [],
        _playlists(viewer, person),
        _smart_playlists(viewer, person),
        now_listening(viewer, CustomUser.objects.filter(pk=person.pk)),
    )


def _with_relations(viewer: Any, persons: QuerySet[CustomUser]) -> QuerySet[Any]:
    mine = Follow.objects.filter(follower_id=viewer.pk, followed=OuterRef("pk"))
    theirs = Follow.objects.filter(follower=OuterRef("pk"), followed_id=viewer.pk)
    followers = Follow.objects.filter(followed=OuterRef("pk"))
    return persons.annotate(
        follows=Case(
            When(Exists(mine.filter(approved_at__isnull=False)), Value("yes")),
            When(Exists(mine), Value("asked")),
            default=Value(""),
        ),
        follows_viewer=Exists(theirs.filter(approved_at__isnull=False)),
        asks_viewer=Exists(theirs.filter(approved_at=None)),
        has_blocked=Exists(Block.objects.filter(blocker_id=viewer.pk, blocked=OuterRef("pk"))),
        has_muted=Exists(Mute.objects.filter(muter_id=viewer.pk, muted=OuterRef("pk"))),
        shows_listening=Case(
            When(Q(pk=viewer.pk) | listening_shown_to(viewer), Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
        follower_count=_count(followers.filter(approved_at__isnull=False, follower__is_active=True), "followed"),
        request_count=_count(followers.filter(approved_at=None), "followed"),
        following_count=_count(
            Follow.objects.filter(follower=OuterRef("pk"), approved_at__isnull=False, followed__is_active=True),
            "follower",
        ),
    )


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(count=Count("pk")).values("count")), 0)


def _public_uploads(person: Any) -> QuerySet[Any]:
    return Track.objects.filter(uploader_id=person.pk, state=Track.State.PUBLISHED, visibility=Track.Visibility.PUBLIC)


def _tracks(person: Any) -> list[TrackRow]:
    genres = Track.genres.through._default_manager.filter(track=OuterRef("pk")).order_by("genre__name")
    first = {f"first_{name}": Subquery(genres.values(f"genre__{name}")[:1]) for name in ("slug", "name")}
    newest = _public_uploads(person).annotate(**first).order_by("-pk").values_list(*COLUMNS, *first)[:TRACKS]
    return [TrackRow._make((*track, (slug, name) if slug else None)) for *track, slug, name in newest]


def _albums(person: Any) -> list[Card]:
    newest = _public_uploads(person).filter(album=OuterRef("pk")).order_by().values("album")
    albums = Album.objects.annotate(newest=Subquery(newest.annotate(newest=Max("pk")).values("newest")))
    shown = albums.filter(pk__in=_public_uploads(person).values("album"), newest__isnull=False)
    rows = shown.order_by(F("newest").desc()).values_list(*ALBUM_COLUMNS)[:ALBUMS]
    return album_cards(AlbumRow(*values) for values in rows)


def _top_artists(viewer: Any, person: Any) -> list[Card]:
    """What the worker last summed up: a page of somebody else waits for no figures."""
    today = timezone.localdate(timezone=zone_of(person.profile.time_zone))
    listens = columns(person.pk, ["artists"], (today - timedelta(days=TOP_DAYS), today))[0]["artists"].listens
    first = sorted((pk for pk in listens if pk > 0), key=lambda pk: (-listens[pk], pk))[:LOOKED_THROUGH]
    found = {artist.pk: artist for artist in Artist.objects.visible_to(viewer).filter(pk__in=first)} if first else {}
    return artist_cards([found[pk] for pk in first if pk in found][:ARTISTS])


def _playlists(viewer: Any, person: Any) -> list[PlaylistCard]:
    shared = Playlist.objects.visible_to(viewer).shown_to_others().filter(owner_id=person.pk)
    newest = shared.order_by("-changed_at", "-pk").values("pk")[:PLAYLISTS]
    return cards_asked_for(viewer, Playlist.objects.filter(pk__in=newest).order_by("-changed_at", "-pk"))


def _smart_playlists(viewer: Any, person: Any) -> list[Card]:
    shared = SmartPlaylist.objects.visible_to(viewer).shown_to_others().filter(owner_id=person.pk)
    return [
        Card(
            each.get_absolute_url(),
            generated_cover_url("smart", each.pk),
            each.name,
            _("Smart playlist"),
            whole=reverse("more_of_smart", args=[each.pk]),
        )
        for each in shared.order_by("name", "pk")[:PLAYLISTS]
    ]
