#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the tests of the main road notice a wrong engine? Plants one mistake after the other (mutations.txt), builds the
program with it, and expects test_oracle.py or test_rules.py to fail.

  test_mutations.py BUILD_DIR [--only NAME] [--seeds N] [--check] [--hints]

A block of mutations.txt (tests/support/mutant.py) says by what the mistake was noticed the last time, "rules: WORDS" or
"oracle: SEED". That is tried first, on the program without the mistake as well, where it must pass; when the mistake
gets by, all rules and N seeds are tried. --hints prints for each mistake what notices it first. --check only looks
whether every search text occurs exactly once.
"""
import argparse
import concurrent.futures
import pathlib
import subprocess
import sys

import road
sys.path.insert(0, str(road.HERE.parent / "support"))
import mutant  # noqa: E402  (needs the path above)


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


def noticed_by(binary, hint):
    """What the test named by a hint says; None when it passes."""
    if "rules" in hint:
        return fails(binary, "test_rules.py", "--only", hint["rules"])
    if "oracle" in hint:
        return fails(binary, "test_oracle.py", "--first", hint["oracle"], "--seeds", 1)
    return None


def noticed(binary, seeds):
    return fails(binary, "test_rules.py") or fails(binary, "test_oracle.py", "--until-failure", "--seeds", seeds)


def try_one(builder, seeds, hints, one):
    """A problem, or None when the mistake is caught."""
    name, hint, places = one
    try:
        with road.Folder("mutation") as folder:
            binary = builder.build(mutant.changed_files(places), folder)
            words = None if hints else noticed_by(binary, hint)
            if not words:
                words = noticed(binary, seeds)
                if words and not hints:
                    words += "; not by what mutations.txt says"
    except (mutant.BuildError, road.RoadError) as problem:
        return f"{name}: {problem}"
    if not words:
        return f"{name}: not noticed"
    print(f"ok: {name} ({words})", flush=True)
    return None


def baseline(builder, chosen):
    """What the hints complain about without any mistake planted."""
    hints = {tuple(sorted(hint.items())) for _, hint, _ in chosen}
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        said = pool.map(lambda hint: noticed_by(builder.program(), dict(hint)), sorted(hints))
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
    if not failures and not options.check:
        builder = mutant.Builder(options.build, "treue")
        failures = baseline(builder, chosen)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            problems = pool.map(lambda one: try_one(builder, options.seeds, options.hints, one),
                                chosen if not failures else ())
            failures += [problem for problem in problems if problem]
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(chosen) - min(len(failures), len(chosen))} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
