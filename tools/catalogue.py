"""Bring the catalogue of words up to date with the code: ``python tools/catalogue.py``.

Gathered are the sentences given to ``say`` and ``say_count``, those of errors and of reasons, those
that ``sentence`` marks, the help of all verbs, the words of the page, and those that click itself
says.  New ones get an empty
translation to be filled in, those that are gone are dropped, and the compiled catalogue is written
beside the text.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import io
import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog

from sokkuri.cli import app
from sokkuri.cli.help import HEADINGS, VerbCommand
from sokkuri.language import DOMAIN, FINISHED, LANGUAGES, REASON

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/sokkuri"

SAYING = {"say": 1, "say_count": 2}
"""Functions that say a sentence, and how many of their arguments are forms of it."""

MARK = "sentence"
"""The function that marks a sentence which neither is said there nor is one of an error."""

ERRORS = {
    "Damage", "MissingExtra", "Plan", "Rejected", "Unusable", "__init__", "complain", "not_found",
    "note", "problem", "wrong",
}  # fmt: skip
"""Functions besides those after ``raise`` whose sentences come to a reader."""

NAMES = {"advice", "cause", "detail", "note", "problem", "reason", "why"}
"""Variables that hold such a sentence."""

UNSEEN = ("testing/", "kernels/")
"""Rooms whose errors only a programmer meets."""

CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "types")
"""The modules of click that speak to those who use a command; the others ask, draw and test."""

MENDED = (
    "explanation/", "images/", "index/index.py", "index/table.py", "pipeline/",
    "searchers/exact.py", "stores/", "web/worker_tasks.py",
)  # fmt: skip
"""Rooms whose built-in errors, such as ValueError, only a programmer meets, or a room above."""

BUILT_IN = {name for name in dir(builtins) if name.endswith("Error")} | {"BadMessage"}

WORDS = ("explanation/words.toml", "web/words.toml")
PROBLEMS = "web/problems.toml"
HASHES = "registry.json"

PROSE = re.compile(r"[a-z]{2,}.*\s.*[a-z]{2,}")


class Message(NamedTuple):
    """A sentence, where it stands, and for a word of a key that key."""

    where: str
    text: str | tuple[str, str]
    key: str | None = None
    finished: bool = True  # it reaches its reader in English, filled in


def gathered() -> Iterator[Message]:
    """Yield all sentences that a reader may meet."""
    for file in sorted(SOURCE.rglob("*.py")):
        name = file.relative_to(SOURCE).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        yield from (Message(name, text, finished=False) for text in said(tree))
        if not name.startswith(UNSEEN):
            mute = BUILT_IN if name.startswith(MENDED) else {"AttributeError"}
            yield from (Message(name, text) for text in (*raised(tree, mute), *marked(tree)))
            yield from (Message(name, text, REASON) for text in kinds(tree))
    yield from (Message("cli", text) for text in helped(app))
    yield from (Message("click", text, finished=False) for text in clicked())
    yield from keyed()


def said(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """Yield what is given to ``say`` and ``say_count``."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (count := SAYING.get(name_of(call.func))):
            forms = strings(call.args[:count])
            if len(forms) == count:
                yield forms[0] if count == 1 else (forms[0], forms[1])


def marked(tree: ast.AST) -> Iterator[str]:
    """Yield what is given to ``sentence``."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) == MARK:
            yield from map(template, call.args)


def raised(tree: ast.AST, mute: set[str]) -> Iterator[str]:
    """Yield the sentences of errors and reasons, but not those of errors that nobody sees."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if name_of(node.exc.func) not in mute:
                yield from sentences(*node.exc.args)
        elif isinstance(node, ast.Call) and name_of(node.func) in ERRORS:
            yield from sentences(*node.args, *(keyword.value for keyword in node.keywords))
        elif isinstance(node, ast.Assign):
            names = {name_of(each) for target in node.targets for each in ast.walk(target)}
            if names & NAMES:
                yield from sentences(node.value)


