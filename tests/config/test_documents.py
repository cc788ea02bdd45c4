"""The documents name files that exist."""

import re

import pytest
from django.conf import settings

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/decisions.md", "docs/security.md"]
FOLDERS = r"(?:config|payments|billing|vault|templates|fixtures|tests|docs)"
PATH = re.compile(rf"`({FOLDERS}/[\w./-]*)`|\]\(((?:docs/)?[\w./-]+\.(?:md|png))\)")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_files_that_a_document_names_exist(name):
    document = settings.BASE_DIR / name
    missing = []
    for path, link in PATH.findall(document.read_text()):
        target = settings.BASE_DIR / path if path else document.parent / link
        if not target.exists():
            missing.append(path or link)
    assert not missing
