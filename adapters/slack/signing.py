"""Requests that really come from Slack: signed over the raw body, fresh, and each of them once."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW = 300
"""Seconds for which a signature is good, before and after."""
LARGEST = 1_000_000
"""Bytes of a request."""
_STAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
KEPT = 50_000
"""Signatures that are remembered."""


class Signatures:
    """Checks signatures; none is taken twice."""

    def __init__(self, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        if not secret:
            raise ValueError("without a signing secret nobody can tell who calls")
        self._secret = secret.encode()
        self._clock = clock
        self._taken: OrderedDict[str, float] = OrderedDict()

    def take(self, body: bytes, stamp: str, signature: str) -> bool:
        """Return whether a request is Slack's, fresh, and new; whatever the headers hold, nothing is raised."""
        now = self._clock()
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature) or abs(now - int(stamp)) > WINDOW:
            return False
        signed = b"v0:" + stamp.encode("ascii") + b":" + body
        wanted = "v0=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, signature) or signature in self._taken:
            return False
        self._taken[signature] = now
        while self._taken and (len(self._taken) > KEPT or now - next(iter(self._taken.values())) > 2 * WINDOW):
            self._taken.popitem(last=False)
        return True

    def give_back(self, signature: str) -> None:
        """Let a request come again that could not be handled: Slack may repeat it within the same second."""
        self._taken.pop(signature, None)
