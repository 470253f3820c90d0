"""Notes: what somebody writes down along the way, for themselves or for everyone, and what of it is held up to all."""

from bot.feature import Feature
from bot.features.notes import featuring, keeping, reading

feature = Feature("notes")
feature.include(keeping.feature, reading.feature, featuring.feature)
