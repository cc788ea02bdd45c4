"""Loading what is owed, and how it is paid, from files."""
