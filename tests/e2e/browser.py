"""Finds a Chromium for the browser tests, and gets one where there is none. Run as a module to do so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def system_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwright_browser() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    return system_browser() or playwright_browser()


def get() -> str:
    """The path of a Chromium: the system's, else Playwright's, else Debian's package when we may install it."""
    return (
        find()
        or from_playwright()
        or from_debian()
        or sys.exit("The browser tests need Chromium and none could be installed. Install it, then try again.")
    )


def from_playwright() -> str | None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=300)
    return playwright_browser()


def from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, env=environment
    )
    return system_browser()


if __name__ == "__main__":
    print("Chromium:", get())
