#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes one C table of the German and English catalogues.

usage: catalogue.py de.json en.json OUT.c

Both are flat objects {"area.thing": "text with {arguments}"}. Fails when a key is missing in one language, stands twice,
is empty, is malformed, or when the two texts name different arguments.
"""
import json
import re
import sys

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
ARGUMENT = re.compile(r"\{([a-z_]+)\}")


def read(path, problems):
    with open(path, encoding="utf-8") as file:
        pairs = json.load(file, object_pairs_hook=list)
    texts = {}
    for key, text in pairs:
        if key in texts:
            problems.append(f"{path}: {key} stands twice")
        if not KEY.fullmatch(key):
            problems.append(f"{path}: {key} is not a key (area.thing, lower case)")
        if not isinstance(text, str) or not text:
            problems.append(f"{path}: {key} has no text")
            text = "?"
        texts[key] = text
    return texts


def literal(text):
    """A C string literal of UTF-8 bytes; octal escapes cannot swallow the next character."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}"
                         for b in text.encode("utf-8")) + '"'


def main():
    german_path, english_path, out_path = sys.argv[1:4]
    problems = []
    german, english = read(german_path, problems), read(english_path, problems)
    for key in sorted(set(german) ^ set(english)):
        problems.append(f"{english_path if key in german else german_path}: {key} is missing")
    for key in sorted(set(german) & set(english)):
        if set(ARGUMENT.findall(german[key])) != set(ARGUMENT.findall(english[key])):
            problems.append(f"{key}: the languages name different arguments")
    if problems:
        sys.exit("\n".join(problems))
    with open(out_path, "w", encoding="ascii") as out:
        out.write("/* Made by tools/catalogue.py. */\n#include \"i18n/catalogue_table.h\"\n\n"
                  "const struct catalogue_entry catalogue_entries[] = {\n")
        for key in sorted(german, key=lambda k: k.encode()):
            out.write(f"        {{{literal(key)}, {{{literal(german[key])}, {literal(english[key])}}}}},\n")
        out.write(f"}};\nconst size_t catalogue_count = {len(german)};\n")


if __name__ == "__main__":
    main()
