"""Feedback on work: asked for, given in two parts, thanked for, and swapped so that nobody is left without."""

from bot.feature import Feature
from bot.features.reviews import giving, helping, swapping, waiting

feature = Feature("reviews")
feature.include(waiting.feature)
feature.include(giving.feature)
feature.include(helping.feature)
feature.include(swapping.feature)
