"""Weeks: read, opened on schedule or by hand, and changed."""

from bot.feature import Feature
from bot.features.weeks import leading, opening, reading

feature = Feature("weeks")
feature.include(leading.feature)
feature.include(opening.feature)
feature.include(reading.feature)
