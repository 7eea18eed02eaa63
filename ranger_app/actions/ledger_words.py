"""The ledger in words: what left, under which rule, what that rule held back, and what became of it.

Window, printed page and command line say the same.
"""

from __future__ import annotations

from ranger_app.actions import ledger
from ranger_app.actions.ledger import Line, Standing
from ranger_app.domain import sharing
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.sharing import Rule
from ranger_app.i18n import N_, _, ngettext
from ranger_app.reports.figures import figure
from ranger_app.store import ledger as store
from ranger_app.store.ledger import Given

WHAT = {
    "bundle": N_("Bundle"),
    "open_bundle": N_("Open bundle"),
    "export": N_("Export"),
    "report": N_("Report"),
    "map": N_("Map"),
    "card": N_("Station card"),
    "receipt": N_("Receipt"),
}
FORMS = {
    "thumb": N_("Small pictures"),
    "original": N_("Originals"),
    "redacted": N_("Copies without camera data"),
}
_RULES = {"full": N_("Full"), "standard": N_("Standard"), "open": N_("Open"), "joint": N_("Joint"), "own": N_("Own")}
HOW = {
    store.FILE: N_("a receipt from a file"),
    store.TEXT: N_("a receipt as a text"),
    store.IN_BUNDLE: N_("a receipt in the partner's bundle"),
}


def title(given: Given) -> str:
    """What left: "Bundle 17", "Export camtrap-dp"."""
    word = _(WHAT[given.what]) if given.what in WHAT else given.what
    if given.what in store.BUNDLES and given.counter is not None:
        return f"{word} {figure(given.counter)}"
    return f"{word} {given.name}" if given.what in ("export", "report", "map") else word


def rule_of(given: Given) -> Rule | None:
    """The sharing rule of a line; None where it is exact or cannot be read."""
    try:
        return sharing.from_text(given.rule)
    except ValueError:
        return sharing.PRESETS.get(given.rule)


def rule_word(given: Given) -> str:
    """The name of the rule."""
    if given.what in ("receipt", "card"):
        return ""  # numbers and keys only
    if given.rule == ledger.EXACT:
        return _("Exact")
    rule = rule_of(given)
    if rule is None:
        return given.rule[:40]
    return rule_name(rule)


def rule_name(rule: Rule) -> str:
    """A rule's name as people read it."""
    return _(_RULES[rule.name]) if rule.name in _RULES else rule.name


def withheld(given: Given) -> list[str]:
    """What the rule of a line held back, each a sentence; nothing for one that holds back nothing."""
    rule = rule_of(given)
    if rule is None:
        return []
    found = []
    if rule.kinds:
        kinds = ", ".join(_(BY_NAME[one].label_plural) if one in BY_NAME else one for one in sorted(rule.kinds))
        found.append(_("Whole records withheld: {kinds}").format(kinds=kinds))
    if rule.species:
        found.append(_("Species withheld: {names}").format(names=", ".join(sorted(rule.species))))
    if rule.areas:
        areas = len(rule.areas)
        said = ngettext("Only from {n} protected area", "Only from {n} protected areas", areas)
        found.append(said.format(n=figure(areas)))
    if rule.embargo_days:
        said = ngettext("Withheld if younger than {n} day", "Withheld if younger than {n} days", rule.embargo_days)
        found.append(said.format(n=figure(rule.embargo_days)))
    for held, sentence in (
        (not rule.people, _("People and who did what withheld")),
        (not rule.tracks, _("Patrol tracks withheld")),
        (not rule.files, _("File names and camera data withheld")),
    ):
        if held:
            found.append(sentence)
    found += _places(rule)
    return found


_CELLS = {"3": "0.001", "2": "0.01", "1": "0.1"}
_OF = {
    0: N_("places without a sensitive species"),
    1: N_("places of extremely sensitive species"),
    2: N_("places of very sensitive species"),
    3: N_("places of sensitive species"),
    4: N_("places of less sensitive species"),
}


def _places(rule: Rule) -> list[str]:
    found: dict[str, list[str]] = {}
    for one, words in _OF.items():
        found.setdefault(rule.precision(one), []).append(_(words))
    lines = []
    for precision in ("withheld", "1", "2", "3"):
        if precision in found:
            places = ", ".join(found[precision])
            if precision == "withheld":
                lines.append(_("Withheld: {places}").format(places=places))
            else:
                said = _("In cells of {size} degree: {places}")
                lines.append(said.format(size=_CELLS[precision], places=places))
    return lines


def days_words(days: int) -> str:
    """Sent so many days ago without a receipt."""
    if days == 0:
        return _("sent today, not confirmed")
    said = ngettext("sent, not confirmed for {n} day", "sent, not confirmed for {n} days", days)
    return said.format(n=figure(days))


def state_words(line: Line) -> tuple[str, str]:
    """The state of a line in words, and the tone of its chip; no words where no receipt is due."""
    state = line.state
    if state == ledger.CONFIRMED:
        return _("confirmed"), "own"
    if state == ledger.UNCONFIRMED:
        return days_words(line.days), "attention"
    if state == ledger.IN_PART:
        if line.lacking <= 0:
            return _("arrived in part"), "problem"
        said = ngettext("arrived in part, {n} picture missing", "arrived in part, {n} pictures missing", line.lacking)
        return said.format(n=figure(line.lacking)), "problem"
    if state == ledger.OVERTAKEN:
        said = _("lost or late, bundle {n} brought it")
        return said.format(n=figure(line.by or 0)), "neutral"
    if state == ledger.RESTORED:
        return _("arrived, partner restored since"), "neutral"
    if state == ledger.UNFINISHED:
        return _("not finished"), "problem"
    return "", "neutral"


def proof_words(given: Given) -> str:
    """How it was proved: "a receipt from a file"."""
    return _(HOW[given.confirmed_how]) if given.confirmed_how in HOW else _("a receipt")


def standing_words(standing: Standing) -> tuple[str, str]:
    """Where a partner stands, and the tone of its chip."""
    if standing.state == ledger.NEVER:
        return _("never sent"), "neutral"
    if standing.state == ledger.CONFIRMED:
        return _("confirmed"), "own"
    if standing.state == ledger.IN_PART:
        return _("arrived in part"), "problem"
    return days_words(standing.days), "attention"


def kind_word(kind: str) -> str:
    """A kind of record in the plural; edits are told apart from records."""
    if kind == "edit":
        return _("Edits")
    return _(BY_NAME[kind].label_plural) if kind in BY_NAME else kind


def form_word(form: str) -> str:
    """A form of picture in the plural."""
    return _(FORMS[form]) if form in FORMS else form
