"""A new model of what people here like, by hand; the worker does it every night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from discovery.management.tables import table_of
from listening.store import StoreAway

EXIT_KEPT_OUT, EXIT_NOTHING, EXIT_AWAY, EXIT_UNWRITABLE = 1, 2, 3, 4


class Command(BaseCommand):
    help = (
        "Train a new model from all listens and the catalogue, compare it with the live one and with the genre rule "
        "on what was heard last, and let it serve if it is no worse. The worker does the same every night. "
        "Exit codes: 0 it is live (or with --dry-run could be), 1 it was kept out, 2 there are no tracks yet, "
        "3 the listens are out of reach (run it again), 4 it could not be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="train and compare only; write nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        from discovery.training import train_recommender  # scipy: not for who only asks what there is

        try:
            with tqdm(unit="pair", unit_scale=True, disable=None, file=self.stderr) as bar:
                outcome = train_recommender(dry_run=dry_run, say=bar.set_description, progress=bar.update)
        except StoreAway as error:
            raise CommandError(f"{error} Nothing was changed; run it again.", returncode=EXIT_AWAY) from error
        except OSError as error:
            raise CommandError(f"{error} The live model stays.", returncode=EXIT_UNWRITABLE) from error
        self.stdout.write(
            f"{outcome.tracks:,} tracks, {outcome.listeners:,} listeners, {outcome.pairs:,} pairs of both; "
            f"{outcome.seconds:.1f} s, {outcome.peak_mb:.0f} MB at most."
        )
        if outcome.judged and outcome.cut:
            self.stdout.write(f"What was finished since {outcome.cut:%Y-%m-%d %H:%M}, foretold by what was known then:")
            self.stdout.write(table_of(outcome.judged))
        if not outcome.tracks:
            raise CommandError(outcome.sentence, returncode=EXIT_NOTHING)
        if not outcome.may_serve:
            raise CommandError(outcome.sentence, returncode=EXIT_KEPT_OUT)
        self.stdout.write(self.style.SUCCESS(outcome.sentence))
        self.stdout.write("Nothing was written." if dry_run else f"Version {outcome.version}.")
