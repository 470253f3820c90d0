"""The demonstration: a whole study group, played on the real core, a real database and a moved clock."""
