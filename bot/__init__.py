"""The study-group core: standard library only."""
