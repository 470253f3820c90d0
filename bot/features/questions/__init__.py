"""Questions: asked in a thread, answered by whoever can, marked by the asker, and never forgotten."""

from bot.feature import Feature
from bot.features.questions import answering, asking, marking, reading, waiting

feature = Feature("questions")
feature.include(asking.feature, answering.feature, marking.feature, reading.feature, waiting.feature)
