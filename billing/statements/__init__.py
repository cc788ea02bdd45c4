"""What the bank's own lists say: loading them, finding their lines in our books, and what does not fit."""
