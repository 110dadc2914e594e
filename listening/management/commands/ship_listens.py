"""Carry the listens that waited for MongoDB."""

import logging
import signal
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from listening import heartbeat, outbox
from listening.errors import StoreAway
from listening.mongo import MongoListenStore
from listening.shipping import ship_all
from listening.store import mongo_store

logger = logging.getLogger(__name__)

EXIT_AWAY = 3
PATIENCE_SECONDS = 20.0  # nobody waits for a page here, and a line that adds seconds to each word is no reason to keep
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Ship the listens that waited while MongoDB was away.\n\n"
        "However many of these run, one ships at a time. Without MONGODB_URI there is nothing to ship. Exit codes: 0 "
        "all shipped (or another one ships, or stopped by SIGTERM), 3 MongoDB is away and the rest still waits."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("--watch", action="store_true", help="go on: look every second until SIGTERM")

    def handle(self, *args: Any, watch: bool, **options: Any) -> None:
        if not settings.MONGODB_URI:
            self.stdout.write("Nothing to ship: listens are kept in the application's own database.")
        elif watch:
            self._watch(mongo_store(PATIENCE_SECONDS))
        else:
            self._ship_once(mongo_store(PATIENCE_SECONDS))

    def _ship_once(self, mongo: MongoListenStore) -> None:
        try:
            shipped = ship_all(mongo)
        except StoreAway as error:
            raise CommandError(f"{error} {outbox.count()} events wait.", returncode=EXIT_AWAY) from error
        self.stdout.write(f"Shipped {shipped} events; {outbox.count()} wait.")

    def _watch(self, mongo: MongoListenStore) -> None:
        stop = Event()

        def wish(number: int, _frame: object) -> None:
            stop.set()
            signal.signal(number, signal.SIG_DFL)  # a second one breaks off: what is told again changes nothing

        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, wish)
        self.stdout.write("Shipping listens to MongoDB until SIGTERM.")
        pause = 0.0
        while not stop.wait(pause):
            pause = PAUSE_SECONDS if _tried(mongo, stop) else min(max(pause, PAUSE_SECONDS) * 2, LONGEST_PAUSE_SECONDS)
        self.stdout.write("Stopped.")


def _tried(mongo: MongoListenStore, stop: Event) -> bool:
    def stopped() -> bool:
        heartbeat.beat()
        return stop.is_set()

    try:
        stopped()
        ship_all(mongo, stopped)
    except StoreAway:
        return False
    except DatabaseError:
        logger.exception("The outbox cannot be read now.")
        return False
    finally:
        close_old_connections()
    return True
