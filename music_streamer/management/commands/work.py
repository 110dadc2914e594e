from typing import Any

from django.core.management.base import BaseCommand

from music_streamer.worker import TaskWorker


class Command(BaseCommand):
    help = (
        "Run background tasks, such as checking what was uploaded, until Ctrl+C or SIGTERM. The first lets the task "
        "at hand finish; a second one leaves it to another worker. `serve` starts one; start more, on any machine "
        "with the same database and media folder, to check more at the same time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = TaskWorker()
        worker.configure_signals()
        worker.run()
