"""`python -m stdlib_ls` is the same as the command `stdlib-ls`."""

import sys

# With -m the working directory comes first on the path, and a project's own random.py would be imported here.
if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]

from stdlib_ls.cli import main

if __name__ == "__main__":
    sys.exit(main())
