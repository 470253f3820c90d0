"""Leading a group: creating it, changing it, ending it, handing it over."""

from bot.feature import Feature
from bot.features.leading import asking, creating, editing, ending, founding, handing_over, homes, rostering

feature = Feature("leading")
feature.include(
    creating.feature,
    founding.feature,
    editing.feature,
    asking.feature,
    ending.feature,
    handing_over.feature,
    homes.feature,
    rostering.feature,
)
