"""What the bot does, one file a feature."""
