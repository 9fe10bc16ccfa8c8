"""Programs and files from npm that tests need: peers and tools nobody here wrote."""

import shutil
import subprocess
from pathlib import Path

INSTALL_S = 100


def with_smpp(folder: Path, program: Path, name: str) -> Path:
    """Install the package `smpp` into `folder` and put the program beside as `name`."""
    install(folder, "smpp@0.5.1")
    shutil.copy(program, folder / name)
    return folder


def axe(folder: Path) -> str:
    """The accessibility checker's code, for a page to run."""
    install(folder, "axe-core@4.14.1")
    path = folder / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")


def install(folder: Path, package: str) -> None:
    """One package, into a folder that is nobody else's."""
    # Without this file npm would look for a project in the folders above.
    (folder / "package.json").write_text("{}")
    npm = shutil.which("npm")
    assert npm is not None, "install first: sudo apt-get install npm"
    subprocess.run(
        [npm, "install", "--silent", package],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=INSTALL_S,
    )
