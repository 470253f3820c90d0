"""The try-out page: the local platform in a browser on this machine.

`Page(stage).application()` is a web application; a `Stage` brings the platform, the people to be and the time. The bot
behind it is the real one: what the page shows, Discord and Slack show too, in their own ways.
"""

from adapters.local.page.keeping import Keeper, KeptPlatform
from adapters.local.page.serving import Page
from adapters.local.page.stage import Guise, Inspector, Stage, Time

__all__ = ["Guise", "Inspector", "Keeper", "KeptPlatform", "Page", "Stage", "Time"]
