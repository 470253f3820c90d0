"""Measures what the design promises: `./run bench`, or `./run bench likes tick` for some of it."""
