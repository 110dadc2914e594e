"""How well the live model foretells what people here finish, and what became of what was offered."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from discovery.live import live_model
from discovery.management.tables import table, table_of
from discovery.outcomes import tally
from listening.store import StoreAway

EXIT_TOO_LITTLE, EXIT_AWAY = 1, 3


class Command(BaseCommand):
    help = (
        "Compare the live model with the genre rule and with what is popular on what people here finished since it "
        "was trained, and tell what became of what was offered. Nothing is changed. "
        "Exit codes: 0 compared, 1 too little was heard to compare by, 3 the listens are out of reach."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retrain", action="store_true", help="also a model as it would be trained then")

    def handle(self, *args: Any, retrain: bool, **options: Any) -> None:
        from discovery.training import compare

        self.stdout.write(_offers())
        if live := live_model():
            self.stdout.write(f"\nModel {live.version}. {live.manifest.get('verdict', '')}".rstrip())
        try:
            held, judged = compare(retrain=retrain)
        except StoreAway as error:
            raise CommandError(f"{error} Run it again.", returncode=EXIT_AWAY) from error
        if held is None:
            raise CommandError(
                "Too little was finished to compare by: 30 tracks that were new to at least 3 listeners are needed.",
                returncode=EXIT_TOO_LITTLE,
            )
        self.stdout.write(f"\nWhat was finished since {held.cut:%Y-%m-%d %H:%M}, foretold by what was known then:")
        self.stdout.write(table_of(judged))


def _offers() -> str:
    rows = tally()
    if not rows:
        return "Nothing of what was offered has been followed up yet; the worker does so every night."
    head = ["What was offered", "shown", "completed", "heard", "skipped", "completed of guesses"]
    return table(head, [[each.shelf, *(f"{value}" for value in each[1:])] for each in rows])
