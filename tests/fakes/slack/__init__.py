"""A Slack on this machine for tests: web interface, Socket Mode, signed requests and people, for unmodified clients."""

from tests.fakes.faults import Way
from tests.fakes.refusing import Cannot
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.interactions import Interaction
from tests.fakes.slack.people import Person
from tests.fakes.slack.recorder import Asked
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, File, Json, Message, Team, Upload, User, View
from tests.fakes.slack.web_api import Pace

__all__ = [
    "Asked",
    "Cannot",
    "Channel",
    "FakeSlack",
    "Fault",
    "File",
    "Interaction",
    "Json",
    "Message",
    "Pace",
    "Person",
    "Team",
    "Upload",
    "User",
    "View",
    "Way",
]
