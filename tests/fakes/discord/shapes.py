"""Things as Discord describes them in JSON: with every field that clients rely on."""

from __future__ import annotations

from tests.fakes.discord.permissions import allowed
from tests.fakes.discord.things import Attachment, Channel, Emoji, Guild, Json, Kind, Member, Message, Role, User


def user(one: User) -> Json:
    """Describe an account."""
    return {
        "id": str(one.id),
        "username": one.name,
        "discriminator": "0",
        "global_name": None if one.bot else one.display,
        "avatar": None,
        "bot": one.bot,
        "public_flags": 0,
        "flags": 0,
    }


def member(one: Member, *, whole: bool = True) -> Json:
    """Describe a member; beside a message's author the account itself is left out."""
    shown: Json = {
        "roles": [str(id) for id in one.roles],
        "joined_at": one.joined.isoformat(),
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "pending": False,
        "communication_disabled_until": None,
    }
    return {**shown, "user": user(one.user)} if whole else shown


def role(one: Role) -> Json:
    """Describe a role."""
    return {
        "id": str(one.id),
        "name": one.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": one.position,
        "permissions": str(int(one.permissions)),
        "managed": one.of_bot is not None,
        "mentionable": False,
        "flags": 0,
        **({"tags": {"bot_id": str(one.of_bot)}} if one.of_bot is not None else {}),
    }


def channel(one: Channel, *, newly: bool = False) -> Json:
    """Describe a channel, thread or direct conversation."""
    shown: Json = {
        "id": str(one.id),
        "type": int(one.kind),
        "last_message_id": str(max(one.stored)) if one.stored else None,
        "flags": 0,
    }
    if one.kind is Kind.DIRECT:
        assert one.other is not None
        return {**shown, "recipients": [user(one.other)]}
    assert one.guild is not None
    shown |= {"guild_id": str(one.guild.id), "name": one.name, "rate_limit_per_user": 0}
    if one.is_thread:
        return shown | _thread(one, newly)
    shown |= {
        "position": 0,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": [
            {
                "id": str(id),
                "type": 0 if over.of_role else 1,
                "allow": str(int(over.allow)),
                "deny": str(int(over.deny)),
            }
            for id, over in one.overwrites.items()
        ],
    }
    if one.kind is Kind.FORUM:
        tags = [
            {"id": str(tag.id), "name": tag.name, "moderated": tag.moderated, "emoji_id": None, "emoji_name": None}
            for tag in one.tags
        ]
        shown |= {
            "available_tags": tags,
            "flags": (1 << 4) if one.needs_tag else 0,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }
    return shown


def _thread(one: Channel, newly: bool) -> Json:
    assert one.parent is not None
    assert one.owner is not None
    assert one.created is not None
    count = len([each for each in one.messages if each.id != one.id])
    return {
        "parent_id": str(one.parent.id),
        "owner_id": str(one.owner.id),
        "message_count": count,
        "total_message_sent": count,
        "member_count": len(one.inside),
        "applied_tags": [str(id) for id in one.applied],
        "thread_metadata": {
            "archived": one.archived,
            "locked": one.locked,
            "auto_archive_duration": one.archives_after,
            "archive_timestamp": one.created.isoformat(),
            "create_timestamp": one.created.isoformat(),
        },
        **({"newly_created": True} if newly else {}),
    }


def guild(one: Guild, bot: User) -> Json:
    """Describe a server as the gateway does when it becomes available to a bot."""
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(one.owner.id),
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "application_id": None,
        "description": None,
        "banner": None,
        "vanity_url_code": None,
        "preferred_locale": one.locale,
        "features": [],
        "emojis": [],
        "stickers": [],
        "soundboard_sounds": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "unavailable": False,
        "large": False,
        "member_count": len(one.members),
        "joined_at": one.members[bot.id].joined.isoformat() if bot.id in one.members else None,
        "roles": [role(each) for each in one.roles.values()],
        "members": [member(each) for each in one.members.values() if each.user is bot],
        "channels": [channel(each) for each in one.channels.values()],
        "threads": [channel(each) for each in one.threads.values() if not each.archived],
        "guild_scheduled_events": list(one.events.values()),
    }


def emoji(one: Emoji) -> Json:
    """Describe an emoji."""
    return {"id": str(one.id) if one.id else None, "name": one.name, "animated": False}


def attachment(one: Attachment) -> Json:
    """Describe a file."""
    return {
        "id": str(one.id),
        "filename": one.name,
        "size": len(one.content),
        "url": one.url,
        "proxy_url": one.url,
        "content_type": one.type,
    }


def message(one: Message, *, reader: User | None = None, blank: bool = False, event: bool = False) -> Json:
    """Describe a message; `blank`: what it says is kept back; `event`: with the server and the author's membership."""
    channel_ = one.channel
    shown: Json = {
        "id": str(one.id),
        "channel_id": str(channel_.id),
        "type": one.kind,
        "author": user(one.author),
        "content": "" if blank else one.content,
        "components": [] if blank else one.components,
        "embeds": [] if blank else one.embeds,
        "attachments": [] if blank else [attachment(each) for each in one.attachments],
        "timestamp": one.at.isoformat(),
        "edited_timestamp": one.edited.isoformat() if one.edited else None,
        "tts": False,
        "pinned": False,
        "mention_everyone": one.pings_everyone,
        "mentions": [],
        "mention_roles": [],
        "flags": one.flags,
    }
    if one.reactions and not event:
        shown["reactions"] = [_reaction(emoji_, kinds, reader) for emoji_, kinds in one.reactions.items()]
    if one.thread is not None:
        shown["thread"] = channel(one.thread)
    if one.answers is not None:
        shown["message_reference"] = {"channel_id": str(channel_.id), "message_id": str(one.answers), "type": 0}
    if event and channel_.guild is not None:
        shown["guild_id"] = str(channel_.guild.id)
        if there := channel_.guild.members.get(one.author.id):
            shown["member"] = member(there, whole=False)
    return shown


def _reaction(emoji_: Emoji, kinds: dict[bool, dict[int, User]], reader: User | None) -> Json:
    usual, burst = kinds.get(False, {}), kinds.get(True, {})
    return {
        "emoji": emoji(emoji_),
        "count": len(usual) + len(burst),
        "count_details": {"normal": len(usual), "burst": len(burst)},
        "me": reader is not None and reader.id in usual,
        "me_burst": reader is not None and reader.id in burst,
        "burst_colors": [],
    }


def permissions_in(channel_: Channel, who: User) -> str:
    """Return what somebody may in a channel, as Discord writes it."""
    return str(int(allowed(channel_.guild, who, channel_))) if channel_.guild else "0"
