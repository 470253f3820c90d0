"""`badge`: the key that badges are signed with, giving and revoking them, and checking one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.chat import AccountRef
from bot.command_line import ConfigFile, configured, fail, finished, in_words, opened
from bot.config import Config
from bot.errors import ConfigError
from bot.options import on_one_line
from schedules.clock import SystemClock

if TYPE_CHECKING:
    from adapters.badges.issuing import Signer
    from adapters.badges.verifying import Verdict
    from bot.ports import UnitOfWork
    from bot.study.badges import Claim
    from bot.study.groups import Group
    from bot.study.people import Person

badge = typer.Typer(help="Badges: give, revoke and check them.", no_args_is_help=True)

GroupName = Annotated[str, typer.Argument(help="The group's short name, as in its address, or its number.")]


@badge.command("key")
def show_key(
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new key; what the old ones signed stays valid.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Print who this installation is to those who check badges; the first time, make its key."""
    settings = configured(config)
    file = settings.storage.badge_keys_file
    with in_words():
        from adapters.badges import keys

        now = SystemClock().now()
        known = keys.rotated(file, now) if rotate else keys.loaded(file, now)
        signer = _signer(settings)
        print(
            f"Keys: {file} ({len(known.listed)}, the newest is {known.newest.name}). Keep it secret, and in a backup."
        )
        print(f"Issuer: {signer.did(known)}")
        if signer.address:
            print(f"Anybody looks it up at {signer.address}.well-known/did.json")
        else:
            print("Without web.public_url over https the key itself is the identity, and badges cannot be revoked.")


def _signer(settings: Config) -> Signer:
    from adapters.badges.issuing import Signer

    return Signer(settings.storage.badge_keys_file, settings.instance.name, settings.web.site, SystemClock().now)


@badge.command("issue")
def issue(
    group: GroupName,
    member: Annotated[str | None, typer.Option(help="PLATFORM:USER; everyone who finished if empty.")] = None,
    out: Annotated[Path, typer.Option(help="The folder that the files go to.")] = Path("badges"),
    config: ConfigFile = None,
) -> None:
    """Write the badges of those who finished a group."""
    settings = configured(config)
    finished(_issue(settings, group, member, out))


async def _issue(settings: Config, group: str, member: str | None, out: Path) -> int:
    from bot.language import Languages
    from bot.study import badges

    now = SystemClock().now()

    def work(uow: UnitOfWork) -> list[Claim]:
        found = _group(uow, group)
        made = []
        for person in _people(uow, found, member):
            record = uow.records.of(found.id, person.id)
            last = uow.badges.newest(found.id, person.id)
            if member is None and last is not None and last.revoked_at is not None:
                continue  # whoever's was revoked gets one only by name
            if record is not None and badges.has_finished(uow, found.id, person.id):
                given = badges.give(uow, found, person, now=now)
                made.append(badges.claim(given, found, record, Languages().get(found.language)))
        return made

    async with opened(settings.storage) as store:
        claims = await store.write(work)
    signer = _signer(settings)
    for claim in claims:
        folder = out / f"{claim.badge.id}"
        folder.mkdir(parents=True, exist_ok=True)
        for file in signer.files(claim):
            (folder / file.name).write_bytes(file.content)
        print(f"{claim.badge.name}: {folder}")
    if not claims:
        print("Nobody there finished the group yet; badges are for those who did.")
    return int(not claims)


@badge.command("revoke")
def revoke(
    group: GroupName,
    member: Annotated[str, typer.Argument(help="PLATFORM:USER whose badge it is.")],
    config: ConfigFile = None,
) -> None:
    """Let somebody's badge of a group hold no longer."""
    settings = configured(config)
    finished(_revoke(settings, group, member))


