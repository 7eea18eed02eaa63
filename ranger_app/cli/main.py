"""The command line: the whole program without a screen. It never asks a question and never opens a window.

Exit status: 0 done, 2 wrong usage, 3 bad data and nothing taken, 4 the surroundings failed, 1 a bug of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ranger_app import __version__
from ranger_app.actions import own_taxa, records
from ranger_app.cli import answers, commands
from ranger_app.errors import DataProblem, EnvironmentProblem, RangerError, UsageProblem
from ranger_app.i18n import LANGUAGES, _, use_language
from ranger_app.library import Library
from ranger_app.paths import default_library

Answer = dict[str, object]
Handler = Callable[[Library, argparse.Namespace], Answer]


_SIGNED = ("--utc-offset", "--utc_offset", "--latitude", "--longitude")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageProblem("USAGE", message[:1].upper() + message[1:] + ".", _("See: ranger --help"))


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    about = _("Field records of a protected area, offline.")
    whole: argparse.ArgumentParser = _Parser(prog="ranger", description=about, allow_abbrev=False)
    whole.add_argument("--version", action="version", version=f"ranger {__version__}")
    whole.add_argument("--library", metavar="DIR", type=Path, help=_("folder of the library"))
    whole.add_argument("--json", action="store_true", help=_("answer with one JSON object"))
    whole.add_argument("--as", dest="person", metavar="PERSON", help=_("name or id of the person who is working"))
    whole.add_argument("--language", metavar="CODE", help=", ".join(LANGUAGES))
    whole.add_argument("--self-test", action="store_true", help=_("try the main acts in a temporary library"))
    commands.add_all(whole.add_subparsers(dest="command", metavar="COMMAND"))
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    # Before the parser is made: its help speaks the language too.
    use_language(_language(arguments))
    try:
        if any("\ud800" <= letter <= "\udfff" for one in arguments for letter in one):
            raise UsageProblem("NOT_UTF8", _("An argument is not in UTF-8."), _("Save the script as UTF-8."))
        args = parser().parse_args(_global_first(arguments))
        answer = _run(args)
        if as_json:
            print(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            answers.show(answer)
        sys.stdout.flush()
    except RangerError as error:
        return _say_error(error, as_json)
    except SystemExit as error:  # --help and --version
        return int(error.code or 0)
    except KeyboardInterrupt:
        stopped = EnvironmentProblem("STOPPED", _("Stopped."), _("What was done before is kept."))
        return _say_error(stopped, as_json)
    except BrokenPipeError:  # the reader, such as head, has enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the flush at the exit
        return 0
    except OSError as error:
        return _say_error(answers.environment(error), as_json)
    except Exception:
        report = traceback.format_exc()
        said = _("Something went wrong inside Ranger. Nothing was lost. Send this text to its makers:")
        if as_json:  # whoever reads the answer gets one, also now
            with suppress(OSError):
                _print_error(RangerError("BUG", said, ""))
        print(f"BUG: {said}", file=sys.stderr)
        print(report, file=sys.stderr)
        return 1
    return 0


def _language(arguments: list[str]) -> str:
    for place, one in enumerate(arguments):
        if one == "--language" and place + 1 < len(arguments):
            return arguments[place + 1]
        if one.startswith("--language="):
            return one.partition("=")[2]
    return os.environ.get("RANGER_LANGUAGE", "en")


def _global_first(arguments: list[str]) -> list[str]:
    # --json is taken anywhere, because scripts put it last; "-03:00" is a value, not an option.
    rest: list[str] = []
    for one in arguments:
        if one != "--json":
            if rest and rest[-1] in _SIGNED and one.startswith("-"):
                rest[-1] += f"={one}"
            else:
                rest.append(one)
    return ["--json", *rest] if "--json" in arguments else rest


def _say_error(error: RangerError, as_json: bool) -> int:
    if as_json:
        # Standard output itself may be what failed.
        with suppress(OSError):
            _print_error(error)
    print(str(error), file=sys.stderr)
    return error.exit_status


def _print_error(error: RangerError) -> None:
    said = {"error": error.code, "message": error.what, "todo": error.todo}
    print(json.dumps(said, ensure_ascii=False, indent=1), flush=True)


def _run(args: argparse.Namespace) -> Answer:
    if args.self_test:
        from ranger_app.cli.self_test import self_test

        return self_test()
    if args.command is None:
        raise UsageProblem("USAGE", _("No command was given."), _("See: ranger --help"))
    folder = (args.library or default_library()).absolute()
    if getattr(args, "without_library", False):
        answer: Answer = args.handler(folder, args)
        return answer
    with Library.open(folder, passphrase=os.environ.get("RANGER_PASSPHRASE")) as library:
        own_taxa.attend(library)
        if args.person:
            library.person = _person(library, args.person)
        answer = args.handler(library, args)
    return answer


def _person(library: Library, text: str) -> bytes:
    with library.read() as db:
        found = records.find_named(db, "person", text)
    if found is None:
        raise DataProblem(
            "NO_PERSON",
            _("There is no single person called {name}.").format(name=text),
            _("Add the person with: ranger person add --name NAME --role ROLE"),
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
