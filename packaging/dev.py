#!/usr/bin/env python3
"""Everything a developer or a ranger's technician does with this repository, in one command.

It uses nothing but the standard library, so it starts on a machine where nothing is installed; each verb first sets
up what is missing. ``python3 packaging/dev.py --help`` lists the verbs.

This one file is read by old Pythons too, to say so: no syntax younger than Python 3.6 in it.
"""

import argparse
import os
import sys

SUPPORTED = ((3, 11), (3, 13))

VERBS = {
    "run": "open the app on a demo library; without a display do the same job headless and leave pictures",
    "test": "lint, types, architecture rules, tests (--long: the long figures); other arguments go to pytest",
    "bench": "measure; NAME picks one benchmark",
    "screens": "a picture of every screen in each complete language; OUT names the folder",
    "freeze": "build the program folder that needs no Python, and smoke-test it",
    "i18n": "collect the texts, bring the translations up to date, compile them, count what is missing",
}


def parser() -> argparse.ArgumentParser:
    """The command line of this file."""
    top = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0])
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    made = {}
    for verb, text in VERBS.items():
        made[verb] = verbs.add_parser(verb, help=text, description=text)
        made[verb].add_argument(
            "--install-system", action="store_true", help="install missing system packages, asking through sudo"
        )
    made["run"].add_argument("--headless", action="store_true", help="open no window even where there is a display")
    made["test"].add_argument("--long", action="store_true", help="the long figures")
    made["bench"].add_argument("name", nargs="?", metavar="NAME")
    made["screens"].add_argument("out", nargs="?", metavar="OUT")
    return top


def wrong_python() -> "str | None":
    """What to say about an interpreter the packages do not support, or None."""
    lowest, highest = SUPPORTED
    here = sys.version_info[:2]
    if lowest <= here <= highest and sys.implementation.name == "cpython":
        return None
    import shutil

    names = [f"python3.{minor}" for minor in range(highest[1], lowest[1] - 1, -1)]
    found = [name for name in names if shutil.which(name)]
    what_to_do = (
        "Run: " + found[0] + " " + " ".join(sys.argv) if found else "Install CPython 3.12 and run this command with it."
    )
    return (
        f"Ranger needs CPython {lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}; "
        f"this is {sys.implementation.name} {here[0]}.{here[1]} ({sys.executable}). {what_to_do}"
    )


def main(argv: "list[str] | None" = None) -> int:
    """Run one verb; 0 when all of it succeeded."""
    problem = wrong_python()
    if problem:
        print(problem, file=sys.stderr)
        return 2
    # A console that cannot show a letter must not end the work.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr]
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - before pathlib is sure
    import setup_venv

    arguments, rest = parser().parse_known_args(argv)
    if rest and arguments.verb != "test":
        parser().error("unknown arguments: " + " ".join(rest))
    try:
        setup_venv.set_up(install_system=arguments.install_system)
        return _verb(arguments, rest)
    except setup_venv.SetupProblem as error:
        print(f"\n{error}", file=sys.stderr)
        return 4
    except KeyboardInterrupt:
        return 130


def _verb(arguments: argparse.Namespace, rest: "list[str]") -> int:
    if arguments.verb == "run":
        import run_demo

        return run_demo.run(headless=arguments.headless)
    if arguments.verb == "freeze":
        import freeze

        return freeze.freeze()
    import checks

    if arguments.verb == "test":
        return checks.test(rest, long=arguments.long)
    if arguments.verb == "bench":
        return checks.bench(arguments.name)
    if arguments.verb == "screens":
        return checks.screens(arguments.out)
    return checks.i18n()


if __name__ == "__main__":
    raise SystemExit(main())
