"""Work: handed in, seen by everyone, talked about, and checked where that is asked for."""

from bot.feature import Feature
from bot.features.submissions import checking, handing_in, responses, talking

feature = Feature("submissions")
feature.include(checking.feature)
feature.include(handing_in.feature)
feature.include(responses.feature)
feature.include(talking.feature)
