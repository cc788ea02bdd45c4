"""The operator's side of the vault."""
