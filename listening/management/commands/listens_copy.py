"""Move a running instance's history to MongoDB."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from listening.errors import StoreAway
from listening.mongo import MongoListenStore
from listening.sql import SqlListenStore
from listening.store import mongo_store

EXIT_NOT_CONFIGURED = 1
EXIT_AWAY = 3
PATIENCE_SECONDS = 60
BATCH = 1000


class Command(BaseCommand):
    help = (
        "Copy all listens from the application's own database to MongoDB. Copying twice changes nothing; a listen "
        "known to both becomes one that knows what either knew. "
        "Exit codes: 0 copied, 1 MONGODB_URI is not set, 3 MongoDB went away (run it again)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="ask MongoDB and count, write nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if not settings.MONGODB_URI:
            raise CommandError("Set MONGODB_URI to say where to copy to.", returncode=EXIT_NOT_CONFIGURED)
        try:
            self._copy(SqlListenStore(), mongo_store(PATIENCE_SECONDS), dry_run)
        except StoreAway as error:
            raise CommandError(f"{error} Run it again: what is copied stays copied.", returncode=EXIT_AWAY) from error

    def _copy(self, source: SqlListenStore, target: MongoListenStore, dry_run: bool) -> None:
        target.ping()
        total = source.count_all()
        if dry_run:
            self.stdout.write(f"Would copy {total} listens. Nothing was written.")
            return
        done = changed = 0
        began = time.monotonic()
        user_ids: set[int] = set()
        for batch in source.every(BATCH):
            changed += target.add_all(batch)
            done += len(batch)
            user_ids |= {listen.user_id for listen in batch}
            rate = done / max(time.monotonic() - began, 0.001)
            self.stdout.write(f"{done} of {total} listens, {rate:.0f} a second")
        for user_id in user_ids:
            target.rebuild_taste(user_id)  # here is the patience for a long history, a page has none
        self.stdout.write(self.style.SUCCESS(f"Copied {done} listens; {changed} were new or changed something."))
