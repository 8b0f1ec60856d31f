"""The project's view: everything that the files around a Python file say about it.

Start reading in `projects`. Nothing here runs, imports or writes anything of the project.
"""

from __future__ import annotations

from stdlib_ls.project.projects import Project, Projects, find_project, is_off_limits

__all__ = ["Project", "Projects", "find_project", "is_off_limits"]
