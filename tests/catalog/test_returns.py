"""What calls give, attributes hold and `with` binds, as the facts say, against the running interpreter."""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from catalog_compiler.facts import Facts
from stdlib_ls.catalog.store import Catalog

# By the name that is called: a call of it that is cheap and harmless, with the value or an instance at hand.
CALLS = {
    "ast.unparse": "ast.unparse(ast.parse('a'))",
    "base64.b64encode": "base64.b64encode(b'a')",
    "builtins.bytes.decode": "b'a'.decode()",
    "builtins.dict.copy": "{}.copy()",
    "builtins.len": "len('')",
    "builtins.open": "open(os.devnull)",
    "builtins.repr": "repr(1)",
    "builtins.sorted": "sorted('ba')",
    "builtins.str.encode": "'a'.encode()",
    "builtins.str.split": "'a b'.split()",
    "builtins.str.upper": "'a'.upper()",
    "calendar.month": "calendar.month(2024, 1)",
    "collections.Counter.most_common": "collections.Counter('a').most_common()",
    "collections.OrderedDict.copy": "collections.OrderedDict().copy()",
    "configparser.ConfigParser.sections": "configparser.ConfigParser().sections()",
    "datetime.date.today": "datetime.date.today()",
    "datetime.datetime.date": "datetime.datetime.now().date()",
    "datetime.datetime.now": "datetime.datetime.now()",
    "datetime.datetime.today": "datetime.datetime.today()",
    "datetime.timedelta.total_seconds": "datetime.timedelta(1).total_seconds()",
    "decimal.Decimal.quantize": "decimal.Decimal(1).quantize(decimal.Decimal(1))",
    "email.message_from_string": "email.message_from_string('a: b')",
    "fractions.Fraction.limit_denominator": "fractions.Fraction(1).limit_denominator()",
    "functools.partial": "functools.partial(print)",
    "glob.glob": "glob.glob('nothing')",
    "html.escape": "html.escape('<')",
    "importlib.import_module": "importlib.import_module('json')",
    "inspect.getsource": "inspect.getsource(json)",
    "inspect.signature": "inspect.signature(json.loads)",
    "io.StringIO.getvalue": "io.StringIO().getvalue()",
    "io.open": "io.open(os.devnull)",
    "json.dumps": "json.dumps({})",
    "logging.getLogger": "logging.getLogger('nothing')",
    "math.sqrt": "math.sqrt(4)",
    "os.getcwd": "os.getcwd()",
    "os.path.exists": "os.path.exists('.')",
    "os.stat": "os.stat('.')",
    "pathlib.Path.cwd": "pathlib.Path.cwd()",
    "pathlib.Path.open": "pathlib.Path(os.devnull).open()",
    "pathlib.Path.resolve": "pathlib.Path('.').resolve()",
    "pathlib.Path.stat": "pathlib.Path('.').stat()",
    "pickle.dumps": "pickle.dumps(1)",
    "platform.system": "platform.system()",
    "random.randint": "random.randint(1, 2)",
    "random.random": "random.random()",
    "re.Match.groupdict": "re.match('a', 'a').groupdict()",
    "re.Pattern.fullmatch": "re.compile('a').fullmatch('a')",
    "re.compile": "re.compile('a')",
    "re.match": "re.match('a', 'a')",
    "secrets.token_hex": "secrets.token_hex()",
    "shlex.split": "shlex.split('a')",
    "socket.socket.dup": "socket.socket().dup()",
    "sqlite3.Connection.execute": "sqlite3.connect(':memory:').execute('select 1')",
    "sqlite3.connect": "sqlite3.connect(':memory:')",
    "ssl.create_default_context": "ssl.create_default_context()",
    "string.Template.substitute": "string.Template('').substitute()",
    "struct.pack": "struct.pack('i', 1)",
    "subprocess.run": "subprocess.run([sys.executable, '-V'], capture_output=True)",
    "tarfile.open": "tarfile.open(fileobj=io.BytesIO(), mode='w')",
    "textwrap.dedent": "textwrap.dedent('')",
    "threading.current_thread": "threading.current_thread()",
    "time.localtime": "time.localtime()",
    "time.time": "time.time()",
    "urllib.parse.quote": "urllib.parse.quote('a')",
    "uuid.uuid4": "uuid.uuid4()",
    "xml.dom.minidom.parseString": "xml.dom.minidom.parseString('<a/>')",
    "xml.etree.ElementTree.Element.find": "xml.etree.ElementTree.XML('<a><b/></a>').find('b')",
    "xml.etree.ElementTree.fromstring": "xml.etree.ElementTree.fromstring('<a/>')",
    "zipfile.ZipFile.namelist": "zipfile.ZipFile(io.BytesIO(), 'w').namelist()",
}
# These give one class here and another there.
UNSAID = (
    "ast.literal_eval",
    "builtins.dict.get",
    "builtins.sum",
    "collections.namedtuple",
    "copy.copy",
    "ipaddress.ip_address",
    "json.loads",
    "os.path.join",
)
# By the name of a property or attribute: an instance that has it.
READ = {
    "builtins.OSError.errno": "OSError(2, '')",
    "datetime.date.year": "datetime.date.today()",
    "pathlib.PurePath.name": "pathlib.PurePath('a')",
    "pathlib.PurePath.parent": "pathlib.PurePosixPath('a')",
    "re.Match.re": "re.match('a', 'a')",
    "subprocess.CompletedProcess.returncode": "subprocess.CompletedProcess([], 0)",
    "inspect.Signature.parameters": "inspect.signature(json.loads)",
    "uuid.UUID.hex": "uuid.uuid4()",
}
# To enter these talks to a server, or starts one.
NOT_ENTERED = ("imaplib.", "multiprocessing.managers.", "multiprocessing.pool.", "test.")
FEWEST_ENTERED = 30
# The documentation describes their classes under the names of the functions that make them.
FUNCTIONS_THAT_STAND_FOR_CLASSES = {
    "multiprocessing.JoinableQueue",
    "multiprocessing.Queue",
    "multiprocessing.SimpleQueue",
}


