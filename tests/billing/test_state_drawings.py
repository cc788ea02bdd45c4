"""docs/architecture.md shows the states as billing/states.py has them."""

import pytest

from billing.management.commands.draw_states import DOCUMENT, draw, draw_into
from billing.states import REFUND_MOVES


def test_the_drawings_are_current():
    text = DOCUMENT.read_text()
    assert draw_into(text) == text, "run `make states`"


def test_every_move_is_an_arrow():
    drawing = draw(REFUND_MOVES)
    for source, targets in REFUND_MOVES.items():
        for target in targets:
            assert f"{source} --> {target}\n" in drawing
    assert "rejected --> [*]" in drawing


def test_a_document_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="no section for the states of a payment"):
        draw_into("# Architecture")
