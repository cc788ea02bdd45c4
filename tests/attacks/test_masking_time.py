"""Texts made to keep a masking expression busy: the work stays proportional to their length."""

import re
import re._parser as expression_parser  # the standard library's only way to read an expression
import sys
from types import ModuleType

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.kit.lib import card_numbers, masking

MIB = 1024 * 1024
STEPS_PER_CHARACTER = 25
"""Calls of functions, ours and the standard library's, for each character at most."""

FRAGMENTS = [
    "4",
    "4 ",
    "4-",
    "41 ",
    "4111 ",
    "411 111 ",
    "4.",
    "%34",
    "\\u0034",
    "&#52;",
    "%20",
    "a",
    "a ",
    "a=",
    "=",
    " ",
    "\\",
    '"',
    "password",
    "password=",
    'password="',
    'password="\\"',
    "password='a\\",
    "token ",
    "Token ",
    "Bearer a",
    "csrf",
    "<",
    "<password ",
    "<password>",
    "<a:password><![CDATA[",
    "://",
    "a://b:c",
    "://a:",
    "bin=",
    "bin=1",
    "550e8400-",
    "550e8400-e29b-41d4-a716-44665544000",
    "4111111111111111 ",
    "4111111111111112 ",
    "*",
]


class Steps:
    """Counts calls of functions while it is on."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Steps":
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, _frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            self.count += 1


def steps_of(text: str) -> int:
    with Steps() as steps:
        masking.mask_text(text)
        card_numbers.mask_card_numbers(text)
        card_numbers.holds_bare_card_number(text)
        masking.is_secret_name(text)
    return steps.count


@pytest.fixture(autouse=True)
def _whole_texts(monkeypatch):
    """Without the cut that logs make before they mask."""
    monkeypatch.setattr(masking, "MAX_MASKED", 2 * MIB)


@settings(max_examples=1, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=3).map("".join))
@example("4 ")
@example('password="\\"')
def test_a_mebibyte_costs_no_more_than_its_length(fragment):
    text = (fragment * (MIB // len(fragment) + 1))[:MIB]
    assert steps_of(text) <= STEPS_PER_CHARACTER * MIB


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_twice_a_fragment_is_at_most_twice_the_work(fragment):
    half = fragment * (8192 // len(fragment))
    assert steps_of(half * 2) <= 2.2 * steps_of(half) + 200


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), min_size=1, max_size=6).map("".join))
def test_twice_the_text_is_at_most_twice_the_work(fragment):
    """Shorter texts, many more of them: a cost that grows with the square would grow fourfold."""
    half = (fragment or "x") * (4096 // max(1, len(fragment)))
    assert steps_of(half * 2) <= 2.2 * steps_of(half) + 200


@pytest.mark.parametrize("module", [masking, card_numbers])
def test_no_expression_goes_back(module: ModuleType):
    """Every repetition without a limit is possessive: it keeps what it took."""
    expressions = {name: item for name, item in vars(module).items() if isinstance(item, re.Pattern)}
    assert expressions
    for name, expression in expressions.items():
        if isinstance(expression.pattern, str):
            assert not list(greedy(expression_parser.parse(expression.pattern, expression.flags))), name


def greedy(parsed):
    for code, argument in parsed:
        if str(code) in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] is expression_parser.MAXREPEAT:
            yield code
        for part in nested(argument):
            yield from greedy(part)


def nested(argument):
    if isinstance(argument, expression_parser.SubPattern):
        yield argument
    elif isinstance(argument, (list, tuple)):
        for item in argument:
            yield from nested(item)


@pytest.mark.parametrize("text", ["x" * 400_000, "password=" + "x" * 400_000, "4111111111111111 " * 30_000])
def test_logs_cut_before_they_look(monkeypatch, text):
    monkeypatch.setattr(masking, "MAX_MASKED", 256 * 1024)
    assert len(masking.mask_text(text)) <= 256 * 1024 + 16


def test_the_cut_leaves_no_half_of_a_card_number(monkeypatch):
    monkeypatch.setattr(masking, "MAX_MASKED", 20)
    for before in range(30):
        assert "41111111" not in masking.mask_text("x" * before + "4111111111111111" + "y" * 30)
