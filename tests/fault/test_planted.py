#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the fault harnesses notice what they are there for? Plants one mistake after the other (planted.txt) into a copy of
the source, builds the driver, and expects it to fail within 50 cycles; without any mistake it must pass.

  test_planted.py SOURCE_DIR [--only NAME] [--check]

--check only looks whether every search text occurs exactly once. planted.txt holds blocks of this form, the last three
parts repeated for a mistake with several places:

  === name of the mistake
  modes: kill loss        those of the driver that must notice it, each by itself
  src/file.c
  --- search
  text that occurs exactly once
  --- replace
  the mistake
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import test_fault

HERE = pathlib.Path(__file__).resolve().parent
LEFT_OUT = shutil.ignore_patterns(".git", "build", "build-*", "node_modules", "__pycache__", ".cache", "*.db")
CYCLES, SEED = 50, 7
PLACE = re.compile(r"^(\S+)\n--- search\n(.*?)\n--- replace\n(.*?)(?=\n\S+\n--- search\n|\Z)", re.MULTILINE | re.DOTALL)


def planted():
    """[(name, modes, [(path, search, replace)])]"""
    result = []
    for block in re.split(r"^=== ", (HERE / "planted.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, modes, rest = block.rstrip("\n").split("\n", 2)
        places = PLACE.findall(rest)
        if not modes.startswith("modes: ") or len(places) != rest.count("--- search\n"):
            raise SystemExit(f"planted.txt: {name}: not of the form described in test_planted.py")
        result.append((name, modes.split()[1:], places))
    return result


def build(copy):
    done = subprocess.run(["ninja", "-C", str(copy / "build"), "fault_driver"], capture_output=True, text=True)
    return done.returncode == 0, done.stdout[-3000:]


def try_one(copy, name, modes, places):
    """Problems; none when each mode notices the mistake."""
    originals = {path: (copy / path).read_text(encoding="utf-8") for path, _, _ in places}
    for path, search, replace in places:
        file = copy / path
        file.write_text(file.read_text(encoding="utf-8").replace(search, replace), encoding="utf-8")
    try:
        built, words = build(copy)
        if not built:
            return [f"{name}: does not build: {words}"]
        problems = []
        for mode in modes:
            passed, words = test_fault.run(copy / "build" / "fault_driver", mode, CYCLES, SEED)
            if passed:
                problems.append(f"{name}: {mode}: not noticed in {CYCLES} cycles")
            elif "FAILED cycle" not in words:
                problems.append(f"{name}: {mode}: ended otherwise: {words[-300:]}")
            else:
                print(f"ok: {name}: {words.splitlines()[-1]} ({words.splitlines()[1].strip()[:100]})", flush=True)
        return problems
    finally:
        for path, text in originals.items():
            (copy / path).write_text(text, encoding="utf-8")


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [one for one in planted() if options.only in one[0]]
    failures = [f"{name}: the search text occurs {count} times in {path}" for name, _, places in chosen
                for path, search, _ in places
                for count in [(options.source / path).read_text(encoding="utf-8").count(search)] if count != 1]
    if not failures and not options.check:
        with tempfile.TemporaryDirectory(prefix="treue-planted-") as folder:
            copy = pathlib.Path(folder) / "source"
            shutil.copytree(options.source, copy, ignore=LEFT_OUT)
            subprocess.run(["meson", "setup", str(copy / "build"), str(copy)], check=True, stdout=subprocess.DEVNULL)
            built, words = build(copy)
            for mode in ("kill", "loss") if built else ():
                passed, words = test_fault.run(copy / "build" / "fault_driver", mode, CYCLES, SEED)
                if not passed:
                    failures.append(f"{mode} fails without any mistake planted: {words[-1000:]}")
            if not built:
                failures.append(f"the source does not build: {words}")
            for one in chosen if not failures else ():
                failures += try_one(copy, *one)
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(chosen)} mistakes, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
