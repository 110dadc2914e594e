"""Merging that nobody should wait for."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django_tasks import task

from music.merging import merge_artists
from music.models import Artist, TrackCredit

MOST_WAITED_FOR = 5000


def merge_now_or_later(sources: Iterable[Artist], into: Artist) -> bool:
    """Whether it is left to the worker, because thousands of tracks are to change."""
    sources = [artist for artist in sources if artist != into]
    credits = TrackCredit.objects.filter(artist__in=sources)
    if credits[: MOST_WAITED_FOR + 1].count() <= MOST_WAITED_FOR:
        merge_artists(sources, into)
        return False
    transaction.on_commit(partial(merge_in_background.enqueue, [artist.pk for artist in sources], into.pk))
    return True


@task()
def merge_in_background(sources: list[int], into: int) -> None:
    merge_what_is_there(sources, into)


def merge_what_is_there(sources: list[int], into: int) -> None:
    """Those that are gone by now have been merged, or deleted on purpose."""
    if stays := Artist.objects.filter(pk=into).first():
        merge_artists(Artist.objects.filter(pk__in=sources), stays)
