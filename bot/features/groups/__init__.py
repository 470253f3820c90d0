"""Groups as people see them: the list of a space, a group's card, the directory post, and the day they start."""

from bot.feature import Feature
from bot.features.groups import listing

feature = Feature("groups")
feature.include(listing.feature)
