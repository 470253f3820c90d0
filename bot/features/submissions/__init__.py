"""Work: handed in, seen by everyone, and talked about."""

from bot.feature import Feature
from bot.features.submissions import handing_in, responses, talking

feature = Feature("submissions")
feature.include(handing_in.feature)
feature.include(responses.feature)
feature.include(talking.feature)
