"""The people of a group: who learns here, and what facilitators do about it."""

from bot.feature import Feature
from bot.features.members import listing, roles

feature = Feature("members")
feature.include(listing.feature, roles.feature)
