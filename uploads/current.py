"""What one user has under way: how far each file is, and what has become of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from uploads.models import Upload
from uploads.twins import already_here, in_reach

State = Upload.State
CHECKING = (State.RECEIVED, State.CHECKED)
SETTLED = (State.PUBLISHED, State.DUPLICATE, State.REFUSED)
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    items: list[Upload]
    next_cursor: str


@dataclass(frozen=True)
class Current:
    """`counts` by state, of all; `page` are some of them, the newest first. What is kept for its tracks has arrived in
    them, or will: it is not listed."""

    counts: Counter[str]
    page: Page

    @property
    def is_busy(self) -> bool:
        """Whether looking again in a moment may show something new."""
        return any(self.counts[state] for state in CHECKING)

    @property
    def to_review(self) -> int:
        return self.counts[State.REVIEW]

    @property
    def settled(self) -> int:
        return sum(self.counts[state] for state in SETTLED)

    @cached_property
    def summary(self) -> str:
        """One line, read aloud when it changes."""
        if self.is_busy:
            coming = sum(self.counts[state] for state in CHECKING)
            done = self.counts[State.REVIEW] + self.counts[State.DUPLICATE] + self.counts[State.REFUSED]
            return _("%(done)d of %(all)d checked") % {"done": done, "all": done + coming}
        parts = (
            (self.counts[State.RECEIVING], _("%d not finished")),
            (self.to_review, ngettext("%d waits for your review", "%d wait for your review", self.to_review)),
            (self.counts[State.REFUSED], _("%d refused")),
            (self.counts[State.DUPLICATE], _("%d already here")),
            (self.counts[State.PUBLISHED], _("%d published")),
        )
        return _(", ").join(words % number for number, words in parts if number)


def current_of(user: Any, after: str = "") -> Current:
    uploads = Upload.objects.filter(user=user).exclude(state=State.KEPT)
    counts = Counter(dict(uploads.order_by().values_list("state").annotate(Count("pk"))))
    rows = uploads.select_related("track", "twin").order_by("-created_at", "-pk")
    page = page_after(rows, after, "lt")
    _hide_twins_out_of_reach(user, page.items)
    _say_where_twins_are_now(page.items)
    return Current(counts, page)


def _hide_twins_out_of_reach(user: Any, uploads: list[Upload]) -> None:
    """What somebody has made private since is none of the sender's business any more."""
    shown = set(in_reach(user).filter(pk__in=[upload.twin_id for upload in uploads]).values_list("pk", flat=True))
    for upload in uploads:
        if upload.twin_id not in shown:
            upload.twin = None


def _say_where_twins_are_now(uploads: list[Upload]) -> None:
    """Since the same file was sent again its track may have been published, trashed or restored."""
    for upload in uploads:
        if upload.state == State.DUPLICATE and upload.twin and not upload.likeness:
            upload.reason = already_here(upload.twin)


def page_after(uploads: QuerySet[Upload], cursor: str, comparison: str) -> Page:
    """The rows after the cursor, in the order of arrival ("gt") or against it ("lt"); from the start without one."""
    if position := _position(cursor):
        at, pk = position
        uploads = uploads.filter(Q(**{f"created_at__{comparison}": at}) | Q(created_at=at, **{f"pk__{comparison}": pk}))
    items = list(uploads[: PAGE_SIZE + 1])
    last = items[PAGE_SIZE - 1] if len(items) > PAGE_SIZE else None
    return Page(items[:PAGE_SIZE], f"{last.created_at.timestamp():.6f}_{last.pk.hex}" if last else "")


def _position(cursor: str) -> tuple[datetime, UUID] | None:
    at, _separator, pk = cursor.partition("_")
    try:
        return datetime.fromtimestamp(float(at)).astimezone(), UUID(pk)
    except (ValueError, OverflowError, OSError):
        return None


def take_back(upload: Upload) -> None:
    """Before a draft is made of it; afterwards nothing happens here, for the draft is discarded in its review."""
    deleted, _models = Upload.objects.filter(pk=upload.pk, state__in=CHECKING).delete()
    if deleted:
        upload.path.unlink(missing_ok=True)


def clear(uploads: QuerySet[Upload]) -> None:
    """No longer list what is settled, or whose draft is gone: tracks stay, reasons have been read."""
    uploads.filter(Q(state__in=SETTLED) | Q(state=State.REVIEW, track=None)).delete()
