"""Who is an admin: those of the workspace itself (S4, P5)."""

from __future__ import annotations

import pytest

from adapters.slack.people import read_profile


@pytest.mark.parametrize(
    ("about", "admin"),
    [
        ({"team_id": "T1"}, True),
        ({}, True),
        ({"team_id": "T2"}, False),
        ({"team_id": "T1", "is_stranger": True}, False),
        ({"team_id": "T1", "deleted": True}, False),
        ({"team_id": "E9", "enterprise_user": {"teams": ["T1", "T3"]}}, True),
        ({"team_id": "E9", "enterprise_user": {"teams": ["T2"]}}, False),
    ],
)
def test_an_admin_of_another_workspace_that_shares_a_channel_is_none_here(
    about: dict[str, object], admin: bool
) -> None:
    assert read_profile({"id": "U1", "is_admin": True, **about}, "T1").admin is admin
