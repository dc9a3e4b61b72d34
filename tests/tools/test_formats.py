#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every format of the program is a literal that fits its arguments (-Wformat=2): what somebody typed is never one.

  test_formats.py RELEASE_FOLDER

Check 17 of docs/internals/security.md. Two planted mistakes must be found.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

FLAGS = ["-fsyntax-only", "-Wformat=2", "-Werror=format", "-Werror=format-security", "-Werror=format-nonliteral"]
PLANTED = ["#include <stdio.h>\nvoid say(const char *text);\nvoid say(const char *text) { printf(text); }\n",
           "#include <stdio.h>\nvoid say(const char *f, int n);\nvoid say(const char *f, int n) { fprintf(stderr, f, n); }\n"]


def commands(folder):
    """(folder, words) of each C file of the program."""
    for one in json.loads((folder / "compile_commands.json").read_text(encoding="utf-8")):
        source = pathlib.Path(one["directory"], one["file"]).resolve()
        if source.suffix == ".c" and "/src/" in str(source):
            words, kept = shlex.split(one["command"]), []
            while words and pathlib.Path(words[0]).name in ("ccache", "sccache"):
                words.pop(0)
            while words:
                word = words.pop(0)
                if word in ("-o", "-MF", "-MQ"):
                    words.pop(0)
                elif word not in ("-c", "-MD"):
                    kept.append(word)
            yield one["directory"], kept


def complaints(job):
    folder, words = job
    done = subprocess.run([*words, *FLAGS], cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    jobs = list(commands(pathlib.Path(arguments[0]).resolve()))
    if len(jobs) < 100:
        sys.exit(f"only {len(jobs)} files are compiled there")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [said for said in pool.map(complaints, jobs) if said]
    with tempfile.TemporaryDirectory(prefix="treue-formats-") as folder:
        for number, text in enumerate(PLANTED):
            source = pathlib.Path(folder, f"{number}.c")
            source.write_text(text, encoding="ascii")
            if "format" not in complaints((folder, ["cc", str(source)])):
                problems.append(f"a planted mistake was not found:\n{text}")
    print(*problems[:10], f"{len(jobs)} files, {len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
