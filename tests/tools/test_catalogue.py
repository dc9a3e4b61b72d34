#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The generator of the message table (tools/catalogue.py): what it refuses, and that its table says what the files say."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = {"area.thing": "{count} x", "area.other": "y"}

# what is tried, German file, English file, what the complaint must contain (None: accepted)
CASES = [
    ("same keys and arguments", GOOD, {"area.thing": "z {count}", "area.other": "y"}, None),
    ("key missing in English", GOOD, {"area.thing": "{count} x"}, "en.json: area.other is missing"),
    ("key missing in German", {"area.thing": "{count} x"}, GOOD, "de.json: area.other is missing"),
    ("argument missing in one language", GOOD, {"area.thing": "x", "area.other": "y"}, "area.thing: the languages name"),
    ("argument of another name", GOOD, {"area.thing": "{size}", "area.other": "y"}, "area.thing: the languages name"),
    ("empty text", {"a.b": ""}, {"a.b": "x"}, "a.b has no text"),
    ("text that is a number", {"a.b": 1}, {"a.b": "x"}, "a.b has no text"),
    ("key without area", {"ab": "x"}, {"ab": "x"}, "ab is not a key"),
    ("key with a capital", {"a.B": "x"}, {"a.B": "x"}, "a.B is not a key"),
    ("key twice", '{"a.b": "x", "a.b": "y"}', {"a.b": "x"}, "a.b stands twice"),
    ("no JSON", "{", {"a.b": "x"}, ""),
]


def generate(folder, german, english):
    for name, content in (("de", german), ("en", english)):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    out = folder / "out.c"
    out.unlink(missing_ok=True)
    done = subprocess.run([sys.executable, ROOT / "tools" / "catalogue.py", folder / "de.json", folder / "en.json", out],
                          capture_output=True, text=True)
    return done.returncode, done.stderr, out.read_bytes() if out.exists() else None


def unescaped(literal):
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match.group(1), 8)]), literal).decode("utf-8")


def table(source):
    rows = re.findall(rb'^ +\{"([^"]*)", \{"([^"]*)", "([^"]*)"\}\},$', source, re.MULTILINE)
    return [tuple(unescaped(part) for part in row) for row in rows]


def main():
    failed = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for what, german, english, complaint in CASES:
            status, errors, source = generate(folder, german, english)
            good = status == 0 and source if complaint is None else status != 0 and complaint in errors and not source
            if not good:
                failed.append(f"{what}: status {status}, {errors.strip()}")
        tricky = {"b.x": 'ä "quoted" \\ ??/ \n 1{a}2', "a.x": "9 {a}", "a_b.x": "€{a}"}
        _, _, source = generate(folder, tricky, tricky)
        keys = sorted(tricky, key=lambda key: key.encode())
        if table(source) != [(key, tricky[key], tricky[key]) for key in keys]:
            failed.append(f"the table says something else: {source}")
        if b"catalogue_count = 3;" not in source or not source.isascii():
            failed.append("count or encoding of the table")
    print("\n".join(failed + [f"{len(CASES) + 2 - len(failed)} passed, {len(failed)} failed"]))
    return 1 if failed else 0


sys.exit(main())
