"""Tasks that say when they begin and end when they are told to."""

import os
import time
from pathlib import Path

from django_tasks import task


@task()
def hold(folder: str) -> None:
    """Leave a file named after the process, and go on once there is one named `go`."""
    (Path(folder) / str(os.getpid())).touch()
    while not (Path(folder) / "go").exists():
        time.sleep(0.02)


@task()
def note(folder: str, name: str) -> None:
    with (Path(folder) / name).open("a") as file:
        file.write("once ")
