"""Weeks: read, opened on schedule or by hand, left out, and changed."""

from bot.feature import Feature
from bot.features.weeks import coming, leading, opening, reading

feature = Feature("weeks")
feature.include(coming.feature)
feature.include(leading.feature)
feature.include(opening.feature)
feature.include(reading.feature)
