"""Tools for those who change the code; nothing of the bot needs them."""
