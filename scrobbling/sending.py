"""The worker's part: connect, tell what is playing, send what waits. One sender at a time for each connection."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from listening import outbox
from listening.deleting import hidden_from
from listening.lease import Held, lease
from listening.private import is_private
from listening.store import Listen, Selection, StoreAway, patient_store
from scrobbling.models import Scrobble, ServiceConnection, Trouble
from scrobbling.offered import offered
from scrobbling.outgoing import KEPT, enqueue
from scrobbling.sealing import Unreadable, resealed, seal, unseal
from scrobbling.services.door import Door, NotAuthorized, Outcome, Rejected, RetryLater
from scrobbling.services.doors import DOORS

logger = logging.getLogger(__name__)

State = ServiceConnection.State
Clock = Callable[[], datetime]

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, LATER_WAIT_SECONDS = 5, 240, 3600
BATCHES_AT_ONCE = 10
MS = timedelta(milliseconds=1)


class NotOurs(Exception):
    """Somebody else may be sending for this connection by now."""


def back_off(failures: int) -> timedelta:
    """After so many failures in a row: 5 s, doubled up to 4 minutes, and an hour from then on."""
    seconds = FIRST_WAIT_SECONDS * 2 ** (failures - 1) if failures < 7 else LONGEST_WAIT_SECONDS
    return timedelta(seconds=LATER_WAIT_SECONDS if failures > 7 else seconds)


def send_due(clock: Clock = timezone.now) -> None:
    """Everybody's. A service that does not answer one is not asked for the others until the next time."""
    away: set[str] = set()
    for pk, service in list(_due(clock()).values_list("pk", "service")):
        if service in away:
            continue
        try:
            _take_turn(pk, clock)
        except RetryLater as error:
            if error.trouble == Trouble.UNREACHABLE:
                away.add(service)
        except StoreAway:
            logger.warning("The listens of connection %s are sent when the store is back.", pk)


def prune() -> None:
    """What is settled and too old to come again; and what waits that long for somebody to connect again."""
    old = Scrobble.objects.filter(started_at__lt=timezone.now() - KEPT)
    old.exclude(state=Scrobble.State.WAITING).delete()
    old.filter(connection__state=State.REFUSED).delete()


def _due(now: datetime) -> QuerySet[ServiceConnection]:
    waiting = Scrobble.objects.filter(connection=OuterRef("pk"), state=Scrobble.State.WAITING)
    has_work = Q(state=State.CONNECTING) | Q(playing_until__isnull=False) | Q(look_asked_at__isnull=False)
    return ServiceConnection.objects.filter(
        has_work | Exists(waiting),
        Q(next_try_at=None) | Q(next_try_at__lte=now),
        state__in=[State.CONNECTING, State.CONNECTED],
        service__in=offered(),
    ).order_by("next_try_at", "pk")


def _take_turn(pk: int, clock: Clock) -> None:
    """Raises RetryLater, after it was noted, and StoreAway."""
    with lease(f"scrobble {pk}") as held:
        # Asked again, now that nobody else sends: another worker may just have been here.
        connection = _due(clock()).filter(pk=pk).first() if held else None
        if held and connection:
            _noting_trouble(Sender(connection, held, clock))


def _noting_trouble(sender: "Sender") -> None:
    try:
        sender.send()
    except NotAuthorized as error:
        sender.disconnect(error.trouble)
    except Unreadable:
        sender.disconnect(Trouble.UNREADABLE)
    except RetryLater as error:
        sender.postpone(error)
        raise
    except StoreAway:
        raise
    except NotOurs:
        logger.info("%s: another worker goes on", sender.connection)
    except Exception:
        logger.exception("Sending the listens of %s failed", sender.connection)
        sender.postpone(RetryLater(Trouble.FAULT))
    else:
        sender.went_well()


