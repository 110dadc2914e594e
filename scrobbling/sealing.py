"""The tokens of other services are kept sealed."""

from users.sealing import Seal, Unreadable

__all__ = ["Unreadable", "resealed", "seal", "unseal"]

_tokens = Seal(b"scrobbling: tokens of other services")
seal, unseal, resealed = _tokens.seal, _tokens.unseal, _tokens.resealed
