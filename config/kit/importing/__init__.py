"""Loading lists from files: one engine for the imports of every app."""
