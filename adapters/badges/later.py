"""Who signs badges, known from the start and made ready with the first badge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cards import File
from bot.study.badges import Claim

if TYPE_CHECKING:
    from adapters.badges.issuing import Signer


class SignerLater:
    """A Signer that is imported when it is needed first; whatever it is asked may raise ConfigError about its file."""

    def __init__(self, file: Path, name: str, address: str | None, now: Callable[[], datetime]) -> None:
        self._given = (file, name, address, now)
        self.address = address if address is not None and address.startswith("https://") else None

    @cached_property
    def signer(self) -> Signer:
        """The signer itself."""
        from adapters.badges.issuing import Signer

        return Signer(*self._given)

    def files(self, claim: Claim) -> Sequence[File]:
        """Return a badge as pictures that carry it, and by itself."""
        return self.signer.files(claim)

    def document(self) -> bytes:
        """Return what says who this installation is."""
        return self.signer.document()

    def status_list(self, number: int, revoked: Iterable[int]) -> bytes:
        """Return the signed list that says which badges of it were revoked."""
        return self.signer.status_list(number, revoked)