def kinds(tree: ast.AST) -> Iterator[str]:
    """Yield the kinds of reasons: the values of enumerations of words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "StrEnum" in map(name_of, node.bases):
            values = [each.value for each in node.body if isinstance(each, ast.Assign)]
            yield from strings(values)


def sentences(*nodes: ast.expr) -> Iterator[str]:
    """Yield the sentences among expressions, in the form of the catalogue."""
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from sentences(node.body, node.orelse)
        elif isinstance(node, ast.Tuple | ast.Dict):
            yield from sentences(*getattr(node, "elts", getattr(node, "values", ())))
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            text = template(node)
            if PROSE.search(re.sub(r"\{\w+\}", "", text)):
                yield text


def template(node: ast.expr) -> str:
    """Return a string, or an f-string with names for what is filled in."""
    if not isinstance(node, ast.JoinedStr):
        return str(node.value) if isinstance(node, ast.Constant) else ""
    text, named = "", dict[str, str]()
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            names = [n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(piece.value)
                     if isinstance(n, ast.Name | ast.Attribute)]  # fmt: skip
            name, code = (names[0] if names else "value"), ast.dump(piece.value)
            # The same name twice is the same value, or the second one gets a number.
            before = [other for other in named.values() if other.rstrip("0123456789") == name]
            number = str(len(before) + 1) if before else ""
            text += f"{{{named.setdefault(code, name + number)}}}"
        elif isinstance(piece, ast.Constant):
            text += str(piece.value)
    return text


def strings(nodes: list[ast.expr]) -> list[str]:
    """Return the values of those that are strings."""
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def name_of(node: ast.AST) -> str:
    """Return the last part of a name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def helped(command: click.Command) -> Iterator[str]:
    """Yield the paragraphs of a verb's help, and what is said of its options."""
    if command.short_help:
        yield command.short_help
    for text in (command.help, command.epilog):
        yield from paragraphs(text or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            said, _, default = parameter.help.partition("  [")
            yield said
            default = default.removesuffix("]")
            if re.fullmatch(r"[a-z]+|.* .*", default.removeprefix("default: ")):
                yield default
    if isinstance(command, VerbCommand):
        yield from HEADINGS
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from helped(inner)


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text, each on one line, but not its examples."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph and not paragraph.startswith("\b"):
            yield " ".join(paragraph.split())


def clicked() -> Iterator[str | tuple[str, str]]:
    """Yield what click says by itself, but not to the one who wrote the command."""
    for module in CLICK:
        file = Path(click.__file__).with_name(f"{module}.py")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        ours = set(map(id, internal(tree)))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and id(call) not in ours:
                count = {"_": 1, "ngettext": 2}.get(name_of(call.func), 0)
                forms = strings(call.args[:count])
                if forms and len(forms) == count:
                    yield forms[0] if count == 1 else (forms[0], forms[1])


def internal(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all within the errors of click that no user of a command meets."""
    for node in ast.walk(tree):
        error = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(error, ast.Call) and not hasattr(click.exceptions, name_of(error.func)):
            yield from ast.walk(error)


def keyed() -> Iterator[Message]:
    """Yield the words of files: some go by a key; then of the hashes, and of the API's problems."""
    for name in WORDS:
        for part, words in read(name).items():
            for key, text in words.items():
                yield Message(name, text, f"{Path(name).parent}: {part}.{key}")
    for family in json.loads((SOURCE / HASHES).read_text(encoding="utf-8")):
        for field in ("summary", "looks_at", "parameter", "exact"):
            if family[field]:
                yield Message(HASHES, family[field])
    for fields in read(PROBLEMS).values():
        for field in ("title", "detail", "next"):
            if PROSE.search(re.sub(r"\{[^}]*\}", "", fields[field])):
                yield Message(PROBLEMS, re.sub(r"\{(\w+)[^}]*\}", r"{\1}", fields[field]))


def read(name: str) -> dict[str, dict[str, str]]:
    """Read a file of words, in tables."""
    return tomllib.loads((SOURCE / name).read_text(encoding="utf-8"))


def fresh(lang: str, known: Catalog) -> Catalog:
    """Return a catalogue of what is gathered, with the translations that are known."""
    made = Catalog(lang, domain=DOMAIN, project="sokkuri", version="", copyright_holder="",
                   msgid_bugs_address="", fuzzy=False, header_comment=HEADER)  # fmt: skip
    for where, text, key, finished in gathered():
        old = known.get(text if isinstance(text, str) else text[0], context=key)
        kept = old is not None and type(old.id) is type(text)  # what is counted now was not before
        string = old.string if old is not None and kept else ""
        comments = [FINISHED] if finished and key is None else []
        made.add(text, string, locations=[(where, 0)], context=key, auto_comments=comments)
    return made


HEADER = "# The words of sokkuri. The sentences are gathered by tools/catalogue.py."


def text_of(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file that is read and edited."""
    buffer = io.BytesIO()
    pofile.write_po(buffer, catalogue, width=100, sort_by_file=True, include_lineno=False,
                    omit_header=False)  # fmt: skip
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Generated-By',
             '"Language-Team', '"Project-Id-Version', '"Report-Msgid')  # fmt: skip
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as ``gettext`` reads it; the same words give the same bytes.

    Finished sentences stand in there once more, under a context of their own.
    """
    for message in list(catalogue):
        if FINISHED in message.auto_comments and message.string:
            catalogue.add(message.id, message.string, context=FINISHED)
    buffer = io.BytesIO()
    catalogue.creation_date = datetime.fromtimestamp(0, tz=UTC)  # else it would be this minute
    mofile.write_mo(buffer, catalogue)
    return buffer.getvalue()


def files_of(lang: str) -> tuple[Path, Path]:
    """Return where a language's catalogue lies: the text and what is compiled of it."""
    text = SOURCE / "locales" / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
    return text, text.with_suffix(".mo")


def updated(lang: str) -> dict[Path, bytes]:
    """Return the files of a language as they should be."""
    text, binary = files_of(lang)
    known = Catalog(lang)
    if text.exists():
        with text.open("rb") as file:
            known = pofile.read_po(file, lang)
    content = text_of(fresh(lang, known))
    return {text: content, binary: compiled(pofile.read_po(io.BytesIO(content), lang))}


def main() -> None:
    """Write the catalogue of every language but English."""
    for lang in LANGUAGES:
        for path, content in updated(lang).items() if lang != "en" else ():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    main()