class Modules(dict[str, Any]):
    """Names for expressions: every top-level module there is."""

    def __missing__(self, name: str) -> Any:
        try:
            return importlib.import_module(name)
        except ImportError:
            raise KeyError(name) from None  # then it is a builtin


def load(name: str) -> Any:
    """The object of a dotted name; AttributeError where this Python has none."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise AttributeError(name)


def value_of(expression: str, facts: Facts, name: str) -> Any:
    row = facts.find(name)
    assert row is not None
    importlib.import_module(row["module"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(expression, {}, Modules())


@pytest.mark.parametrize(("name", "expression"), CALLS.items())
def test_calls_give_what_the_facts_say(name: str, expression: str, catalog: Catalog, facts: Facts) -> None:
    made = catalog.result_of(name)
    assert made is not None
    value = value_of(expression, facts, name)
    assert isinstance(value, load(made))
    if hasattr(value, "close"):
        value.close()


@pytest.mark.parametrize("name", UNSAID)
def test_nothing_is_said_of_calls_that_give_this_or_that(name: str, catalog: Catalog) -> None:
    assert catalog.result_of(name) is None


@pytest.mark.parametrize(("name", "instance"), READ.items())
def test_attributes_hold_what_the_facts_say(name: str, instance: str, facts: Facts) -> None:
    returns = facts.symbols[name]["returns"]
    owner = value_of(instance, facts, name)
    value = getattr(owner, name.rpartition(".")[2])
    assert isinstance(value, type(owner) if returns == "Self" else load(returns))


@pytest.mark.filterwarnings("ignore")
def test_with_binds_what_the_facts_say(facts: Facts, catalog: Catalog, say: Callable[[str], None]) -> None:
    names = [name for name, row in facts.symbols.items() if "enters" in row]
    entered = 0
    for name in names:
        if name.startswith(NOT_ENTERED):
            continue
        try:
            with load(name)() as value:
                kind = type(value)
        except Exception:  # it is not there, wants arguments, or cannot be entered as it is
            continue
        entered += 1
        bound = catalog.result_of(name, entered=True)
        assert bound and issubclass(kind, load(bound)), name
    say(f"classes that `with` enters: {len(names)}, tried {entered}")
    assert entered >= FEWEST_ENTERED


def test_classes_that_come_back_are_public_names_of_the_facts(facts: Facts, say: Callable[[str], None]) -> None:
    called = [row for row in facts.symbols.values() if row["kind"] in ("function", "method", "classmethod")]
    known = [row for row in called if "returns" in row]
    say(f"what calls give: {len(known)} of {len(called)} functions and methods")
    named = {row[field] for row in facts.symbols.values() for field in ("returns", "enters") if field in row} - {"Self"}
    assert {name for name in named if facts.symbols.get(name, {}).get("kind") not in ("class", "exception")} == set()


def test_what_comes_back_are_classes_here(facts: Facts) -> None:
    """All those, at least, that this Python has: a function under the name of a class would mislead."""
    named = {row["returns"] for row in facts.symbols.values() if "returns" in row} - {"Self"}
    lacking, functions = 0, set()
    for name in named:
        if facts.symbols[name].get("removed") or name.startswith(("tkinter.", "turtle.")):
            continue
        try:
            found = load(name)
        except AttributeError:
            lacking += 1
            continue
        if not inspect.isclass(found):
            functions.add(name)
    assert functions <= FUNCTIONS_THAT_STAND_FOR_CLASSES
    assert lacking < len(named) / 4
