"""Tokens at rest: encrypted with a key that is derived from SECRET_KEY, and so worth nothing in a stolen database."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"scrobbling: tokens of other services"


class Unreadable(Exception):
    """Sealed with a secret key that this site no longer has."""


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises Unreadable."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def resealed(sealed: str) -> str:
    """With the present key, when it was sealed with a former one; else as it is. Raises Unreadable."""
    try:
        _key(settings.SECRET_KEY).decrypt(sealed)
    except InvalidToken:
        return seal(unseal(sealed))
    return sealed


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    material = secret if isinstance(secret, bytes) else secret.encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(material)
    return Fernet(base64.urlsafe_b64encode(derived))
