"""Finds a Chromium for the browser tests, and gets one where there is none. Run as a module to do so."""

import shutil
import subprocess
import sys

from tests import debian

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def system_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name)) and starts(path)), None)


def playwright_browser() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if shutil.which(path) and starts(path) else None


def starts(path: str) -> bool:
    """A stub that asks for another package does not, nor a download whose libraries are missing."""
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


def get() -> str:
    """The path of a Chromium: one that is here, else Debian's package, else Playwright's download."""
    return (
        system_browser()
        or playwright_browser()
        or from_debian()
        or from_playwright()
        or sys.exit("The browser tests need Chromium and none could be installed. Install it, then try again.")
    )


def from_debian() -> str | None:
    if debian.may_install():
        debian.install("chromium")
    return system_browser()


def from_playwright() -> str | None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return playwright_browser()


if __name__ == "__main__":
    print("Chromium:", get())
