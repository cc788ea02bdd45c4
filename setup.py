"""What pyproject.toml can't say: its groups are the dependencies, and two folders beside the packages are data."""

import tomllib
from pathlib import Path

from setuptools import find_packages, setup

GROUPS = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text())["dependency-groups"]
DATA = {"config.templates": "templates", "config.fixtures": "fixtures"}

setup(
    packages=[*find_packages(include=["config*", "payments*", "billing*", "vault*"]), *DATA],
    package_dir=DATA,
    package_data={"": ["static/**/*", "locale/**/*", "**/*.html", "**/*.txt", "**/*.json", "**/*.csv"]},
    install_requires=GROUPS["run"],
    extras_require={name: GROUPS[name] for name in ("pkcs11", "s3", "traces")},
)
