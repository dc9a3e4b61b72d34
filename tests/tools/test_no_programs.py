#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Treue starts no other program: neither the linked program nor that of the server's tests imports a function that could
(exec*, system, popen, posix_spawn), nor holds the name of one, by which it could be looked up while it runs.

  test_no_programs.py RELEASE_FOLDER

Check 12 of docs/internals/security.md. Small programs that do call one are compiled and must be found.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FORBIDDEN = re.compile(r"(?:execl|execle|execlp|execv|execve|execvp|execvpe|execveat|fexecve|system|popen|posix_spawn|posix_spawnp"
                       r"|wordexp|fork|vfork|clone|clone3)")
# Of these only the import tells: "system" is what a group of routes is called.
COMMON_WORDS = {"system", "clone"}
PLANTED = {
    "execve": '#include <unistd.h>\nint main(void) { return execve("/bin/true", 0, 0); }',
    "execlp": '#include <unistd.h>\nint main(void) { return execlp("true", "true", (char *)0); }',
    "fexecve": '#include <unistd.h>\nint main(void) { return fexecve(0, 0, 0); }',
    "system": '#include <stdlib.h>\nint main(void) { return system("true"); }',
    "popen": '#include <stdio.h>\nint main(void) { return popen("true", "r") != 0; }',
    "posix_spawn": '#include <spawn.h>\nint main(void) { return posix_spawn(0, "/bin/true", 0, 0, 0, 0); }',
    "fork": '#include <unistd.h>\nint main(void) { return fork() > 0; }',
    "popen, looked up": '#include <dlfcn.h>\nint main(void) { return dlsym(RTLD_DEFAULT, "popen") != 0; }',
}


def output(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def found_in(program):
    imports = {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--undefined-only", program).splitlines()}
    if not imports:
        sys.exit(f"{program} imports nothing: it cannot be told what it calls")
    names = set(output("strings", "-n", "4", program).splitlines()) - COMMON_WORDS
    return sorted({name.lstrip("_") for name in imports | names if FORBIDDEN.fullmatch(name.lstrip("_"))})


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    release, problems = pathlib.Path(arguments[0]), []
    for name in ("treue", "http_fixture"):
        found = found_in(release / name)
        if found:
            problems.append(f"{name} can start programs: {', '.join(found)}")
    with tempfile.TemporaryDirectory(prefix="treue-planted-") as folder:
        for number, (name, text) in enumerate(PLANTED.items()):
            source, program = pathlib.Path(folder) / f"{number}.c", pathlib.Path(folder) / str(number)
            source.write_text("#define _GNU_SOURCE\n" + text, encoding="ascii")
            output("cc", "-O2", "-w", "-o", program, source)
            if name.split(",")[0] not in found_in(program):
                problems.append(f"a program that calls {name} was not found")
    count = 2 + len(PLANTED)
    print(*problems, f"{count - len(problems)} passed, {len(problems)} failed", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
