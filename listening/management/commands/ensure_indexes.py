"""Build the indexes that MongoDB lacks."""

from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from listening.errors import ListenError
from listening.mongo_door import operators_door
from listening.mongo_indexes import IndexState, look, name_of

EXIT_NOT_AS_WANTED, EXIT_NOT_CONFIGURED, EXIT_AWAY = 1, 2, 3
PATIENCE_SECONDS = 24 * 3600.0  # of a build; a server that is away is noticed when it is first asked
FIRST_WORD_SECONDS = 10.0


class Command(BaseCommand):
    help = (
        "Build the indexes that MongoDB lacks, one after the other, while listens go on. None is dropped: those that "
        "are different or not known here are named. On a server with few listens the application does it by itself. "
        "Exit codes: 0 all are there, 1 some are missing (--dry-run) or different, 2 MONGODB_URI is not set, "
        "3 MongoDB is away or refused (run it again: what is built stays)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what is missing, build nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if not settings.MONGODB_URI:
            raise CommandError("Set MONGODB_URI: without it listens are in SQL.", returncode=EXIT_NOT_CONFIGURED)
        try:
            state = self.look()
            self.tell(state)
            if not dry_run:
                self.build(state)
        except ListenError as error:
            raise CommandError(f"{error} What is built stays; run it again.", returncode=EXIT_AWAY) from error
        if state.different or (dry_run and state.missing):
            raise CommandError("Not all indexes are as they should be.", returncode=EXIT_NOT_AS_WANTED)
        self.stdout.write(self.style.SUCCESS("All indexes are there."))

    def look(self) -> IndexState:
        door = operators_door(settings.MONGODB_URI, FIRST_WORD_SECONDS)
        with closing(door), door.asking() as listens:
            return look(listens)

    def tell(self, state: IndexState) -> None:
        for name in state.right:
            self.stdout.write(f"there      {name}")
        for name in state.missing_names:
            self.stdout.write(f"missing    {name}")
        for name in state.different:
            self.stdout.write(f"different  {name}: drop it in a quiet hour, then run this again")
        for name in state.unknown:
            self.stdout.write(f"unknown    {name}: nothing here needs it")

    def build(self, state: IndexState) -> None:
        with closing(operators_door(settings.MONGODB_URI, PATIENCE_SECONDS)) as door:
            for index in tqdm(state.missing, unit="index", disable=None, file=self.stderr):
                with door.asking() as listens:
                    listens.create_indexes([index])
                self.stdout.write(f"built      {name_of(index)}")
