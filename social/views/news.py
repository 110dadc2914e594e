"""What is new: the feed, and what somebody is told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from music.access import artist_for
from music.models import Artist, ArtistFollow
from music.paging import Order, keyset_page
from social.feed import feed_of, told_by
from social.now import now_listening
from users.models import CustomUser, Follow
from users.notifications import notifications_of, read_all, settle_unread

LATEST = Order("notifications", descending=True)
SIZE = 40
MOST_REQUESTS = 100


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    found = feed_of(request.user, after)
    playing = [] if after else now_listening(request.user, told_by(request.user, "show_now_listening"))
    context = {"entries": found.entries, "page": found, "is_first_page": not after, "playing": playing}
    return render(request, "social/feed.html", context)


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """And who waits to be let in."""
    after = request.GET.get("after", "")
    user: Any = request.user
    if user.unread_count:
        settle_unread(user)
    page = keyset_page(notifications_of(user), LATEST, after=after, size=SIZE)
    context = {
        "notifications": page.items,
        "requests": [] if after else _requests(user),
        "page": page,
        "is_first_page": not after,
    }
    return render(request, "social/notifications.html", context)


def _requests(user: Any) -> list[CustomUser]:
    waiting = Follow.objects.filter(followed_id=user.pk, approved_at=None, follower__is_active=True)
    return [each.follower for each in waiting.select_related("follower__profile").order_by("asked_at")[:MOST_REQUESTS]]


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    read_all(request.user)
    return redirect("notifications")


@require_POST
def follow_artist(request: HttpRequest, pk: int) -> HttpResponse:
    """Or with `unfollow` no longer."""
    user: Any = request.user
    artist: Artist = artist_for(user, pk)
    if request.POST.get("unfollow"):
        ArtistFollow.objects.filter(user=user, artist=artist).delete()
        messages.success(request, _("You do not follow %(name)s.") % {"name": artist.name})
    else:
        ArtistFollow.objects.get_or_create(user=user, artist=artist)
        messages.success(request, _("You follow %(name)s, and are told of new albums.") % {"name": artist.name})
    return redirect(artist)
