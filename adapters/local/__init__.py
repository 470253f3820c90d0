"""The platform on this machine: spaces, channels, threads and people, without a network."""

from adapters.local.client import LocalPlatform
from adapters.local.forms import FormNotTaken
from adapters.local.people import Person
from adapters.local.rooms import Channel, Message, Place, Right, Space, Thread
from adapters.local.world import Answer, Happening, Kind

__all__ = [
    "Answer",
    "Channel",
    "FormNotTaken",
    "Happening",
    "Kind",
    "LocalPlatform",
    "Message",
    "Person",
    "Place",
    "Right",
    "Space",
    "Thread",
]
