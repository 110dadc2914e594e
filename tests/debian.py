"""Packages that the tests need from the system: installed where that is Debian or its kin and we are root."""

import os
import shutil
import subprocess
import sys

APT_GET = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Exits where we may not, or where it does not work; then the reader knows what to install."""
    if not may_install():
        sys.exit(f"The tests need {package}, which only root can install with apt-get. Install it, then try again.")
    print(f"Installing {package} for the tests.", flush=True)
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        result = subprocess.run([*APT_GET, *arguments], env=environment, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"{result.stdout}{result.stderr}\napt-get could not install {package}.")
