"""Programs of npm that tests run, each in a folder of its own below VAR_DIR."""

import os
import shutil
import subprocess
from pathlib import Path


def install_packages(source: Path, name: str) -> Path | None:
    """Where they are, with the files of `source`; None without node, or without npm's registry on the first run."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = Path(os.environ["VAR_DIR"]) / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        if file.is_file() and file.suffix != ".py":
            shutil.copy(file, folder)
    lock = folder / "node_modules" / ".package-lock.json"
    if not lock.exists() or lock.stat().st_mtime < (source / "package-lock.json").stat().st_mtime:
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=folder, capture_output=True, timeout=180).returncode:
            return None
    return folder
