"""`python -m music_streamer.leash MODULE …`: runs a module that does not outlive the process that started it."""

import os
import runpy
import signal
import sys
import threading


def stop_at_the_end_of_stdin() -> None:
    """Its other end closes when whoever started us ends, even by kill -9."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=stop_at_the_end_of_stdin, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
