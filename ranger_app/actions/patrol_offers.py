"""What to offer while somebody types a category or a value: a few letters in any language find it.

What people here write most often stands first, so that the usual find takes two letters and Enter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ranger_app.actions.patrol_values import names_of
from ranger_app.domain import observation_model as models
from ranger_app.domain.observation_model import Attribute, Category, Item, Model, item_word, word
from ranger_app.domain.taxa import fold
from ranger_app.domain.values import NO, YES
from ranger_app.i18n import _, language

MOST = 60
"""More lines than this nobody reads; a further letter narrows them."""
_OWN_IS, _OWN_BEGINS, _OWN_HAS, _ABOVE, _NONE = range(5)


@dataclass(frozen=True, slots=True)
class Offer:
    """One line: the stored ``value``, its ``word`` in the user's language, and where it belongs."""

    value: str
    word: str
    remark: str = ""


def categories(model: Model, text: str, frequent: Sequence[str], most: int = MOST) -> list[Offer]:
    """Categories that fit what was typed; all of them for an empty text, the frequent ones first."""
    rank = {hkey: place for place, hkey in enumerate(frequent)}
    words = fold(text).split()
    found: list[tuple[tuple[int, int, int], Offer]] = []
    for place, (hkey, one, above) in enumerate(_walk(model)):
        fit = _fit(words, _names(one.labels.values(), one.key), [name for top in above for name in _labels(top)])
        if fit < _NONE:
            remark = " › ".join(word(top.labels, language(), top.key) for top in above)
            offer = Offer(hkey, word(one.labels, language(), one.key), remark)
            found.append(((fit, rank.get(hkey, len(rank)), place), offer))
    known = {hkey for hkey, _one in models.walk(model)}
    for hkey in frequent:  # of a model that is no longer in use: still offered as it was written
        if hkey not in known and words and all(part in fold(hkey) for part in words):
            found.append(((_ABOVE, rank[hkey], 0), Offer(hkey, hkey)))
    return [offer for _key, offer in sorted(found, key=lambda entry: entry[0])[:most]]


def _walk(model: Model) -> Iterator[tuple[str, Category, tuple[Category, ...]]]:
    """Active categories with those above them; one that is switched off takes along what is below it."""

    def below(
        hkey: str, nodes: tuple[Category, ...], above: tuple[Category, ...]
    ) -> Iterator[tuple[str, Category, tuple[Category, ...]]]:
        for one in nodes:
            if one.active:
                whole = models.join(hkey, one.key)
                yield whole, one, above
                yield from below(whole, one.children, (*above, one))

    return below("", model.categories, ())


def values(one: Attribute, text: str, most: int = MOST) -> list[Offer]:
    """Items of a list or tree, or yes and no, that fit what was typed; none for attributes of other types."""
    words = fold(text).split()
    if one.type == "BOOLEAN":
        answers = [Offer("true", _(YES)), Offer("false", _(NO))]
        return [offer for offer in answers if all(fold(offer.word).startswith(part) for part in words)]
    if one.type not in ("LIST", "MLIST", "TREE"):
        return []
    found: list[tuple[tuple[int, int], Offer]] = []
    for place, (value, item, above) in enumerate(_items(one)):
        fit = _fit(words, _item_names(item), [name for top in above for name in _item_names(top)])
        if fit < _NONE:
            remark = " › ".join(item_word(top) for top in above)
            found.append(((fit, place), Offer(value, item_word(item), remark)))
    return [offer for _key, offer in sorted(found, key=lambda entry: entry[0])[:most]]


def _items(one: Attribute) -> Iterator[tuple[str, Item, tuple[Item, ...]]]:
    def below(
        hkey: str, nodes: tuple[Item, ...], above: tuple[Item, ...]
    ) -> Iterator[tuple[str, Item, tuple[Item, ...]]]:
        for item in nodes:
            if item.active:
                whole = models.join(hkey, item.key)
                yield (whole if one.type == "TREE" else item.key), item, above
                yield from below(whole, item.children, (*above, item))

    return below("", one.items, ())


def _labels(one: Category) -> list[str]:
    return _names(one.labels.values(), one.key)


def _names(labels: Iterable[str], key: str) -> list[str]:
    return [fold(name) for name in (*labels, key) if name]


def _item_names(item: Item) -> list[str]:
    return [*names_of(item), fold(item.key)]


def _fit(words: Sequence[str], own: Sequence[str], above: Sequence[str]) -> int:
    """How well what was typed fits: each word must begin a word of a name, here or above, one of them here."""
    if not words:
        return _OWN_BEGINS
    if " ".join(words) in own:  # the whole name, whatever else people write more often
        return _OWN_IS
    begins: Callable[[str, str], bool] = str.startswith
    if any(all(_has(name, part) for part in words) for name in own):
        return _OWN_BEGINS if any(begins(name, words[0]) for name in own) else _OWN_HAS
    here = any(_has(name, part) for name in own for part in words)
    if here and all(any(_has(name, part) for name in (*own, *above)) for part in words):
        return _ABOVE
    return _NONE


def _has(name: str, part: str) -> bool:
    """Whether a word of ``name`` begins with ``part``; Chinese and Japanese write no spaces, so anywhere there."""
    if not part.isascii() and any(letter >= "\u2e80" for letter in part):
        return part in name
    return name.startswith(part) or any(piece.startswith(part) for piece in name.replace("-", " ").split())
