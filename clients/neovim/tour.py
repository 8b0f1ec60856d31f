# A tour of stdlib-ls. This is a copy: change what you like.
# u takes a change back, <Esc> leaves insert mode, :qa! leaves Neovim.

# 1. Cards: press K on a name. K once more goes into the card, q leaves it.
#    Each part of a dotted name has its own card, and ET knows what it stands for.
#    Builtins such as print have one, too.

import json
import os.path
import xml.etree.ElementTree as ET

order = json.dumps({"tea": 2})
inbox = os.path.join("srv", "orders.xml")
items = [item.text for item in ET.parse(inbox).iter("item")]

# 2. Completion: open a new line with o, and type one of
#       import             from collections import            json.
#    The menu opens after a blank or a dot and says what each name is for.
#    <C-n> and <C-p> go through it, <C-y> takes a name, <C-e> closes it,
#    and <C-x><C-o> opens it in the middle of a word.

# 3. Advice: ]d jumps to the next message, <C-w>d shows all of it.
#    It speaks of what this file uses of psutil, and all of that has a counterpart:
#    gra offers the fix. Take it back with u and press gcc on the last line below:
#    now only a part has a counterpart, and the message says what has none.

import psutil

print(psutil.cpu_count(), "processors")
# print(psutil.virtual_memory().percent, "% of the memory in use")


# 4. A fix with something to think of first: gra on the import.


def read_order(text: str) -> object:
    import simplejson as json

    return json.loads(text)


# 5. Versions: tomllib came with Python 3.11, and the project asks for at least that.
#    :e pyproject.toml, make it 3.10, :w, then :b tour.py and :w. The message is gone.


def read_settings(text: str) -> dict[str, object]:
    import tomli

    return tomli.loads(text)


# 6. Versions of single names: what came after 3.11, or is gone before the newest Python, and the way out.
#    Behind a look at sys.version_info all is well.

import itertools
import sys
import unittest

print(list(itertools.batched(items, 2)), unittest.makeSuite)

if sys.version_info >= (3, 12):
    print(list(itertools.batched(items, 2)))

# 7. Silence: nothing is said of packages that are optional already, or worth keeping.

try:
    import orjson as fast_json
except ImportError:
    fast_json = None

import numpy

print(numpy.zeros(3), fast_json)

# 8. Commands: :StdlibLs search temporary directory
#    Choose an answer by its number; in its card gx opens the page of the documentation, q leaves it.
#    :StdlibLs card os.walk, :StdlibLs why and :StdlibLs dependencies say more; :checkhealth stdlib_ls, too.
#    On the command line it is stdlib-ls search temporary directory.

# ruff: noqa
