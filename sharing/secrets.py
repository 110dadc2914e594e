"""What stands in the address of a link: 128 bits that nobody can guess, and that the database alone does not tell.

A link is found by the hash of its secret. To show it to its owner again, the secret is made anew from the row's random
seed and the site's secret key: that needs no encryption, and whoever has only the database has neither.
"""

import base64
import hashlib
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

BYTES = 16
SALT = "sharing.secret"


def new_seed() -> str:
    return secrets.token_hex(BYTES)


def secret_of(seed: str) -> str:
    """22 letters that an address takes as they are."""
    return _secret(seed, settings.SECRET_KEY)


def hashed(secret: str) -> str:
    """Plain SHA-256: there is nothing to try out against 128 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def secret_hashed(seed: str, sha256: str) -> str:
    """The secret of that seed and hash, also when it was made with a former key; "" when that key is gone."""
    secrets_made = (_secret(seed, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return next((secret for secret in secrets_made if hashed(secret) == sha256), "")


def _secret(seed: str, key: str | bytes) -> str:
    digest = salted_hmac(SALT, seed, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:BYTES]).rstrip(b"=").decode()
