"""The npm package `smpp`, 0.5.1, and a program on it: a peer that nobody here wrote."""

import shutil
import subprocess
from pathlib import Path

INSTALL_S = 100


def with_smpp(folder: Path, program: Path, name: str) -> Path:
    """Install the package into `folder` and put the program beside it as `name`."""
    # Without this file npm would look for a project in the folders above.
    (folder / "package.json").write_text("{}")
    npm = shutil.which("npm")
    assert npm is not None, "install first: sudo apt-get install npm"
    subprocess.run(
        [npm, "install", "--silent", "smpp@0.5.1"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=INSTALL_S,
    )
    shutil.copy(program, folder / name)
    return folder
