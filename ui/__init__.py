"""The window: it draws, asks and calls actions; everything it can do, ``ranger_app`` can do without it.

How to write a screen
---------------------

A screen is a folder ``ui/<place>/`` with ``screen.py`` and in it one class that derives from
``ui.widgets.screen.Screen``; ``ui/shell/places.py`` names it. Screens never import one another nor ``ui.shell``.

    class PatrolsScreen(Screen):
        help_page = "patrols"                            # resources/help/<language>/patrols.md

        def __init__(self, library, bridge):
            super().__init__(library, bridge)            # scroll=False for pages that fill the window (grid, viewer)
            self.set_heading(_("Patrols"), _("Three wait to be submitted."))
            self.table = RecordTable(library, bridge, "patrol", EmptyState(_("…"), _("Enter a patrol"), self.add))
            self.body.addWidget(self.table, 1)           # margins of the page are set already
            add = self.commands()[0]
            self.set_actions(add, primary=add.id)        # buttons right of the title, with their keys

        def commands(self):                              # keys, palette (Ctrl+K), F1 list: all from here
            return [Command("patrols.add", _("Enter a patrol"), self.add, "Ctrl+N", group=_("Patrols"))]

        def refresh(self, changes):                      # Changes, or None: read everything (first show)
            self.table.refresh(changes)

Optional: ``open_at(target)`` (another place sent the person here by ``go.emit("patrols", target)``), ``state()`` and
``restore()`` (a change of language or appearance builds all screens anew), ``leave()``, ``start_focus()``, and
``pictures()``: further states for ``python -m ui.screens``, which checks each for cut words, contrast, silent tables.
Emit ``commands_changed`` when ``commands()`` would answer differently (another tab), ``heading_changed`` comes with
set_heading and set_actions. ``panel_wanted.emit(widget, title)`` shows a widget in the side panel, ``panel_done``
closes it.

Keys taken by the shell: F1 F2 Ctrl+K Ctrl+Z Ctrl+Shift+Z Ctrl+Y Ctrl+1…Ctrl+8 Escape (closes panels). Plain letters
and digits are free for screens: text fields keep them for typing. ``Command(bound=False)`` is listed only, for keys a
widget handles itself (arrows in a grid). Every command has a key; two commands of a screen never share one.

Work (``ui.bridge``)
    bridge.run(lambda cancel: listing.lines(...), self._show, owner=self)            read, compute: on the pool
    bridge.act(lambda cancel: identify(...), self._done, owner=self)                 small change: strictly in order
    bridge.run(lambda cancel: ingest(library, request, cancel), self._done, owner=self, title=_("Card from …"))
        a generator of Progress becomes a job with count, time left and Cancel in the bottom line
    bridge.say(ngettext("Marked {n} picture blank.", …), undo=True)                  the strip for 8 seconds
    Without ``failed=`` an error becomes the window's banner; ``ui.problems.worded(error)`` gives its words.
    ``library.listeners`` feeds ``bridge.changed``, which calls refresh() of every built screen: a screen that wrote
    something need not refresh itself.

Parts (``ui.widgets``)
    text       label(text, role), section, muted, hairline · roles: title sentence section muted strong figure step
               scientific code warning
    buttons    button(text, run, role=, icon=, key=), primary(text, run, key=), for_command(command)
    chip       Chip(word, tone) · tones: neutral own attention problem partner
    keycap     keycap("B"), KeyHint(["Left", "Right"], _("picture"))
    card       Card(title).body/.head, FigureCard(what, figure=, remark=, action=, run=, primary=), card_row(*cards)
    empty_state EmptyState(sentence, action, run, icon=, key=)
    segments   Segments([words]).chosen(int), Pages([(word, page)]) with .commands(place, group): Alt+1, Alt+2 …
    table      RecordTable(library, bridge, kind, empty, columns=, match=, newest_first=) · opened(id) selected(id)
    form       RecordForm(library, bridge, kind, fields=, fixed=, columns=) · open_new(values) open_record(id) save()
    field_editors FieldEditor(field) for a single field; species_text, species_offered, species_of
    banner     Banner(what, todo, tone, action, run, close=)
    choose     choose_folder(parent, title, chosen), choose_file(…): never exec()
    media_source MediaSource(library): find(gallery.Filter(...)) -> row numbers (call it on the pool), cell(row), ids()
    grid_view  GridView(source): show_keys(keys), forget() after changes, go_to(row), current_row, selected_ids(),
               selected_number() · opened(row) moved(row) chosen_changed · arrows, Home/End, PgUp/PgDn, Shift, Ctrl+A,
               Space and Enter are its own keys
    thumbs     read_picture(path, box) -> QImage on a worker (QImageReader only); Thumbs behind the grid
    screen     Screen

``ui.numbers`` writes numbers, sizes, days and moments; ``ui.icons.icon(name, colour)`` draws;
``ui.theme.colour(token)`` gives a QColor to painted widgets, read at each paint. No colour, font or size is set
anywhere else, no text stands outside gettext, nothing calls exec() or processEvents(), and only ``ui.bridge`` and the
preview loader start threads. Tests: fixtures ``library``, ``bridge`` (inline), ``window`` in tests/ui/conftest.py.
"""
