#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the tests of the main road notice a wrong engine? Plants one mistake after the other (mutations.txt) into a copy
of the source, builds it, and expects test_oracle.py or test_rules.py to fail.

  test_mutations.py SOURCE_DIR [--only NAME] [--seeds N] [--check]

--check only looks whether every search text occurs exactly once. mutations.txt holds blocks of this form:

  === name of the mistake
  src/engine/file.c
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

import road

LEFT_OUT = shutil.ignore_patterns(".git", "build", "build-*", "node_modules", "__pycache__", ".cache", "*.db")


def mutations():
    text = (road.HERE / "mutations.txt").read_text(encoding="utf-8")
    found = re.findall(r"^=== ([^\n]+)\n(\S+)\n--- search\n(.*?)\n--- replace\n(.*?)\n(?=^===|\Z)", text,
                       re.MULTILINE | re.DOTALL)
    if len(found) != len(re.findall(r"^=== ", text, re.MULTILINE)):
        raise SystemExit("mutations.txt: a block does not have the form === name, file, --- search, --- replace")
    return [(name, path, search, replace.rstrip("\n")) for name, path, search, replace in found]


def occurrences(source, path, search):
    file = source / path
    return file.read_text(encoding="utf-8").count(search) if file.exists() else 0


def build(copy):
    done = subprocess.run(["ninja", "-C", str(copy / "build"), "treue"], capture_output=True, text=True)
    return done.returncode == 0, done.stdout[-3000:]


def tests_pass(binary, seeds):
    """(True when all pass, the last words of the one that does not)"""
    for test in (["test_oracle.py", binary, "--until-failure", "--seeds", str(seeds)], ["test_rules.py", binary]):
        done = subprocess.run([sys.executable, str(road.HERE / test[0]), *map(str, test[1:])], capture_output=True,
                              text=True)
        if done.returncode:
            first = next((line for line in done.stdout.splitlines() if line.startswith("FAILED")), done.stderr[-300:])
            return False, f"{test[0]}: {first[:160]}"
    return True, ""


def try_one(copy, seeds, name, path, search, replace):
    """A problem, or None when the mistake is caught."""
    file = copy / path
    original = file.read_text(encoding="utf-8")
    file.write_text(original.replace(search, replace), encoding="utf-8")
    try:
        built, words = build(copy)
        if not built:
            return f"{name}: does not build: {words}"
        passed, words = tests_pass(copy / "build" / "treue", seeds)
        if passed:
            return f"{name}: not noticed"
        print(f"ok: {name} ({words})", flush=True)
        return None
    finally:
        file.write_text(original, encoding="utf-8")


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [one for one in mutations() if options.only in one[0]]
    failures = [f"{name}: the search text occurs {count} times in {path}" for name, path, search, _ in chosen
                for count in [occurrences(options.source, path, search)] if count != 1]
    if not failures and not options.check:
        with road.Folder("mutations") as folder:
            copy = folder / "source"
            shutil.copytree(options.source, copy, ignore=LEFT_OUT)
            subprocess.run(["meson", "setup", str(copy / "build"), str(copy), "-Dunit_tests=false"], check=True,
                           stdout=subprocess.DEVNULL)
            built, words = build(copy)
            if not built:
                failures.append(f"the source does not build: {words}")
            else:
                passed, words = tests_pass(copy / "build" / "treue", options.seeds)
                if not passed:
                    failures.append(f"the tests fail without any mistake planted: {words}")
            for one in chosen if not failures else ():
                problem = try_one(copy, options.seeds, *one)
                failures += [problem] if problem else []
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(chosen) - min(len(failures), len(chosen))} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
