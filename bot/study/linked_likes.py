"""Likes of linked accounts: what stands follows from the reactions of all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.chat import About
from bot.ids import PersonId, new_id
from bot.outbox import Outbox
from bot.study.likes import Like, Likes
from bot.study.linked import Links
from bot.study.members import Members, Role


class Books(Protocol):
    """What joining and parting likes reads and writes."""

    members: Members
    likes: Likes
    links: Links
    outbox: Outbox


def join(uow: Books, person: PersonId, other: PersonId) -> None:
    """Let two people's likes of one item be one, and those of what is their own now none."""
    mine = {_item(like): like for like in uow.links.likes(person)}
    for like in mine.values():
        if like.owner == person:
            uow.likes.unlike(_item(like), person)
    for like in uow.links.likes(other):
        if like.owner == person:
            uow.likes.unlike(_item(like), other)
        elif (first := mine.get(_item(like))) is None:
            uow.links.give(like.id, person)
        else:
            earlier, later = (first, like) if first.at <= like.at else (like, first)
            uow.likes.unlike(_item(later), later.person)
            uow.links.give(earlier.id, person)


def part(uow: Books, person: PersonId, others: Collection[PersonId], now: datetime) -> None:
    """Let everybody like what their own accounts react to."""
    stands = {own: _liked(uow, own) for own in (person, *others)}
    likes = {_item(like): like for like in uow.links.likes(person)}
    for item, like in likes.items():
        if item in stands[person]:
            continue
        heir = next((own for own in others if item in stands[own] and like.owner != own), None)
        if heir is not None:
            uow.links.give(like.id, heir)
            del stands[heir][item]
        elif any(item in stands[own] for own in others):
            uow.likes.unlike(item, person)
    for found in stands.values():
        for like in found.values():
            uow.likes.like(replace(like, id=new_id(now)))


def _liked(uow: Books, own: PersonId) -> dict[About, Like]:
    """Return what somebody likes by the reactions of their own accounts; not what is theirs or in a strange group."""
    found: dict[About, Like] = {}
    for reaction in uow.links.reactions(own):
        item = About(reaction.item_kind, reaction.item)
        shown = uow.outbox.shown_by(reaction.message)
        if item in found or shown is None or shown.group is None or shown.owner is None or shown.owner == own:
            continue
        member = uow.members.of(shown.group, own)
        if member is not None and member.role is not Role.OBSERVER:
            found[item] = Like(0, shown.group, item.kind, item.id, own, shown.owner, reaction.at)
    return found


def _item(like: Like) -> About:
    return About(like.item_kind, like.item)
