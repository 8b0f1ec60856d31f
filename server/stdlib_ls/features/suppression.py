"""Comments that silence a line: `# noqa` and `# stdlib-ls: ignore[code]`."""

from __future__ import annotations

import re

from stdlib_ls.features.source_file import SourceFile

_NOQA = re.compile(rb"#\s*noqa(?P<codes>\s*:\s*[A-Za-z][\w,\s-]*)?", re.IGNORECASE)
_IGNORE = re.compile(rb"#\s*stdlib-ls:\s*ignore(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)


def is_suppressed(file: SourceFile, offset: int, code: str) -> bool:
    """Whether a comment on the line of an offset silences a rule.

    A bare `# noqa` silences everything; one with codes speaks to other tools, unless it names the rule.
    """
    lines, source = file.document.lines, file.source
    line = lines.line_of(offset)
    end = lines.starts[line + 1] if line + 1 < len(lines.starts) else len(source)
    text = source[lines.starts[line] : end]
    if b"#" not in text:
        return False
    for comment in (_NOQA.search(text), _IGNORE.search(text)):
        if comment and (comment["codes"] is None or code.encode() in re.split(rb"[\s,:]+", comment["codes"])):
            return True
    return False