class Sender:
    """A connection while it is ours alone."""

    def __init__(self, connection: ServiceConnection, held: Held, clock: Clock) -> None:
        self.connection = connection
        self.held = held
        self.clock = clock
        self.door: Door = DOORS[connection.service]
        self.secret = ""

    def send(self) -> None:
        self.secret = unseal(self.connection.sealed)
        if self.connection.state == State.CONNECTING:
            self.connect()
        self.tell_what_is_playing()
        self.look()
        for page in islice(self.waiting(), BATCHES_AT_ONCE):
            if outbox.has_pending(self.connection.user_id):
                return  # the store does not know all of them yet
            self.send_page(page)

    def connect(self) -> None:
        account = self.ask(self.door.account_of)
        self.secret = account.secret
        self.tell(state=State.CONNECTED, account=account.name, sealed=seal(account.secret), is_unread=False)

    def look(self) -> None:
        """For what counted while MongoDB was away and nobody could tell."""
        connection, asked_at = self.connection, self.connection.look_asked_at
        if not asked_at or outbox.has_pending(connection.user_id):
            return
        since = max(connection.since, timezone.now() - KEPT)
        for listens in patient_store().each(connection.user_id, Selection(since=since)):
            enqueue([connection], listens)
        ServiceConnection.objects.filter(pk=connection.pk, look_asked_at=asked_at).update(look_asked_at=None)

    def tell_what_is_playing(self) -> None:
        connection, until, pause = self.connection, self.connection.playing_until, None
        if not until:
            return
        if connection.playing and until > self.clock() and not is_private(connection.user_id):
            try:
                pause = self.ask(self.door.now_playing, outbox.unpacked(connection.playing))
            except Rejected as error:
                logger.warning("%s: what is playing was not accepted: %s", connection, error)
        same = ServiceConnection.objects.filter(pk=connection.pk, playing_until=until)
        same.update(playing=None, playing_until=None)
        if pause:
            raise pause

    def waiting(self) -> Iterator[list[Scrobble]]:
        """The oldest first, in pages of one batch."""
        rows = self.connection.scrobbles.filter(state=Scrobble.State.WAITING).order_by("started_at", "pk")
        following = rows
        while page := list(following[: self.door.batch_size]):
            yield page
            last = page[-1]
            later = Q(started_at__gt=last.started_at) | Q(pk__gt=last.pk)
            following = rows.filter(later, started_at__gte=last.started_at)

    def send_page(self, page: list[Scrobble]) -> None:
        """Those that still are in their history; what they deleted and can still take back waits until they did."""
        span = Selection(since=page[0].started_at, until=page[-1].started_at + MS)
        shown = self.listens(page, span, hidden_from(self.connection.user_id))
        there = self.listens(page, span) if len(shown) < len(page) else shown
        gone = [row.pk for row in page if row.event_id not in there]
        Scrobble.objects.filter(pk__in=gone).delete()
        self.send_listens([(row, shown[row.event_id]) for row in page if row.event_id in shown])

    def listens(self, page: list[Scrobble], span: Selection, hidden: Sequence[Selection] = ()) -> dict[str, Listen]:
        wanted = {row.event_id for row in page}
        found = patient_store().each(self.connection.user_id, span, hidden)
        return {listen.event_id: listen for batch in found for listen in batch if listen.event_id in wanted}

    def send_listens(self, batch: list[tuple[Scrobble, Listen]]) -> None:
        """When one of them is not acceptable, halves are tried until that one is found."""
        if not batch:
            return
        try:
            outcome = self.ask(self.door.scrobble, [listen for _row, listen in batch])
        except Rejected as error:
            if len(batch) == 1:
                self.drop(batch[0][0], str(error))
                return
            middle = len(batch) // 2
            self.send_listens(batch[:middle])
            self.send_listens(batch[middle:])
            return
        self.settle([row for row, _listen in batch], outcome)

    def settle(self, rows: list[Scrobble], outcome: Outcome) -> None:
        for index, reason in outcome.refused.items():
            self.drop(rows[index], reason)
        kept = outcome.refused.keys() | outcome.unsent
        sent = [row.pk for index, row in enumerate(rows) if index not in kept]
        if sent:
            Scrobble.objects.filter(pk__in=sent).update(state=Scrobble.State.SENT)
            self.tell(last_sent_at=self.clock())
        if outcome.pause:
            raise outcome.pause

    def drop(self, row: Scrobble, reason: str) -> None:
        logger.warning("%s is not sent: %s", row, reason)
        Scrobble.objects.filter(pk=row.pk).update(state=Scrobble.State.DROPPED, reason=reason[:255])

    def ask(self, question: Callable[..., Any], *told: Any) -> Any:
        """What was answered; an answer ends a row of failures."""
        if not self.held.renew():
            raise NotOurs
        answer = question(self.secret, *told)
        self.connection.failures = 0
        return answer

    def postpone(self, error: RetryLater) -> None:
        failures = self.connection.failures + (1 if error.trouble else 0)
        wait = back_off(failures) if error.wait_seconds is None else timedelta(seconds=error.wait_seconds)
        if error.trouble:
            logger.warning("%s: %s; next try in %d s", self.connection, error, wait.total_seconds())
        self.tell(trouble=error.trouble or "", failures=failures, next_try_at=self.clock() + wait)

    def disconnect(self, trouble: Trouble) -> None:
        """The user is told, here and on their pages; what waits is kept until they connect again."""
        logger.warning("%s: disconnected: %s", self.connection, trouble)
        self.tell(state=State.REFUSED, sealed="", trouble=trouble, is_unread=True, failures=0, next_try_at=None)

    def went_well(self) -> None:
        sealed = resealed(self.connection.sealed)
        if self.connection.trouble or self.connection.next_try_at or sealed != self.connection.sealed:
            self.tell(trouble="", failures=0, next_try_at=None, sealed=sealed)

    def tell(self, **changed: Any) -> None:
        """Unless the user has connected anew in the meantime, which is another story."""
        ServiceConnection.objects.filter(pk=self.connection.pk, sealed=self.connection.sealed).update(**changed)
        for name, value in changed.items():
            setattr(self.connection, name, value)
