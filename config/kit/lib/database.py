"""What PostgreSQL says about a statement that it refused."""

from django.db import IntegrityError


def violated_constraint(error: IntegrityError) -> str:
    """The name of the violated constraint; "" where PostgreSQL names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
