"""`pip install .`: the wheel has all that the program needs, and starts without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from config.version import VERSION

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy of what git has: a build leaves folders behind."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("the files are known to git alone: this is no checkout")
    for name in listed.stdout.splitlines():
        if not name.startswith(("tests/", "docs/")) and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "."]
    subprocess.run([*command, "--wheel-dir", "built"], cwd=source, check=True)
    [built] = (source / "built").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(installed: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    folder = installed.parent / "somewhere"
    folder.mkdir(exist_ok=True)
    given = {name: value for name, value in os.environ.items() if name not in ("VAR_DIR", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "config.process.manage", *arguments],
        cwd=folder,
        env={**given, "PYTHONPATH": str(installed), "DATABASE_URL": "postgresql://unused", **environment},
        capture_output=True,
        text=True,
    )


def test_its_version_is_the_programs(wheel):
    assert wheel.name == f"payments_back_office-{VERSION}-py3-none-any.whl"


def test_every_template_text_and_picture_is_in_it(installed):
    names = subprocess.run(
        ["git", "ls-files", "config", "payments", "billing", "vault", "templates", "fixtures"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    moved = ("templates/", "fixtures/")
    wanted = [
        f"config/{name}" if name.startswith(moved) else name for name in names if not name.endswith(".po")
    ]
    missing = [name for name in wanted if not (installed / name).exists()]
    assert missing == []
    assert not (installed / "tests").exists()


def test_it_asks_for_what_it_imports(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("METADATA")]
        metadata = archive.read(name).decode()
    assert "Requires-Dist: django\n" in metadata
    assert 'Requires-Dist: minio; extra == "s3"' in metadata


def test_it_starts_without_the_checkout(installed):
    result = run(installed, "check")
    assert result.returncode == 0, result.stderr
    paths = "from django.conf import settings as s; from django.template.loader import get_template as t; "
    paths += "print(s.BASE_DIR); print(s.VAR_DIR); print(t('admin/simple_form.html').origin)"
    told = run(installed, "shell", "-v", "0", "-c", paths).stdout.splitlines()
    somewhere = installed.parent / "somewhere"
    assert told == [
        str(installed),
        str(somewhere / "var"),
        str(installed / "config/templates/admin/simple_form.html"),
    ]
