"""Where things lie, for the settings and for what has to run before there are settings."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
SECRET_KEY_FILE = DATA_DIR / "secret_key"


def number(name: str, default: int) -> int:
    """A whole number of the environment. Raises ImproperlyConfigured, which names it."""
    try:
        return int(env.int(name, default))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {env.str(name)!r}") from error
