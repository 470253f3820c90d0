"""Crashes and faults: the whole bot in processes that are killed, on a chat platform that outlives them."""
