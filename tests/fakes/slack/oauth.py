"""Methods about tokens: how an app comes to a workspace, renews its token, and leaves; and how it connects."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.fakes.slack.methods import Call, Refused, method
from tests.fakes.slack.things import Installed, Json
from tests.fakes.slack.world import TOKENS_LAST

if TYPE_CHECKING:
    from tests.fakes.slack.world import World


def _client(call: Call) -> None:
    """Refuse a client that is not the app's own, named in the body or in the header."""
    app = call.world.app
    basic = str(call.args.get("authorization", ""))
    given = (call.args.get("client_id"), call.args.get("client_secret"))
    if basic.startswith("Basic "):
        name, _, secret = base64.b64decode(basic.removeprefix("Basic ")).decode().partition(":")
        given = (name, secret)
    if given[0] != app.client_id:
        raise Refused("invalid_client_id")
    if given[1] != app.client_secret:
        raise Refused("bad_client_secret")


@method("oauth.v2.access", token="none")
def access(call: Call) -> Json:
    """Return a token for a code, or for the one that renews it."""
    _client(call)
    if call.args.get("grant_type") == "refresh_token":
        there = (one.installed for one in call.world.teams.values() if one.installed is not None)
        found = next((one for one in there if one.refresh_token == call.args.get("refresh_token")), None)
        if found is None or found.refresh_token is None:
            raise Refused("invalid_refresh_token")
        call.world.give_token(found)
        return _token(call.world, found)
    team = call.world.codes.pop(call.words("code"), None)
    if team is None:
        raise Refused("invalid_code")
    return _token(call.world, call.world.install(team))


def _token(world: World, one: Installed) -> Json:
    told: Json = {
        "access_token": one.token,
        "token_type": "bot",
        "scope": ",".join(sorted(one.scopes)),
        "bot_user_id": one.user.id,
        "app_id": world.app.id,
        "team": {"id": one.team.id, "name": one.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next((id for id, who in one.team.users.items() if who.admin), one.user.id)},
    }
    if one.refresh_token is not None:
        told |= {"refresh_token": one.refresh_token, "expires_in": int(TOKENS_LAST.total_seconds())}
    return told


@method("auth.revoke")
def revoke(call: Call) -> Json:
    """End the token."""
    call.world.uninstall(call.team)
    return {"revoked": True}


@method("apps.uninstall")
def uninstall(call: Call) -> Json:
    """Let the app leave a workspace."""
    app = call.world.app
    if (call.args.get("client_id"), call.args.get("client_secret")) != (app.client_id, app.client_secret):
        raise Refused("bad_client_secret")
    call.world.uninstall(call.team)
    return {}
