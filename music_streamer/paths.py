"""Where things lie, for the settings and for what has to run before there are settings."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
SECRET_KEY_FILE = DATA_DIR / "secret_key"
