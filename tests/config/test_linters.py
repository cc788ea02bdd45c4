"""The hooks before a commit run the same linters as `make lint`."""

import re

import yaml
from django.conf import settings


def test_the_hooks_are_the_linters_of_make_lint():
    makefile = (settings.BASE_DIR / "Makefile").read_text()
    targets = re.search(r"^lint:(.*?)##", makefile, re.MULTILINE)[1].split()
    config = yaml.safe_load((settings.BASE_DIR / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert [hook["entry"] for hook in hooks] == [f"make {target}" for target in targets]
    assert {hook["language"] for hook in hooks} == {"system"}
