"""Where the program starts, as the command `stdlib-ls` and as `python -m stdlib_ls`.

Before anything else is imported, the folders that Python was told to look in first are put in their place: with a
project's folder among them, its own random.py would be run instead of the real one. `python -I` sees to that itself.
"""

import os
import sys

if not sys.flags.isolated:
    if not getattr(sys.flags, "safe_path", False):
        # The working directory with -m, else the folder of the command.
        del sys.path[0]
    # This package may have been found by PYTHONPATH, so the folders in it only go to the end.
    asked_for = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    late = {os.path.abspath(folder) for folder in asked_for}  # noqa: PTH100 - pathlib is not imported yet
    sys.path.sort(key=late.__contains__)

from stdlib_ls.cli import main

if __name__ == "__main__":
    sys.exit(main())
