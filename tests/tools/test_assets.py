#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages load (tools/assets.mjs, ui/assets): made twice it is the same, packed it is the same, it is light enough;
by day and by night what is written can be read, and both nights are one.

Weights: the budget of a first visit is 180 kB, packed, with the page itself; 150 kB of it are left to what is loaded.
Contrast: WCAG 2.2, 4.5 to 1 for text, 3 to 1 for marks and edges of fields.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUDGET_BYTES = 150_000
ROW = re.compile(rb'\{"([^"]+)", "([^"]+)", "([^"]+)", "([0-9a-f]{12})",\n(.*?)\},\n(?=        \{"|\};)', re.S)
PART = re.compile(rb'\{NULL, 0\}|\{\n((?:\s+"[^\n]*"\n?)+),\s+(\d+)\}')
TEXTS = ["--ink", "--ink-quiet", "--ink-faint", "--link", "--met", "--missed", "--warned", "--told", "--unknown"]
GROUNDS = ["--ground", "--surface", "--surface-quiet", "--surface-hover"]
TONED = [("--met", "--met-ground"), ("--missed", "--missed-ground"), ("--warned", "--warned-ground"),
         ("--told", "--told-ground")]
MARKS = ["--met-fill", "--missed-fill", "--field-line"]
failures = []


def expect(good, what):
    if not good:
        failures.append(what)


def make(folder, out):
    files = subprocess.run([sys.executable, "tools/sources.py", "ui"], cwd=ROOT, check=True, capture_output=True, text=True)
    return subprocess.run(["node", "tools/assets.mjs", folder, out, *files.stdout.split()], cwd=ROOT, capture_output=True,
                          text=True)


def unescaped(literal):
    parts = re.findall(rb'"([^\n]*)"', literal)
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match.group(1), 8)]), b"".join(parts))


def assets(source):
    result = {}
    for name, path, kind, digest, rest in ROW.findall(source):
        parts = [unescaped(match.group(1)) if match.group(1) else None for match in PART.finditer(rest + b"}")]
        for match, part in zip(PART.finditer(rest + b"}"), parts):
            expect(part is None or len(part) == int(match.group(2)), f"{name}: a length is wrong")
        expect(len(parts) == 3, f"{name}: {len(parts)} forms")
        expect(digest in path and path.startswith(b"/assets/"), f"{name}: address {path}")
        result[name.decode()] = parts
    return result


def unpacked(how, data):
    code = f"process.stdout.write(require('zlib').{how}(require('fs').readFileSync(0)))"
    return subprocess.run(["node", "-e", code], input=data, capture_output=True, check=True).stdout


def check_table(folder):
    one, other = folder / "one.c", folder / "other.c"
    for out in (one, other):
        made = make(ROOT / "ui", out)
        expect(made.returncode == 0, made.stderr)
    expect(one.read_bytes() == other.read_bytes(), "made twice it differs")
    found = assets(one.read_bytes())
    expect({"app.css", "app.js", "inter.woff2", "icon.svg", "licences.txt"} == set(found), f"assets: {sorted(found)}")
    loaded = 0
    for name, (plain, gzip, brotli) in found.items():
        expect(gzip is None or unpacked("gunzipSync", gzip) == plain, f"{name}: gzip is something else")
        expect(brotli is None or unpacked("brotliDecompressSync", brotli) == plain, f"{name}: brotli is something else")
        if name != "licences.txt":
            loaded += len(gzip or plain)
    expect(loaded <= BUDGET_BYTES, f"a first visit loads {loaded} bytes besides the page, at most {BUDGET_BYTES}")
    print(f"a first visit loads {loaded} bytes besides the page")
    css = found["app.css"][0].decode()
    expect(".btn{" in css and "fill:var(--bar-ground)" in css, "the style sheet lacks what pages use")
    expect(".carousel" not in css and ".offcanvas" not in css, "the style sheet holds what no page uses")


def check_missing(folder):
    """Without the libraries it is said what to do, and nothing is written."""
    for name in ("assets", "templates"):
        (folder / "bare" / name).mkdir(parents=True)
    (folder / "bare" / "package.json").write_text("{}")
    made = make(folder / "bare", folder / "none.c")
    expect(made.returncode == 1 and "npm ci" in made.stderr, f"without libraries: {made.returncode} {made.stderr}")
    expect(not (folder / "none.c").exists(), "a table without libraries")


def tokens(block):
    return dict(re.findall(r"(--[a-z-]+): ([^;]+);", block))


def light(colour):
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def colour(values, name):
    value = values[name]
    inner = re.fullmatch(r"var\(--[a-z-]+, (#[0-9a-f]{6})\)", value)
    return inner.group(1) if inner else value


def check_colours():
    text = (ROOT / "ui" / "assets" / "tokens.css").read_text()
    day = tokens(re.search(r"^:root \{(.*?)^\}", text, re.S | re.M).group(1))
    asked = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)^        \}', text, re.S | re.M).group(1)
    chosen = re.search(r'^        :root\[data-theme="dark"\] \{(.*?)^        \}', text, re.S | re.M).group(1)
    expect(asked.split() == chosen.split(), "the night the system asks for and the one that was chosen differ")
    night = {**day, **tokens(chosen)}
    for name, values in (("day", day), ("night", night)):
        pairs = [(text_name, ground, 4.5) for text_name in TEXTS for ground in GROUNDS]
        pairs += [(one, ground, 4.5) for one, ground in TONED] + [("--ink", ground, 4.5) for _, ground in TONED]
        pairs += [(mark, "--surface", 3) for mark in MARKS] + [("--brand-ink-here", "--brand-here", 4.5)]
        for one, other, least in pairs:
            found = contrast(colour(values, one), colour(values, other))
            expect(found >= least, f"by {name}: {one} on {other} has {found:.2f}, at least {least}")


def main():
    with tempfile.TemporaryDirectory() as name:
        check_table(pathlib.Path(name))
        check_missing(pathlib.Path(name))
    check_colours()
    print("\n".join(failures))
    print(f"{'0' if failures else '1'} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
