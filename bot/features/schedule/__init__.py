"""The schedule: its ledger, breaks, and weeks that move."""

from bot.feature import Feature
from bot.features.schedule import ledger, resting, shifting

feature = Feature("schedule")
feature.include(ledger.feature)
feature.include(resting.feature)
feature.include(shifting.feature)
