# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs with mistakes planted into them, made quickly: only the files changed are compiled, beside a build directory
that is up to date and that stays as it is.

  builder = Builder("build/release", "treue")
  builder.build({"src/engine/ladder.c": text}, folder)      the path of the program, made in an empty folder

Of sql/, the files of sql/engine may be changed: their constants are made afresh for the files of src/db/ that use them.
"""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class BuildError(Exception):
    """A changed file does not compile, or the program does not link."""


def called(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise BuildError(f"{shlex.join(command)[:300]}\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def option_values(command, names):
    """The command without those options, each of which has its value behind it."""
    result, skip = [], False
    for word in command:
        if skip or word in names:
            skip = not skip
            continue
        result.append(word)
    return result


class Builder:
    def __init__(self, build, target):
        self.build_folder, self.target = pathlib.Path(build).resolve(), target
        called(["ninja", target], self.build_folder)
        # One command a line; the last one links.
        commands = called(["ninja", "-t", "commands", target], self.build_folder).splitlines()
        self.link = shlex.split(commands[-1])
        self.compile = {}
        for command in map(shlex.split, commands[:-1]):
            if "-c" in command:
                source = (self.build_folder / command[command.index("-c") + 1]).resolve()
                self.compile[source] = command

    def program(self):
        """The program as it is, without a mistake."""
        return self.build_folder / self.target

    def compiled(self, path, text, folder, number):
        """The object made of a changed file; `folder` may hold generated headers that go before the others."""
        source = folder / f"{number}_{path.name}"
        source.write_text(text, encoding="utf-8")
        command = [word for word in option_values(self.compile[(ROOT / path).resolve()], ("-MF", "-MQ", "-o", "-c"))
                   if word != "-MD"]
        made = source.with_suffix(".o")
        first = next(i for i, word in enumerate(command) if word.startswith("-I"))
        command.insert(first, f"-I{folder}")
        called(command + ["-o", str(made), "-c", str(source)], self.build_folder)
        return made

    def constants(self, changed, folder):
        """queries.h with the changed files of sql/ in their places; the files of C to be compiled again."""
        sources = shutil.copytree(ROOT / "sql", folder / "sql")
        again = {}
        for path, text in changed.items():
            if path.parent != pathlib.PurePath("sql/engine"):
                raise BuildError(f"{path}: only files of sql/engine can be changed")
            (folder / path).write_text(text, encoding="utf-8")
            for source in sorted((ROOT / "src/db").glob(f"{path.stem}*.c")):
                again[source.relative_to(ROOT)] = source.read_text(encoding="utf-8")
        called([sys.executable, str(ROOT / "tools/queries.py"), "--header", str(folder / "queries.h"),
                *map(str, sorted(sources.glob("*/*.sql")))], folder)
        return again

    def build(self, changed, folder):
        """`changed`: {path from the root of the source: its text}. Raises BuildError."""
        changed = {pathlib.PurePath(path): text for path, text in changed.items()}
        sql = {path: text for path, text in changed.items() if path.suffix == ".sql"}
        sources = self.constants(sql, folder) if sql else {}
        sources.update({path: text for path, text in changed.items() if path.suffix != ".sql"})
        objects = [self.compiled(path, text, folder, number) for number, (path, text) in enumerate(sources.items())]
        command = list(self.link)
        at = command.index("-o")
        command[at + 1] = str(folder / self.target)
        # Before the libraries: what they hold under the same names is then not taken.
        command[at + 2:at + 2] = map(str, objects)
        called(command, self.build_folder)
        return folder / self.target


def read_blocks(path):
    """[(name, head lines, [(path, search, replace)])] of a file of mistakes:

      === name of the mistake
      word: value             any lines of this form
      src/file.c              this and what follows repeated for several places
      --- search
      text that occurs exactly once
      --- replace
      the mistake
    """
    place = re.compile(r"^(\S+)\n--- search\n(.*?)\n--- replace\n(.*?)(?=\n\S+\n--- search\n|\Z)",
                       re.MULTILINE | re.DOTALL)
    result = []
    for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, rest = block.rstrip("\n").split("\n", 1)
        head = {}
        while re.match(r"[a-z ]+: ", rest):
            line, rest = rest.split("\n", 1)
            key, value = line.split(": ", 1)
            head[key] = value
        places = place.findall(rest)
        if not places or len(places) != rest.count("--- search\n"):
            raise SystemExit(f"{path.name}: {name}: not of the form described in tests/support/mutant.py")
        result.append((name, head, places))
    return result


def changed_files(places):
    """{path: text} with the mistakes in their places."""
    changed = {}
    for path, search, replace in places:
        text = changed.get(path) or (ROOT / path).read_text(encoding="utf-8")
        changed[path] = text.replace(search, replace)
    return changed


def misplaced(name, places):
    """Complaints about search texts that do not occur exactly once."""
    counts = [(path, (ROOT / path).read_text(encoding="utf-8").count(search) if (ROOT / path).exists() else 0)
              for path, search, _ in places]
    return [f"{name}: the search text occurs {count} times in {path}" for path, count in counts if count != 1]
