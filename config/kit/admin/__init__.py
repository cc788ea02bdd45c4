"""Admin building blocks that all apps share."""
