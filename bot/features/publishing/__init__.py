"""Publishing: portfolios and groups' pages on the web, by the choice of those whom they show."""

from bot.feature import Feature
from bot.features.publishing import choosing, groups, portfolios

feature = Feature("publishing")
feature.include(portfolios.feature, choosing.feature, groups.feature)
