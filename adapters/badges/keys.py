"""The keys that badges are signed with: the newest signs, those before it stay known by their public part."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from openbadgeslib.keys import KeyECC, public_jwk_from_pem

from bot.errors import ConfigError

Jwk = dict[str, str]


@dataclass(frozen=True, slots=True)
class Key:
    """A pair of keys on the curve P-256, as PEM; `private` is gone once a newer one signs."""

    name: str
    made_at: str
    public: str
    private: str | None = None

    @property
    def jwk(self) -> Jwk:
        """The public part as a JSON web key."""
        return public_jwk_from_pem(self.public)


@dataclass(frozen=True, slots=True)
class Keys:
    """An installation's keys, the newest first."""

    listed: tuple[Key, ...]

    @property
    def newest(self) -> Key:
        """The key that signs."""
        return self.listed[0]


def load(file: Path) -> Keys | None:
    """Return the keys in a file, None where there is none; ConfigError where it cannot be used."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        keys = Keys(tuple(Key(**one) for one in kept["keys"]))
        if keys.newest.private is None:
            raise ValueError("the newest key has no private part")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ConfigError(f"{file} holds the keys of badges and cannot be read: {error}") from error
    return keys


def loaded(file: Path, now: datetime) -> Keys:
    """Return the keys in a file, making the first where there is none; of two who do so at once, one's stands."""
    found = load(file)
    if found is None:
        part = _written(file, [_made("key-1", now)])
        try:
            with suppress(FileExistsError):
                os.link(part, file)
        except OSError:  # a file system without links
            if not file.exists():
                part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        found = load(file)
    assert found is not None, "it was written or was there"
    return found


def rotated(file: Path, now: datetime) -> Keys:
    """Make a new key that signs from now on; what the former ones signed stays valid, also where two do so at once."""
    loaded(file, now)
    with _held(file):
        before = loaded(file, now).listed
        former = [Key(one.name, one.made_at, one.public) for one in before]
        _written(file, [_made(_next(before), now), *former]).replace(file)
        return loaded(file, now)


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """Wait until nobody else changes a file; ConfigError where it cannot be locked."""
    try:
        held = _locked(file)
    except OSError as error:
        raise ConfigError(f"{file} holds the keys of badges and cannot be locked: {error.strerror}") from error
    try:
        yield
    finally:
        os.close(held)


def _locked(file: Path) -> int:
    """Return a file, open, for which nobody else holds a lock."""
    while True:
        opened = os.open(file, os.O_RDWR)  # on NFS, only who may write has it alone
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(opened), file.stat()):
                return opened
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)  # whoever held it has put another file in its place


def _next(before: Sequence[Key]) -> str:
    """Return a name that no key had: badges name their key, and one that was taken out of the file stays out."""
    return f"key-{max((int(number) for one in before if (number := one.name[4:]).isdecimal()), default=0) + 1}"


def _made(name: str, now: datetime) -> Key:
    private, public = KeyECC().generate_keypair()
    return Key(name, now.isoformat(timespec="seconds"), public.decode(), private.decode())


def _written(file: Path, keys: Sequence[Key]) -> Path:
    """Write keys to a new file beside this one, which nobody else may read, and return it."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
            json.dump({"keys": [asdict(key) for key in keys]}, written, indent=2)
            written.flush()
            os.fsync(written.fileno())
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigError(f"the keys of badges cannot be written to {file}: {error.strerror}") from error
    return part
