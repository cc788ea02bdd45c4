"""Errors of PostgreSQL."""

from django.db import IntegrityError


def violated_constraint(error: IntegrityError) -> str:
    """The name of the violated constraint; "" if PostgreSQL does not name one."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
