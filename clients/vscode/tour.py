# A tour of stdlib-ls in VS Code. This is a copy: change what you like, Ctrl+Z takes it back.
# (On a Mac, the Command key does what Ctrl does here.)

# 1. Cards: put the mouse on a name, or the cursor on it and press Ctrl+K Ctrl+I.
#    Each part of a dotted name has its own card, and ET knows what it stands for.
#    Builtins such as print have one, too.

import json
import os.path
import xml.etree.ElementTree as ET

order = json.dumps({"tea": 2})
inbox = os.path.join("srv", "orders.xml")
items = [item.text for item in ET.parse(inbox).iter("item")]

# 2. Completion: on a new line, type one of
#       import             from collections import            json.
#    The menu opens after a blank or a dot.
#    Ctrl+Space opens and closes the text beside it, which says what the name is for.

# 3. Advice: F8 jumps to the next message, Ctrl+Shift+M lists all but the hints, which have three dots.
#    It speaks of what this file uses of psutil, and all of that has a counterpart:
#    Ctrl+. on psutil offers the fix. Take it back with Ctrl+Z and press Ctrl+/ on the last line below:
#    now only a part has a counterpart, and the message says what has none.

import psutil

print(psutil.cpu_count(), "processors")
# print(psutil.virtual_memory().percent, "% of the memory in use")


# 4. A hint, and a fix with something to think of first: Ctrl+. on the import.


def read_order(text: str) -> object:
    import simplejson as json

    return json.loads(text)


# 5. Versions: tomllib came with Python 3.11, and the project asks for at least that.
#    Open pyproject.toml, make it 3.10 and save: the message is gone.
#    The braces { } beside "Python" at the bottom right say which Pythons hold, and why.


def read_settings(text: str) -> dict[str, object]:
    import tomli

    return tomli.loads(text)


# 6. Silence: nothing is said of packages that are optional already, or worth keeping.

try:
    import orjson as fast_json
except ImportError:
    fast_json = None

import numpy

print(numpy.zeros(3), fast_json)

# 7. Search: F1, then "stdlib-ls: Search the Standard Library", then say what you need: temporary directory
#    The other commands are there as well, under "stdlib-ls:".

# ruff: noqa
