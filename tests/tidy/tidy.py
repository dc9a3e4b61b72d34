#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""House rules as a test: layers, banned functions, sizes, module comments, SQL in C, catalogue keys, unfinished words,
the table of pages.

usage: tidy.py [--quick] [PROJECT]   (default: the project this file lies in)
Then plants one breach of every rule in a copy and checks that each is found (not with --quick).
Prints one line per breach, FILE:LINE: rule: what, and 'N passed, N failed' at the end.
"""
import collections
import functools
import json
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pages

# What each folder may include, besides itself (ARCHITECTURE.md, Layers). The main road runs to the right.
PURE = {"base"}
SYSTEM = PURE | {"platform"}
SERVICES = SYSTEM | {"db", "i18n", "render"}
ENGINES = {"engine", "value"}
DOMAIN = ["jobs", "access", "facts", "customers", "program", "services", "insights", "dialogue", "importer"]
LAYERS = {"base": set(), "engine": PURE, "value": PURE | {"engine"}, "platform": PURE,
          "db": SYSTEM, "i18n": SYSTEM, "render": SYSTEM | {"i18n"}, "http": SERVICES | {"access"}}
for place, folder in enumerate(DOMAIN):
    LAYERS[folder] = SERVICES | ENGINES | set(DOMAIN[:place])
LAYERS["web"] = SERVICES | ENGINES | set(DOMAIN) | {"http"}
LAYERS["cli"] = LAYERS["web"] | {"web"}
LAYERS["main"] = LAYERS["cli"] | {"cli"}

BANNED = re.compile(r"\b(strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|atoi|atol|atoll|atof|strtok|strtok_r"
                    r"|strtod|strtof|strtold|asctime|ctime|localtime|gmtime|setlocale|alloca|scanf|sscanf|fscanf|system"
                    r"|popen|rand|srand)\s*\(")
# The words, and numbers that are written with a point or an exponent.
FLOATING = re.compile(r"\b(float|double)\b|(?<![\w.])(\d+\.\d*|\.\d+|\d+(?=[eE][+-]?\d))(?:[eE][+-]?\d+)?")
# The library for workbooks takes numbers as floating point; one function hands them over (15 digits come back exactly).
FLOATING_HOME = {"src/render/book.c": "static lxw_error write_quotient("}
SQL = re.compile(r'"[^"\n]*\b(SELECT\s+.*\bFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\b')
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|stub|placeholder|not implemented|for now)\b", re.I)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
GENERATED = {"queries.h", "catalogue.h"}
# The database engine may speak the statements of transactions itself; they are no queries.
SQL_HOME = {"src/db"}
# Functions over the clock and randomness live in platform only.
CLOCKS = re.compile(r"\b(time|clock_gettime|gettimeofday|getrandom|arc4random)\s*\(")
# Secrets are compared by secret_equal, in a time that tells nothing of them; lengths and constants of them are no secrets.
SECRETS = re.compile(r"\b(text_equal|text_compare|memcmp|strcmp|strncmp)\s*"
                     r"\([^;\n]*?\b\w*(token|secret|digest|csrf|totp)\w*\b")
SECRET_HOMES = ("src/access/", "src/http/", "src/web/")
FUNCTION_LINES_MAX, FILE_LINES_MAX, COLUMNS_MAX = 70, 1000, 120


def without_comments(text):
    """C text with comments blanked (line numbers kept), strings kept."""
    def blank(match):
        word = match.group(0)
        return word if word[0] in "\"'" else re.sub(r"[^\n]", " ", word)
    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def without_strings(code):
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', code)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def long_functions(code):
    """Bodies that open in column one with a brace and close so, too."""
    start = None
    for number, line in enumerate(code.split("\n"), 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            if number - start + 1 > FUNCTION_LINES_MAX:
                yield start, number - start + 1
            start = None


# What is said of a file depends on its text and its place only: the self-test, which looks at everything once for each
# planted breach, finds it for all files but that one.
@functools.lru_cache(maxsize=None)
def c_problems(relative, text):
    problems = []
    code = without_comments(text)
    bare = without_strings(code)
    lines = text.split("\n")
    if not text.startswith("/* SPDX-License-Identifier: AGPL-3.0-or-later\n *\n * "):
        problems.append((relative, 1, "module comment", "begins with SPDX line and what the module is for"))
    if len(lines) - 1 > FILE_LINES_MAX:
        problems.append((relative, len(lines) - 1, "file size", f"{len(lines) - 1} lines, at most {FILE_LINES_MAX}"))
    for start, size in long_functions(code):
        problems.append((relative, start, "function size", f"{size} lines, at most {FUNCTION_LINES_MAX}"))
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            problems.append((relative, number, "line length", f"{len(line)} columns, at most {COLUMNS_MAX}"))
        if line != line.rstrip() or "\t" in line:
            problems.append((relative, number, "white space", "tab or blanks at the end"))
    for match in BANNED.finditer(bare):
        problems.append((relative, line_of(bare, match.start()), "banned function", match.group(1)))
    for number, name in uninitialised_buffers(bare):
        problems.append((relative, number, "buffer", f"{name} may be released before it is initialised"))
    home = FLOATING_HOME.get(relative.as_posix())
    begin = bare.find("\n" + home) if home else -1
    end = bare.find("\n}", begin) if begin >= 0 else -1
    for match in FLOATING.finditer(bare):
        if not begin < match.start() < end:
            problems.append((relative, line_of(bare, match.start()), "floating point", match.group(0)))
    if str(relative).startswith("src/") and not any(str(relative).startswith(home) for home in SQL_HOME):
        for match in SQL.finditer(code):
            problems.append((relative, line_of(code, match.start()), "SQL in C", match.group(0)[:60]))
    if str(relative).startswith(SECRET_HOMES):
        for match in SECRETS.finditer(bare):
            problems.append((relative, line_of(bare, match.start()), "comparison of secrets", match.group(1)))
    if not str(relative).startswith("src/platform/"):
        for match in CLOCKS.finditer(bare):
            if str(relative).startswith("src/"):
                problems.append((relative, line_of(bare, match.start()), "clock or randomness outside platform",
                                 match.group(1)))
    return problems


BUFFER = re.compile(r"(\w+) buffer_cleanup(?=[,;])")
LEAVES = re.compile(r"\b(return|continue|break|goto)\b")


def uninitialised_buffers(bare):
    """Buffers that are released by their cleanup where a function is left before it has initialised them."""
    lines = bare.split("\n")
    for place, line in enumerate(lines):
        for name in BUFFER.findall(line):
            used = re.compile(r"&%s\b" % name)
            for later in lines[place + 1:]:
                if later.startswith("}") or used.search(later):
                    break
                if LEAVES.search(later):
                    yield place + 1, name
                    break


@functools.lru_cache(maxsize=None)
def layer_problems(relative, text):
    problems = []
    folder = relative.parts[1] if len(relative.parts) > 2 else "main"
    allowed = LAYERS.get(folder)
    if allowed is None:
        return [(relative, 1, "layers", f"folder {folder} is not in the layer table")]
    for match in INCLUDE.finditer(text):
        name = match.group(1)
        target = name.split("/")[0] if "/" in name else None
        if name in GENERATED:
            target = "db" if name == "queries.h" else "i18n"
        if target is None:
            problems.append((relative, line_of(text, match.start()), "layers", f'"{name}" is not written folder/file.h'))
        elif target != folder and target not in allowed:
            problems.append((relative, line_of(text, match.start()), "layers", f"{folder} must not use {name}"))
    return problems


KEY = re.compile(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"')
FAMILY = re.compile(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\.)(?:%s)?"')
TEMPLATE_KEY = re.compile(r"\{\{#t\}\}([^\s{]+)")
SAID_FAMILY = re.compile(r'say_family\([^,]+, "([a-z_.]+)"')


@functools.lru_cache(maxsize=None)
def keys_in(text):
    """([(what may be a key, its line)], families) of a file of C."""
    code = without_comments(text)
    families = {match.group(1) for match in FAMILY.finditer(code)}
    families.update(match.group(1) + "." for match in SAID_FAMILY.finditer(code))
    return [(match.group(1), line_of(code, match.start())) for match in KEY.finditer(code)], families


def check_catalogue(project, problems):
    catalogues = {}
    for language in ("de", "en"):
        path = project / "ui" / "i18n" / f"{language}.json"
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        names = [name for name, _ in pairs]
        for name in sorted(name for name, times in collections.Counter(names).items() if times > 1):
            problems.append((path.relative_to(project), 1, "catalogue", f"{name} stands twice"))
        catalogues[language] = dict(pairs)
    for one, other in (("de", "en"), ("en", "de")):
        for key in sorted(set(catalogues[one]) - set(catalogues[other])):
            problems.append((pathlib.Path(f"ui/i18n/{other}.json"), 1, "catalogue", f"{key} is missing"))
    keys = set(catalogues["de"])
    areas = {key.split(".")[0] for key in keys}
    used, families = set(), set()
    for path in sorted((project / "src").rglob("*.[ch]")):
        found, of_families = keys_in(path.read_text(encoding="utf-8"))
        families |= of_families
        for name, line in found:
            used.add(name)
            if name not in keys and name.split(".")[0] in areas and not name.endswith((".h", ".c", ".db", ".lock", ".yaml")):
                if not any(key.startswith(name + ".") for key in keys) and f"audit_kind.{name}" not in keys:
                    problems.append((path.relative_to(project), line, "catalogue", f"{name} is missing"))
    for path in sorted((project / "ui" / "templates").rglob("*.mustache")):
        text = path.read_text(encoding="utf-8")
        for match in TEMPLATE_KEY.finditer(text):
            used.add(match.group(1))
            if match.group(1) not in keys:
                problems.append((path.relative_to(project), line_of(text, match.start()), "catalogue",
                                 f"{match.group(1)} is missing"))
    for key in sorted(keys - used):
        if not any(key.startswith(family) for family in families):
            problems.append((pathlib.Path("ui/i18n/de.json"), 1, "catalogue", f"{key} is never used"))


# What a page must not have: the content security policy allows no script or style in it, and values are escaped for text
# and for attributes in quotes only.
TEMPLATE_BREACHES = [
    (re.compile(r"\{\{\{|\{\{\s*&"), "a value that is not escaped"),
    (re.compile(r"<[a-z][^<>]*\s[a-z-]+=(?=\{\{)", re.I), "an attribute without quotes"),
    (re.compile(r"<[a-z][^<>]*\s(?:style|on[a-z]+)=", re.I), "style or script in an attribute"),
    (re.compile(r"<style\b|<script(?![^>]*\bsrc=)", re.I), "style or script in a page"),
    (re.compile(r"javascript:", re.I), "a script as an address"),
]


def check_templates(project, problems):
    for path in sorted((project / "ui" / "templates").rglob("*.mustache")):
        text = path.read_text(encoding="utf-8")
        for pattern, what in TEMPLATE_BREACHES:
            for match in pattern.finditer(text):
                problems.append((path.relative_to(project), line_of(text, match.start()), "template", what))


def check(project):
    problems = []
    for path in sorted([*project.glob("src/**/*.[ch]"), *project.glob("tests/**/*.[ch]"), *project.glob("bench/**/*.c")]):
        relative = path.relative_to(project)
        text = path.read_text(encoding="utf-8")
        problems += c_problems(relative, text)
        if relative.parts[0] == "src":
            problems += layer_problems(relative, text)
    for path in sorted([*project.glob("tools/*.py"), *project.glob("tests/**/*.py"), *project.glob("bench/**/*.py"),
                        *project.glob("demo/*.py"), *project.glob("sql/**/*.sql"), project / "run"]):
        lines = path.read_text(encoding="utf-8").split("\n")
        if len(lines) - 1 > FILE_LINES_MAX:
            problems.append((path.relative_to(project), len(lines) - 1, "file size", f"at most {FILE_LINES_MAX} lines"))
    for path in sorted([*project.glob("src/**/*"), *project.glob("sql/**/*"), *project.glob("ui/**/*.json")]):
        if path.is_file() and "node_modules" not in path.parts:
            for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
                match = UNFINISHED.search(line)
                if match:
                    problems.append((path.relative_to(project), number, "unfinished", match.group(1)))
    check_catalogue(project, problems)
    check_templates(project, problems)
    problems += [(pathlib.Path(name), line, "page", what) for name, line, what in pages.problems(project)]
    return problems


PLANTED = [
    ("layers", "src/base/planted.c", '#include "db/db.h"\n'),
    ("banned function", "src/base/planted.c", "void planted(char *a) { strcpy(a, a); }\n"),
    ("floating point", "src/base/planted.c", "double planted;\n"),
    ("floating point", "src/base/planted.c", "long planted(long a) { return (long)(1.0 * a / 3); }\n"),
    ("floating point", "src/base/planted.c", "long planted(long a) { return (long)(a * 1e3); }\n"),
    ("floating point", "src/base/planted.c",
     "static lxw_error write_quotient(void)\n{\n        double planted = 1;\n        return planted > 0;\n}\n"),
    ("floating point", "src/render/book.c", "long planted(long a) { return (long)(1.0 * a / 3); }\n"),
    ("buffer", "src/base/planted.c",
     "void planted(int a)\n{\n        struct buffer b buffer_cleanup;\n        if (a)\n                return;\n"
     "        buffer_init(&b, 1);\n}\n"),
    ("function size", "src/base/planted.c", "void planted(void)\n{\n" + "        ;\n" * 80 + "}\n"),
    ("file size", "src/base/planted.c", "extern int planted;\n" * 1001),
    ("line length", "src/base/planted.c", "extern int " + "planted" * 20 + ";\n"),
    ("white space", "src/base/planted.c", "extern int planted; \n"),
    ("SQL in C", "src/program/planted.c", 'const char *planted = "SELECT a FROM b";\n'),
    ("clock or randomness outside platform", "src/db/planted.c", "long planted(void) { return time(0); }\n"),
    ("comparison of secrets", "src/access/planted.c",
     "bool planted(struct text token, struct text b) { return text_equal(token, b); }\n"),
    ("unfinished", "src/base/planted.c", "/* TO" + "DO: planted */\n"),
    ("catalogue", "ui/templates/planted.mustache", "<p>{{#t}}import.planted_key{{/t}}</p>\n"),
    ("catalogue", "src/base/planted.c", 'const char *planted = "import.planted_key";\n'),
    ("template", "ui/templates/planted.mustache", "<p>{{{name}}}</p>\n"),
    ("template", "ui/templates/planted.mustache", "<p>{{ &name}}</p>\n"),
    ("template", "ui/templates/planted.mustache", "<p title={{name}}>a</p>\n"),
    ("template", "ui/templates/planted.mustache", '<p class="a" style="width: {{width}}">a</p>\n'),
    ("template", "ui/templates/planted.mustache", '<p onclick="a()">a</p>\n'),
    ("template", "ui/templates/planted.mustache", "<script>a()</script>\n"),
    ("page", "ui/templates/planted.mustache", "<p>a</p>\n"),
    ("page", "src/web/planted.c", 'static const struct route planted[] = {\n        {METHOD_GET, "/planted", PERMISSION_START, '
     'NULL, "planted", show, 0, "a"},\n};\n'),
    ("page", "docs/internals/pages.md", "| `start` | GET `/planted` | owner | `work` | `planted` |\n"),
]


def self_test(project):
    failed = 0
    head = "/* SPDX-License-Identifier: AGPL-3.0-or-later\n *\n * planted.c: planted.\n */\n"
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy"
        for part in ("src", "sql", "ui", "tests/tidy", "tools"):
            shutil.copytree(project / part, copy / part, ignore=shutil.ignore_patterns("node_modules"))
        for name in ("run", "docs/internals/pages.md", "tests/http/rights.txt"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project / name, copy / name)
        for rule, name, text in [*PLANTED, ("module comment", "src/base/planted.c", None)]:
            path = copy / name
            before = path.read_text(encoding="utf-8") if path.exists() else None # a breach in a file that is there
            path.write_text("int planted;\n" if text is None else (before or head) + text, encoding="utf-8")
            found = any(problem[2] == rule and problem[0].as_posix() == name for problem in check(copy))
            if before is None:
                path.unlink()
            else:
                path.write_text(before, encoding="utf-8")
            failed += not found
            print(f"{'ok' if found else 'NOT FOUND'}: planted breach of '{rule}'")
    return len(PLANTED) + 1 - failed, failed


def main():
    arguments = [a for a in sys.argv[1:] if a != "--quick"]
    project = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parents[2])
    problems = check(project)
    for path, line, rule, what in problems:
        print(f"{path}:{line}: {rule}: {what}")
    passed, failed = (0, 0) if "--quick" in sys.argv else self_test(project)
    print(f"{passed + (not problems)} passed, {failed + bool(problems)} failed")
    return 1 if problems or failed else 0


if __name__ == "__main__":
    sys.exit(main())