async def _revoke(settings: Config, group: str, member: str) -> int:
    from bot.study import badges
    from bot.study.audit import scope_of
    from bot.study.people import GUEST

    now = SystemClock().now()

    def work(uow: UnitOfWork) -> str | None:
        found = _group(uow, group)
        for person in _people(uow, found, member):
            if (given := badges.revoke(uow, found.id, person.id, now=now)) is not None:
                items = f"person={person.id} badge={given.id}"
                uow.audit.add(scope_of(found.id), now, GUEST, "badge revoke", items)
                return given.name
        return None

    async with opened(settings.storage) as store:
        name = await store.write(work)
    if name is None:
        fail(f"{member} has no badge of this group.")
    print(f"Revoked: the badge of {name}. Whoever checks it reads that from the status list.")
    if settings.web.site is None:
        print("Without web.public_url over https there is no such list, and strangers cannot know.")
    return 0


def _group(uow: UnitOfWork, named: str) -> Group:
    from bot.ids import GroupId

    found = uow.groups.get(GroupId(int(named))) if named.isdecimal() else uow.groups.named(named)
    if found is None:
        raise ConfigError(f"There is no group “{named}”. Its short name is in what /groups shows, and in its address.")
    return found


def _people(uow: UnitOfWork, group: Group, member: str | None) -> Iterable[Person]:
    if member is None:
        return uow.people.many(record.person for record in uow.records.in_group(group.id)).values()
    try:
        person = uow.people.by_account(AccountRef.parse(member))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if person is None:
        raise ConfigError(f"The bot has not met {member}.")
    return [person]


@badge.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A badge: a PNG, SVG or JWT file.")],
    issuer: Annotated[
        str,
        typer.Option(help="Who it has to be from: their did.json as a file, or a did:key. Us if empty."),
    ] = "",
    status: Annotated[
        list[Path] | None, typer.Option(help="A copy of the issuer's status list; may be given again.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Check a badge without any network: whose it is, who issued it, and whether it holds."""
    with in_words():
        from adapters.badges import verifying

        content = _read(file)
        did, document = _trusted(issuer, verifying.claimed_issuer(verifying.token_in(content)), config)
        found = verifying.verify(content, did, document, [_read(path) for path in status or ()])
        # What an issuer wrote is for a terminal, which would obey it, and stands beside lines of ours.
        print(*map(on_one_line, _told(found)), sep="\n")


def _trusted(issuer: str, claimed: str, config: Path | None) -> tuple[str, bytes | None]:
    """Return whose badge it has to be, and their document where one is needed."""
    from adapters.badges import verifying

    if issuer.startswith("did:key:"):
        return issuer, None
    if issuer:
        document = _read(Path(issuer))
        return verifying.issuer_of(document), document
    settings = configured(config)
    if not settings.storage.badge_keys_file.exists():
        raise ConfigError(
            "Say whose badge it has to be, with --issuer: their did.json as a file, or a did:key.",
            f"It claims to be from {claimed}, which nobody has checked.",
        )
    signer = _signer(settings)
    ours = signer.identities(signer.keys)
    did = claimed if claimed in ours else ours[0]
    return did, None if did.startswith("did:key:") else signer.document()


def _read(file: Path) -> bytes:
    from adapters.badges.verifying import LARGEST

    try:
        with file.open("rb") as opened_file:
            return opened_file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error


def _told(found: Verdict) -> Iterable[str]:
    yield f"Valid: {found.name} finished “{found.achievement}”."
    yield f"Issued by {found.issuer} ({found.did})" + (f" on {found.at:%Y-%m-%d}." if found.at else ".")
    yield f"Criteria: {found.criteria}"
    yield from (f"Work: {one}" for one in found.evidence)
    if found.picture is not None:
        yield _of_picture(found.picture)
    if found.revocable is None:
        yield "Nobody can revoke it."
    elif found.asked:
        yield "It was not revoked, says the issuer's status list."
    else:
        yield f"Whether it was revoked is not known here: get {found.revocable} and give it with --status."


def _of_picture(covered: bool) -> str:
    if covered:
        return "The picture is the one that was issued."
    return "The picture is not covered: the badge says nothing of it, so go by these words alone."
