"""Enrolment: applying, deciding, moving up from the waiting list, pausing and leaving."""

from bot.feature import Feature
from bot.features.enrolment import applying, deciding, leaving, pausing

feature = Feature("enrolment")
feature.include(applying.feature, deciding.feature, leaving.feature, pausing.feature)
