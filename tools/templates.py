#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes one C table of the templates below ui/templates, by name: parts/bar.mustache is "parts/bar".

usage: templates.py FOLDER OUT.c FILE...

The table is parsed when the program starts (src/render/template.h); what is wrong in a template is told there, and by
a unit test.
"""
import pathlib
import re
import sys

NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*")


def literal(data):
    """C string literals of these bytes, one for each line; octal escapes cannot swallow the next character."""
    lines = data.split(b"\n")
    pieces = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return "\n".join('                "' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}"
                                                   for b in piece) + '"' for piece in pieces or [b""])


def main():
    folder, out_path, *paths = sys.argv[1:]
    rows, problems = [], []
    for path in sorted(pathlib.Path(path).resolve() for path in paths):
        name = path.relative_to(pathlib.Path(folder).resolve()).with_suffix("").as_posix()
        data = path.read_bytes()
        if not NAME.fullmatch(name):
            problems.append(f"{path}: {name} is not a name (lower case letters, digits and _, folders with /)")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(f"{path}: {error}")
        rows.append(f'        {{"{name}", {{\n{literal(data)},\n                {len(data)}}}}},\n')
    if problems:
        sys.exit("\n".join(problems))
    with open(out_path, "w", encoding="ascii") as out:
        out.write("/* Made by tools/templates.py. */\n#include \"render/templates.h\"\n\n"
                  "const struct template_source templates_built_in[] = {\n" + "".join(rows) + "};\n"
                  f"const size_t templates_built_in_count = {len(rows)};\n")


if __name__ == "__main__":
    main()
