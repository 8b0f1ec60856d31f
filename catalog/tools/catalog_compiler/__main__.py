"""python -m catalog_compiler CATALOG OUTPUT: see compile.py."""

import sys

from catalog_compiler.compile import main

sys.exit(main(sys.argv[1:]))
