from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from uploads.sweep import sweep


class Command(BaseCommand):
    help = (
        "Put right what crashes have left over: unfinished uploads nobody came back to, files of nobody, uploads "
        "nobody checks, tracks long in the trash. `serve` does the same when it starts, and each worker hourly. "
        "Prints how many of what there were. Exit code 0 also when there was nothing to do."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what there is")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        counts = {name: count for name, count in sweep(dry_run=dry_run).items() if count}
        for name, count in counts.items():
            self.stdout.write(f"{count:>7} {name}")
        if not counts:
            self.stdout.write("Nothing to put right.")
        elif dry_run:
            self.stdout.write("Nothing was changed.")
