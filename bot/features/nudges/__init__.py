"""Quiet members: one kind message at a time, only to those who agreed to such, and a quiet welcome back."""

from bot.feature import Feature
from bot.features.nudges import looking, offering, returning, sending, showing

feature = Feature("nudges")
feature.include(looking.feature, offering.feature, sending.feature, showing.feature, returning.feature)
