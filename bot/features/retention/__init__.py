"""How long texts are kept: an admin says so, a group is told two weeks before its texts go, and then they go."""

from bot.feature import Feature
from bot.features.retention import going, setting

feature = Feature("retention")
feature.include(setting.feature, going.feature)
