"""The pictures of an exchange that really happened: nothing on them is cut, and they show what they are named for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ranger_app.demo import season
from ranger_app.library import Library
from ui import screens, screens_exchange
from ui.bridge import Bridge
from ui.exchange.screen import GIVEN, RULES, ExchangeScreen
from ui.looked_at import faults
from ui.shell.who import people
from ui.shell.window import Window


@pytest.mark.parametrize(("language", "size"), [("en", screens.SIZE), ("ru", (911, 512))])
def test_an_exchange_is_pictured_whole(
    tmp_path: Path, dressed: Callable[[str, str], None], qtbot: QtBot, language: str, size: tuple[int, int]
) -> None:
    dressed(language, "dark" if language == "ru" else "light")
    first, second = season.make(tmp_path / "demo", media=8, patrols=1, counts=20)
    with Library.open(first) as library, Library.open(second) as other:
        for one in (library, other):
            one.person = next(person.id for person in people(one) if person.text("role") == "manager")
        found = screens_exchange.exchange(library, other, tmp_path / "sticks")
        bridge = Bridge(library)
        window = Window(library, bridge)
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        window.go("exchange")
        screen = window.current()
        assert isinstance(screen, ExchangeScreen)
        shown = {
            "result": lambda: screen.read.result.isVisible(),
            "written": lambda: screen.write.safe.isVisible(),
            "unfinished": lambda: screen.write.mine.can_finish,
            "rules_standard": lambda: screen.rules.choice.rule.name == "standard",
        }
        screen.turn(RULES)  # as the pictures of the pages themselves do before
        screens.settle(bridge, window)
        for name, get_there in screens_exchange.states(screen, found):
            get_there()
            screens.settle(bridge, window)
            assert screens.look(bridge, window, tmp_path / "pictures" / f"{name}.png") == [], name
            assert shown[name](), name
        screen.turn(GIVEN)
        screens.settle(bridge, window)
        assert len(screen.ledger.lines) == 2
        assert faults(window, screens.take(window, tmp_path / "pictures" / "given.png")) == []
        window.close()
        bridge.close()
