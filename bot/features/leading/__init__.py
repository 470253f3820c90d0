"""Leading a group: creating it, changing it, ending it, handing it over."""

from bot.feature import Feature
from bot.features.leading import asking, creating, editing, ending, handing_over

feature = Feature("leading")
feature.include(creating.feature, editing.feature, asking.feature, ending.feature, handing_over.feature)
