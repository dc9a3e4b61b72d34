#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists source files for the build, sorted, one per line.

  sources.py src FOLDER      the .c files of src/FOLDER
  sources.py unit            "NAME FOLDER[,FOLDER...] FILE" of each unit test, with the folders of src/ it includes, and
                             "memory_faults" when it lets allocations fail
  sources.py fuzz            the same of each fuzz target
  sources.py sql             the SQL files queries are made of
  sources.py ui              what style sheet and scripts are made of: templates, assets, drawings in C that name classes
  sources.py templates       pages and their parts
  sources.py all             everything above: ./run configures afresh when this list changes

Why a script instead of a list in meson.build: a new file needs no registration, so several people can add files without
touching one common list, and a forgotten registration cannot hide a test. Meson cannot see new files by itself; that is
what the list `all` is for.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z0-9_]+)/', re.MULTILINE)


LOCAL = re.compile(r'^\s*#\s*include\s+"([a-z0-9_]+\.h)"', re.MULTILINE)


def included_folders(path, seen):
    """Names of the folders a file includes, also by way of helper headers beside it."""
    if path in seen or not path.is_file():
        return []
    seen.add(path)
    text = path.read_text(encoding="utf-8", errors="replace")
    names = INCLUDE.findall(text)
    for local in LOCAL.findall(text):
        names += included_folders(path.parent / local, seen)
    return names


def src(folder):
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "src" / folder).glob("*.c"))]


def programs(folder, prefix):
    result = []
    for path in sorted((ROOT / "tests" / folder).glob(prefix + "*.c")):
        names = included_folders(path, set())
        folders = sorted(set(name for name in names if (ROOT / "src" / name).is_dir()))
        name = path.stem[len(prefix):] if folder == "fuzz" else path.stem
        faults = " memory_faults" if '"memory_faults.h"' in path.read_text(encoding="utf-8") else ""
        result.append(f"{name} {','.join(folders) or 'base'} {path.relative_to(ROOT)}{faults}")
    return result


def sql():
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "sql").glob("*/*.sql"))]


def ui():
    paths = [*(ROOT / "ui").glob("package*.json"), *(ROOT / "ui" / "assets").iterdir(),
             *(ROOT / "ui" / "templates").glob("**/*.mustache"), *(ROOT / "src" / "render").glob("chart*.c")]
    return sorted(str(path.relative_to(ROOT)) for path in paths if path.is_file())


def templates():
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "ui" / "templates").glob("**/*.mustache"))


def main(arguments):
    if arguments[:1] == ["src"] and len(arguments) == 2:
        lines = src(arguments[1])
    elif arguments == ["unit"]:
        lines = programs("unit", "test_")
    elif arguments == ["fuzz"]:
        lines = programs("fuzz", "fuzz_")
    elif arguments == ["sql"]:
        lines = sql()
    elif arguments == ["ui"]:
        lines = ui()
    elif arguments == ["templates"]:
        lines = templates()
    elif arguments == ["all"]:
        folders = sorted(path.name for path in (ROOT / "src").iterdir() if path.is_dir())
        lines = [line for folder in folders for line in src(folder)]
        lines += programs("unit", "test_") + programs("fuzz", "fuzz_") + sql() + ui()
    else:
        sys.exit(__doc__)
    sys.stdout.write("".join(line + "\n" for line in lines))


main(sys.argv[1:])
