"""A Discord on this machine for tests: web interface, gateway and people, driven by the unmodified discord.py."""

from tests.fakes.discord.faults import Fault
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.people import Person
from tests.fakes.discord.permissions import EVERYTHING, USUAL, May
from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.things import Channel, Dialog, Emoji, Guild, Json, Kind, Message, Overwrite, Role, Upload, User
from tests.fakes.faults import Way
from tests.fakes.refusing import Cannot

__all__ = [
    "EVERYTHING",
    "USUAL",
    "Asked",
    "Cannot",
    "Channel",
    "Dialog",
    "Emoji",
    "FakeDiscord",
    "Fault",
    "Guild",
    "Interaction",
    "Json",
    "Kind",
    "May",
    "Message",
    "Overwrite",
    "Person",
    "Role",
    "Upload",
    "User",
    "Way",
]
