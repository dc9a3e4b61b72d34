#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the tests of the main road notice a wrong engine? Plants one mistake after the other (mutations.txt), builds the
program with it, and expects test_oracle.py or test_rules.py to fail.

  test_mutations.py BUILD_DIR [--only NAME] [--seeds N] [--check] [--hints]

A block of mutations.txt (tests/support/mutant.py) says by which rule and which seed the mistake was noticed the last time:
"rules: WORDS", "oracle: SEED", one of them or both. Each must notice it (without such a line both). These are tried
first, also on the program without the mistake, where they must pass; when a mistake gets by, all rules or N seeds are
tried. --hints shows for each mistake what notices it first, and which test does not. --check only looks whether every
search text occurs exactly once.
"""
import argparse
import concurrent.futures
import pathlib
import subprocess
import sys

import road
sys.path.insert(0, str(road.HERE.parent / "support"))
import mutant  # noqa: E402  (needs the path above)


KINDS = ("rules", "oracle")


def fails(binary, test, *arguments):
    """None when a test passes, else what it says first."""
    done = subprocess.run([sys.executable, str(road.HERE / test), str(binary), *map(str, arguments)],
                          capture_output=True, text=True)
    if done.returncode == 0:
        return None
    first = next((line for line in done.stdout.splitlines() if line.startswith("FAILED")), None)
    # A test that stumbles itself has noticed nothing.
    if first is None:
        raise road.RoadError(f"{test} {' '.join(map(str, arguments))}: {(done.stdout + done.stderr)[-500:]}")
    return f"{test}: {first[:160]}"


def by_hint(binary, kind, hint):
    if kind == "rules":
        return fails(binary, "test_rules.py", "--only", hint)
    return fails(binary, "test_oracle.py", "--first", hint, "--seeds", 1)


def by_all(binary, kind, seeds):
    if kind == "rules":
        return fails(binary, "test_rules.py")
    return fails(binary, "test_oracle.py", "--until-failure", "--seeds", seeds)


def try_one(builder, options, one):
    """Problems; none when each test that should notices the mistake."""
    name, hints, places = one
    hints = {} if options.hints else hints
    problems = []
    try:
        with road.Folder("mutation") as folder:
            binary = builder.build(mutant.changed_files(places), folder)
            for kind in hints or KINDS:
                words = by_hint(binary, kind, hints[kind]) if kind in hints else None
                if not words:
                    words = by_all(binary, kind, options.seeds)
                    if words and kind in hints:
                        words += f"; passed: {hints[kind]}"
                if words:
                    print(f"ok: {name} ({words})", flush=True)
                else:
                    problems.append(f"{name}: {kind}: not noticed")
    except (mutant.BuildError, road.RoadError) as problem:
        problems.append(f"{name}: {problem}")
    return problems


def baseline(builder, chosen):
    """What complains without any mistake planted."""
    hints = sorted({hint for _, hints, _ in chosen for hint in hints.items()})
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        said = pool.map(lambda hint: by_hint(builder.program(), *hint), hints)
        return [f"fails without any mistake planted: {words}" for words in said if words]


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--hints", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [one for one in mutant.read_blocks(road.HERE / "mutations.txt") if options.only in one[0]]
    failures = [words for name, _, places in chosen for words in mutant.misplaced(name, places)]
    failures += [f"{name}: neither rules nor oracle: {kind}" for name, hints, _ in chosen
                 for kind in set(hints) - set(KINDS)]
    if not failures and not options.check:
        builder = mutant.Builder(options.build, "treue")
        failures = [] if options.hints else baseline(builder, chosen)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for problems in pool.map(lambda one: try_one(builder, options, one), chosen if not failures else ()):
                failures += problems
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(chosen) - min(len(failures), len(chosen))} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
