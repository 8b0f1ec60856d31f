"""Starts the server out of the folders beside this file, as `python -I -S launch.py [what stdlib-ls understands]`.

With -I and -S nothing comes from the environment: neither packages that somebody installed, nor modules in the
working directory. A Python for which nothing is here says so in one sentence, so this file must run on old ones, too.
"""

# Every start would wait for pathlib.
# ruff: noqa: PTH100, PTH110, PTH112, PTH118, PTH119, PTH120
import os
import sys

OLDEST = (3, 10)
CANNOT_RUN = 2
HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> int:
    """Put our folders first, and run the command line of the server."""
    native = os.path.join(HERE, "native", platform_of_this_python())
    if sys.version_info < OLDEST:
        return refuse("is too old: Python 3.10 or newer is needed")
    if not os.path.isdir(native):
        return refuse(f"is for {os.path.basename(native)}, for which nothing is bundled")
    if not has_module_for_this_python(os.path.join(native, "tree_sitter")):
        return refuse(f"is of a kind or version for which nothing is bundled ({sys.implementation.cache_tag})")
    sys.path[:0] = [os.path.join(HERE, "python"), native]
    from stdlib_ls.cli import main as run  # noqa: PLC0415

    return run()


def refuse(why: str) -> int:
    """Say on stderr which Python cannot be used, why, and what to do."""
    version = ".".join(map(str, sys.version_info[:3]))
    sys.stderr.write(
        f"stdlib-ls: Python {version} ({sys.executable}) {why}; choose another Python,"
        " or install stdlib-ls and name its command in the setting stdlib-ls.path\n"
    )
    return CANNOT_RUN


def platform_of_this_python() -> str:
    """The name of the folder with the compiled modules: system and machine, and on Linux the C library."""
    import sysconfig  # noqa: PLC0415

    if sys.platform == "win32":
        return sysconfig.get_platform()
    # Not what sysconfig says, which on macOS is the same for every machine that the build is for.
    machine = os.uname().machine
    if sys.platform == "darwin":
        return f"macosx-{machine}"
    return f"{'linux' if has_glibc() else 'musllinux'}-{machine}"


def has_glibc() -> bool:
    """Whether this Python runs on GNU's C library; musl, the other one in use, does not know the question."""
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (AttributeError, OSError, ValueError):
        return False


def has_module_for_this_python(folder: str) -> bool:
    """Whether a compiled module in the folder is one that this very Python would load."""
    from importlib.machinery import EXTENSION_SUFFIXES  # noqa: PLC0415

    return any(os.path.exists(os.path.join(folder, "_binding" + suffix)) for suffix in EXTENSION_SUFFIXES)


if __name__ == "__main__":
    sys.exit(main())
