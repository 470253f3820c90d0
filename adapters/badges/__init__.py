"""Badges by the Open Badges 3.0 standard: signed credentials, the pictures that carry them, and how anybody checks one.

The library behind it takes a third of a second to import, so modules here are imported where a badge is at hand.
"""
