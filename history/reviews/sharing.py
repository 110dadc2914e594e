"""Reviews that others see: only those whose owner turned a link on, and only as long as it is."""

from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse

from history.models import ReviewShare
from history.naming import Named, named
from history.reviews.periods import reviewable
from history.reviews.review import Review, shared_review_of
from history.spans import Period
from users.access import anybody_here


def share_of(user: Any, period: Period) -> ReviewShare | None:
    return ReviewShare.objects.filter(user=user, period=period.said["period"]).first()


def share(user: Any, period: Period) -> ReviewShare:
    """With the link it has, or a new one that was never anybody's."""
    return ReviewShare.objects.get_or_create(user=user, period=period.said["period"])[0]


def stop_sharing(user: Any, period: Period) -> None:
    ReviewShare.objects.filter(user=user, period=period.said["period"]).delete()


def shares_of(user: Any) -> list[tuple[Period, ReviewShare]]:
    """The latest periods first."""
    shares = ReviewShare.objects.filter(user=user).order_by("-period")
    return [(period, each) for each in shares if (period := reviewable(each.period))]


def shared(token: str) -> ReviewShare:
    """That of an account which is still there and active, or 404."""
    found = ReviewShare.objects.select_related("user__profile").filter(token=token, user__is_active=True).first()
    if found is None:
        raise Http404
    return found


def shared_review(token: str) -> tuple[ReviewShare, Review]:
    """As everybody sees it: nothing is named that not everyone here may hear."""
    found = shared(token)
    period = reviewable(found.period)
    if period is None:
        raise Http404
    review = shared_review_of(found.user, period)
    review.dress = lambda shown: _dressed(shown, token)
    return found, review


def unseen(review: Review) -> list[str]:
    """What of one's own review has no name for others."""
    names: list[str] = []
    for what in ("artists", "tracks", "albums", "genres"):
        rows = review.top(what)
        seen = named(anybody_here(), what, [row.place.key for row in rows], is_own=False, is_shared=True)
        names += [row.named.name for row in rows if row.place.key not in seen]
    return list(dict.fromkeys(names))


def address(share: ReviewShare) -> str:
    return f"{settings.SITE_URL}{share.get_absolute_url()}"


def cover_named(token: str, signed: str) -> str:
    """The picture that a shared page asks for by its signed name; of others, and of no review, 404."""
    shared(token)
    try:
        return _signer(token).unsign(signed)
    except BadSignature as error:
        raise Http404 from error


def _dressed(shown: Named, token: str) -> Named:
    """Without ways into the site, and with pictures that need no account."""
    picture = shown.picture
    if shown.cover:
        picture = reverse("shared_review_cover", args=[token, _signer(token).sign(shown.cover)])
    return shown._replace(href="", picture=picture)


def _signer(token: str) -> Signer:
    return Signer(salt=f"shared-review:{token}")
