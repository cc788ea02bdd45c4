"""docs/security.md: every file and every test that it names exists, and no requirement is left out."""

import re

import pytest
from django.conf import settings

DOCUMENT = settings.BASE_DIR / "docs/security.md"
NAMED = re.compile(
    r"`((?:config|payments|billing|vault|templates|fixtures|tests|docs)/[\w./-]*|[\w-]+\.(?:md|txt))(?:::(\w+))?`"
)
SECTIONS = re.findall(
    r"\S+",
    """
    3.1.1 3.1.2 3.2.1 3.3.1 3.3.1.1 3.3.1.2 3.3.1.3 3.3.2 3.3.3 3.4.1 3.4.2 3.5.1 3.5.1.1 3.5.1.2
    3.5.1.3 3.6.1 3.6.1.1 3.6.1.2 3.6.1.3 3.6.1.4 3.7.1 3.7.2 3.7.3 3.7.4 3.7.5 3.7.6 3.7.7 3.7.8 3.7.9
    6.4.3 8.1.1 8.1.2 8.2.1 8.2.2 8.2.3 8.2.4 8.2.5 8.2.6 8.2.7 8.2.8 8.3.1 8.3.2 8.3.3 8.3.4 8.3.5
    8.3.6 8.3.7 8.3.8 8.3.9 8.3.10 8.3.10.1 8.3.11 8.4.1 8.4.2 8.4.3 8.5.1 8.6.1 8.6.2 8.6.3 10.1.1
    10.1.2 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.3.2
    10.3.3 10.3.4 10.4.1 10.4.1.1 10.4.2 10.4.2.1 10.4.3 10.5.1 10.6.1 10.6.2 10.6.3 10.7.1 10.7.2
    10.7.3 11.6.1
    """,
)
"""PCI DSS 4.0.1, sections 3, 6.4.3, 8, 10 and 11.6.1."""


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables below `heading`, up to the next heading of its rank."""
    text = DOCUMENT.read_text().split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def requirements(heading: str) -> list[list[str]]:
    return [row for row in rows(heading) if row[0][0].isdigit()]


@pytest.mark.parametrize(
    ("path", "name"), sorted(set(NAMED.findall(DOCUMENT.read_text()))), ids=lambda value: value or "file"
)
def test_what_it_names_exists(path, name):
    file = settings.BASE_DIR / path
    assert file.exists()
    if name:
        assert f"def {name}(" in file.read_text()


def test_every_requirement_of_pci_dss_has_a_row():
    assert [row[0].split()[0] for row in requirements("## PCI DSS 4.0.1")] == SECTIONS


def test_every_chapter_of_asvs_has_rows():
    chapters = {row[0].partition(".")[0] for row in requirements("## OWASP ASVS 5.0, level 2")}
    assert chapters == {str(number) for number in range(1, 17)}


@pytest.mark.parametrize("heading", ["## PCI DSS 4.0.1", "## OWASP ASVS 5.0, level 2"])
def test_every_row_says_who_holds_it(heading):
    """What a file holds is shown by a test, or it is said whose it is, or that nobody's it is."""
    unclear = []
    for number, held, shown, rest in requirements(heading):
        is_shown = "`tests/" in shown or number.split()[0] in UNSHOWN
        if not (held and is_shown) and not rest.startswith(("Yours", "Not held", "Does not apply")):
            unclear.append(number)
    assert not unclear


UNSHOWN = {"1.4", "2.1", "5.1", "6.1", "7.1", "8.1", "13.1", "14.1", "3.3.1.3", "3.4.2"}
"""Documents, and what there is nothing of to be tried."""
