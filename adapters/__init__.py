"""The edges: what speaks to platforms and files."""
