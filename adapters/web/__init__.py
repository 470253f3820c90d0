"""The bot's web server."""
