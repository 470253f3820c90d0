"""Methods about files: they are put to an address of their own first, then stand in a channel."""

from __future__ import annotations

from tests.fakes.slack import shapes
from tests.fakes.slack.chat import checked
from tests.fakes.slack.methods import Call, Refused, method
from tests.fakes.slack.things import File, Json, Message, Upload


@method("files.info", "files:read")
def info(call: Call) -> Json:
    """Return a file."""
    found = call.world.files.get(call.words("file"))
    if found is None:
        raise Refused("file_not_found")
    return {"file": shapes.file(found), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.getUploadURLExternal", "files:write")
def upload_url(call: Call) -> Json:
    """Return where a file can be put."""
    name, length = call.words("filename"), call.number("length", 0)
    if not length:
        raise Refused("invalid_arguments", "length: must be more than 0")
    made = call.world.keep_file(call.app.user, Upload(name, b""))
    call.asked.uploads[made.id] = length
    return {"upload_url": f"{call.world.site}/upload/{made.id}", "file_id": made.id}


@method("files.completeUploadExternal", "files:write")
def complete(call: Call) -> Json:
    """Let files that were put stand in a channel, or with nobody yet."""
    wanted = call.args.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments", "files: must hold at least 1 item")
    found = [_uploaded(call, str(one.get("id"))) for one in wanted]
    named = call.args.get("channel_id")
    if named:
        channel = call.channel("channel_id")
        if channel.other is None and call.app.user.id not in channel.members:
            raise Refused("channel_not_found")
        text = str(call.args.get("initial_comment") or "")
        blocks: list[Json] = []
        if call.args.get("blocks"):
            text, blocks = checked(call, {"text": text, "blocks": call.args["blocks"]}, warn=False)
        made = Message(call.world.new_ts(), channel, call.app.user, text, blocks, bot_id=call.app.bot_id)
        made.files = found
        if call.args.get("thread_ts"):
            made.thread_ts = str(call.args["thread_ts"])
        for one in found:
            one.shared.append(channel.id)
        call.world.post(made)
    return {"files": [shapes.file(one) for one in found]}


def _uploaded(call: Call, id: str) -> File:
    found = call.world.files.get(id)
    if found is None or len(found.content) != call.asked.uploads.get(id, 0):
        raise Refused("file_not_found")
    return found
