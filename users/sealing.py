"""Secrets at rest: encrypted with keys that are derived from SECRET_KEY, and so worth nothing in a stolen database."""

import base64
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """Sealed with a secret key that this site no longer has."""


@dataclass(frozen=True)
class Seal:
    """What is sealed for one purpose is unreadable for another."""

    purpose: bytes

    def seal(self, secret: str) -> str:
        return self._keys().encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Raises Unreadable."""
        try:
            return self._keys().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Unreadable from error

    def resealed(self, sealed: str) -> str:
        """With the present key, when it was sealed with a former one; else as it is. Raises Unreadable."""
        try:
            self._key(settings.SECRET_KEY).decrypt(sealed)
        except InvalidToken:
            return self.seal(self.unseal(sealed))
        return sealed

    def _keys(self) -> MultiFernet:
        return MultiFernet([self._key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])

    def _key(self, secret: str | bytes) -> Fernet:
        material = secret if isinstance(secret, bytes) else secret.encode()
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=self.purpose).derive(material)
        return Fernet(base64.urlsafe_b64encode(derived))
