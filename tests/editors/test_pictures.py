"""The pictures of the documentation: taken anew from the screens of real editors, they show what the old ones show."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from editor import ROOT

pytestmark = pytest.mark.editor

IMAGES = ROOT / "docs/images"
# What has to be read in them, whatever else the editor of the day shows: cards, menus, messages.
SHOWN = {
    "neovim": {
        "neovim.svg": [
            "json: Encode Python objects as JSON text and decode them again.",
            "Fits Python 3.11–3.15 (requires-python in pyproject.toml)",
            "json in the Python 3.15 documentation",
            "defaultdict",
            "Dict that counts how often each item occurs.",
        ],
        "neovim-advice.svg": ["os.cpu_count covers psutil.cpu_count", "psutil.virtual_memory"],
    },
    "emacs": {
        "emacs.svg": [
            "json: Encode Python objects as JSON text and decode them again.",
            "json in the Python 3.15 documentation",
        ]
    },
    "vim": {
        "vim.svg": [
            "json: Encode Python objects as JSON text and decode them again.",
            "os.cpu_count covers psutil.cpu_count: all that this file uses of psutil.",
            "Dict that counts how often each item occurs.",
            "secrets.token_hex",
        ]
    },
}


def text_of(picture: Path) -> str:
    """What is written in a picture, blanks aside: each piece of text has a place of its own there."""
    return re.sub(r"\s", "", unescape("".join(re.findall(r">([^<]*)</text>", picture.read_text(encoding="utf-8")))))


@pytest.mark.parametrize("name", SHOWN)
def test_picture(name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if name not in pytestconfig.getoption("--editors"):
        pytest.skip(f"--editors {name}")
    if not shutil.which("tmux"):
        pytest.skip("tmux is missing")
    command = ["sh", str(ROOT / f"docs/tools/{name}.sh"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    for file, lines in SHOWN[name].items():
        for line in lines:
            wanted = re.sub(r"\s", "", line)
            assert wanted in text_of(tmp_path / file), "what the editor shows has changed"
            assert wanted in text_of(IMAGES / file), f"take the picture anew: docs/tools/{name}.sh"
