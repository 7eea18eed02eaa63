/* What a person narrows the map by: species, category, time; and the legend of what is drawn. */
(function () {
  "use strict";
  const {data, map, layers, state, element, said, number, colour, HUES, SHAPES} = window.ranger, W = data.words;
  const panel = element("form", undefined, "panel");
  panel.onsubmit = (event) => event.preventDefault();
  document.body.appendChild(panel);
  if (!data.inWindow) {
    panel.appendChild(element("h1", data.title));
    if (data.made) panel.appendChild(element("p", data.made, "muted"));
  }
  L.DomEvent.disableScrollPropagation(panel);

  function day(n) {
    return new Date(n * 86400000).toISOString().slice(0, 10);
  }

  const choices = {};
  for (const about of ["species", "category"]) {
    const words = new Set();
    layers.filter((one) => one.about === about).forEach((one) => one.words.forEach((word) => words.add(word)));
    if (words.size < 2) continue;
    const label = element("label", W[about]), select = element("select");
    select.id = "choose-" + about;
    select.appendChild(new Option(W.all, ""));
    [...words].sort((a, b) => a.localeCompare(b, data.language)).forEach((word) => {
      select.appendChild(new Option(word, word));
    });
    select.onchange = () => { state[about] = select.value; window.ranger.redraw(); };
    label.appendChild(select);
    panel.appendChild(label);
    choices[about] = select;
  }

  const sliders = {};
  if (state.low < state.high) {
    const time = element("fieldset"), says = element("legend");
    time.appendChild(says);
    let asked = 0;
    const tell = () => {
      const whole = state.from === state.low && state.to === state.high;
      says.textContent = W.time + ": " + (whole ? W.wholeTime + ", " : "") + day(state.from) + " – " + day(state.to);
    };
    for (const end of ["from", "to"]) {
      const label = element("label", W[end]), slider = element("input");
      Object.assign(slider, {type: "range", id: "time-" + end, min: state.low, max: state.high, value: state[end]});
      slider.oninput = () => {
        state[end] = Number(slider.value);
        if (state.from > state.to) {
          const other = end === "from" ? "to" : "from";
          state[other] = state[end];
          sliders[other].value = state[end];
        }
        tell();
        cancelAnimationFrame(asked);
        asked = requestAnimationFrame(window.ranger.redraw);
      };
      label.appendChild(slider);
      time.appendChild(label);
      sliders[end] = slider;
    }
    tell();
    panel.appendChild(time);
    window.ranger.period = (from, to) => {
      state.from = Math.max(state.low, from);
      state.to = Math.min(state.high, to);
      sliders.from.value = state.from;
      sliders.to.value = state.to;
      tell();
      window.ranger.redraw();
    };
  }

  function swatch(layer, tone) {
    const made = document.createElement("canvas"), size = 18;
    made.width = made.height = size * 2;
    made.className = "swatch";
    const c = made.getContext("2d");
    c.scale(2, 2);
    c.fillStyle = c.strokeStyle = tone;
    c.lineWidth = 2;
    c.beginPath();
    if (layer.kind === "lines") {
      if (layer.colour === "border") c.setLineDash([6, 2, 2, 2]);
      c.moveTo(1, 9); c.lineTo(17, 9); c.stroke();
    } else if (layer.kind === "areas" || layer.kind === "cell") {
      if (layer.kind === "cell") c.setLineDash([3, 2]);
      c.rect(2, 3, 14, 12);
      c.globalAlpha = 0.25; c.fill();
      c.globalAlpha = 1; c.stroke();
    } else {
      (SHAPES[layer.shape] || SHAPES.circle)(c, 9, 9, 6);
      c.fill();
      if (layer.ring) { c.strokeStyle = layer.ring; c.lineWidth = 2.6; c.stroke(); }
    }
    return made;
  }

  const legend = element("details", undefined, "legend");
  legend.open = !data.inWindow; // the window has a list of layers beside the map
  legend.appendChild(element("summary", W.legend));
  const rows = element("div"), sum = element("p", "", "muted");
  legend.appendChild(rows);
  panel.appendChild(legend);
  panel.appendChild(sum);
  (data.notes || []).forEach((note) => panel.appendChild(element("p", note, "muted")));

  function row(layer, tone, words, inner) {
    const made = element("div", undefined, inner ? "row inner" : "row");
    made.appendChild(swatch(layer, tone));
    made.appendChild(element("span", words));
    rows.appendChild(made);
    return made;
  }

  window.rangerPanel = {
    count() {
      rows.replaceChildren();
      let drawn = 0, rough = false, partner = false;
      for (const layer of [...layers].reverse()) { // as they lie on each other, the uppermost first
        if (!map.hasLayer(layer.group) || layer.kind === "image" || layer.kind === "tiles") continue;
        if (layer.section === "ground" && !layer.note) continue;
        if (layer.section === "records") drawn += layer.drawn || 0;
        if (!layer.things.length) continue;
        rough = rough || layer.things.some((one) => one[9] < 0);
        partner = partner || layer.things.some((one) => one[8] === 0);
        const hued = layer.about && layer.shape === "circle" && layer.kind === "points";
        row(layer, hued ? colour("muted") : colour(layer.colour), layer.name);
        if (hued) layer.words.slice(0, 8).forEach((word, i) => row(layer, HUES[i], word, true));
        if (layer.note) rows.appendChild(element("p", layer.note, "muted inner"));
      }
      if (partner) row({kind: "points", shape: "circle", ring: colour("partner")}, colour("surface"), W.partner);
      if (rough) row({kind: "cell"}, colour("accent"), W.cells);
      sum.textContent = said(W.drawn, {n: number(drawn)});
    },
  };
  window.ranger.legend = () => { legend.open = !legend.open; };
  window.ranger.focus = (what) => {
    const control = choices[what] || sliders[what];
    if (control) control.focus();
    return Boolean(control);
  };
  map.on("overlayadd overlayremove", () => window.rangerPanel.count());
  window.rangerPanel.count();
})();
