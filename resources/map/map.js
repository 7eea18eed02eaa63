/* Draws the layers that stand in the page's data block. Texts of records reach the page as text only, never as HTML. */
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("ranger-data").textContent);
  const W = data.words, map = window.map_ranger, root = document.documentElement;
  const PLACE = 0, TITLE = 1, FACTS = 2, ID = 3, KIND = 4, FIRST = 5, LAST = 6, WORDS = 7, OWN = 8, SIZE = 9,
    WEIGHT = 10, MARK = 11;
  const HUES = ["#d55e00", "#009e73", "#cc79a7", "#b8860b", "#6a3d9a", "#8c564b", "#3a8fb7", "#7f7f7f"];
  const FEW = 40; // so many marks need no cluster
  const CELL = {"-1": 0.05, "-2": 0.005, "-3": 0.0005};
  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim() || "#777777";
  const said = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const number = (n, digits) => n.toLocaleString(data.language, {maximumFractionDigits: digits || 0});

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  /* ------------------------------------------------------------ marks */

  const SHAPES = {
    circle(c, x, y, r) { c.arc(x, y, r, 0, Math.PI * 2); },
    square(c, x, y, r) { c.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8); },
    diamond(c, x, y, r) { polygon(c, [[x, y - r * 1.2], [x + r * 1.2, y], [x, y + r * 1.2], [x - r * 1.2, y]]); },
    triangle(c, x, y, r) { polygon(c, [[x, y - r * 1.2], [x + r * 1.15, y + r * 0.9], [x - r * 1.15, y + r * 0.9]]); },
    plus(c, x, y, r) {
      const a = r * 1.2, b = r * 0.45;
      polygon(c, [[x - b, y - a], [x + b, y - a], [x + b, y - b], [x + a, y - b], [x + a, y + b], [x + b, y + b],
        [x + b, y + a], [x - b, y + a], [x - b, y + b], [x - a, y + b], [x - a, y - b], [x - b, y - b]]);
    },
  };
  function polygon(c, points) {
    points.forEach((p, i) => i ? c.lineTo(p[0], p[1]) : c.moveTo(p[0], p[1]));
    c.closePath();
  }
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const c = renderer._ctx, p = this._point, r = this._radius;
      c.beginPath();
      (SHAPES[this.options.shape] || SHAPES.circle)(c, p.x, p.y, r);
      renderer._fillStroke(c, this);
      if (this.options.crossed) {
        c.beginPath();
        c.moveTo(p.x - r, p.y - r); c.lineTo(p.x + r, p.y + r);
        c.moveTo(p.x + r, p.y - r); c.lineTo(p.x - r, p.y + r);
        c.lineWidth = 2;
        c.strokeStyle = this.options.color;
        c.stroke();
      }
    },
  });

  /* ------------------------------------------------------------ layers */

  Object.assign(map.options, {maxZoom: 19, minZoom: 3, zoomSnap: 0.5});
  map.createPane("ground").style.zIndex = 250;
  map.getPane("ground").style.pointerEvents = "none";
  const ground = L.canvas({pane: "ground", padding: 0.3}), canvas = L.canvas({padding: 0.3, tolerance: 4});
  const state = {from: null, to: null, species: "", category: "", low: Infinity, high: -Infinity};
  const layers = data.layers.map((layer, number) => ({
    ...layer, number, group: window["feature_group_layer" + number], filled: false, wanted: layer.on,
    dated: layer.things.some((one) => one[FIRST] !== null), groundy: layer.section === "ground",
  }));
  const byId = Object.fromEntries(layers.map((one) => [one.id, one]));
  for (const layer of layers) {
    if (!layer.dated) continue;
    for (const one of layer.things) {
      if (one[FIRST] !== null) state.low = Math.min(state.low, one[FIRST]);
      if (one[LAST] !== null) state.high = Math.max(state.high, one[LAST]);
    }
  }
  if (state.low <= state.high) { state.from = state.low; state.to = state.high; }

  function shown(layer, one) {
    const whole = state.from === state.low && state.to === state.high;
    if (layer.dated && !whole) {
      if (one[FIRST] === null && one[LAST] === null) return false;
      const first = one[FIRST] === null ? one[LAST] : one[FIRST], last = one[LAST] === null ? Infinity : one[LAST];
      if (first > state.to || last < state.from) return false;
    }
    const wanted = layer.about && state[layer.about];
    return !wanted || (one[WORDS] || []).some((word) => layer.words[word] === wanted);
  }

  function hue(layer, one) {
    const words = one[WORDS] || [];
    if (layer.about && words.length && layer.shape === "circle") return HUES[words[0] % HUES.length];
    return colour(layer.colour);
  }

  function style(layer, one) {
    const o = layer.opacity / 100, own = one[OWN] === 1;
    return {
      renderer: layer.groundy ? ground : canvas,
      color: own ? colour("edge") : colour("partner"), weight: own ? 1.2 : 2.6, opacity: o,
      fillColor: hue(layer, one), fillOpacity: 0.9 * o,
    };
  }

  // Things at the very same place are one mark: of several on top of each other nobody could click the lower ones.
  function point(layer, here) {
    const one = here[0], options = style(layer, one);
    const weight = here.reduce((most, thing) => Math.max(most, thing[WEIGHT] || 0), 0);
    options.shape = layer.shape;
    options.things = here.length;
    options.radius = weight ? Math.min(22, 5 + Math.sqrt(weight) / 4) : 6 + Math.min(5, 1.5 * Math.log2(here.length));
    if (here.some((thing) => thing[MARK] === "failed")) {
      Object.assign(options, {crossed: true, fillColor: colour("surface"), color: colour("problem"), weight: 2});
    }
    const made = new Mark(one[PLACE], options);
    if (layer.groundy) made.bindTooltip(element("span", one[TITLE]), {permanent: true, direction: "right", className: "label"});
    else made.on("click", () => card(layer, here));
    return made;
  }

  function byPlace(things) {
    const places = new Map();
    for (const one of things) {
      const key = one[PLACE].join() + one[SIZE] + one[OWN];
      if (!places.has(key)) places.set(key, []);
      places.get(key).push(one);
    }
    return [...places.values()];
  }

  function unpacked(flat) {
    const line = [];
    for (let i = 0, lat = 0, lon = 0; i < flat.length; i += 2) {
      lat += flat[i]; lon += flat[i + 1];
      line.push([lat / 1e5, lon / 1e5]);
    }
    return line;
  }

  function line(layer, one) {
    const own = one[OWN] === 1, o = layer.opacity / 100, grounded = layer.groundy;
    const tone = layer.about === "individual" ? HUES[(one[WORDS][0] || 0) % HUES.length] : colour(layer.colour);
    const made = L.polyline(one[PLACE].map(unpacked), {
      renderer: grounded ? ground : canvas, interactive: !grounded, color: own ? tone : colour("partner"),
      weight: grounded ? 1.2 : 2.4, opacity: o, smoothFactor: 1.5,
      dashArray: one[MARK] === "crosses" ? "6 6" : layer.colour === "border" ? "10 4 2 4" : null,
    });
    if (!grounded) made.on("click", () => card(layer, [one]));
    return made;
  }

  function area(layer, one) {
    const own = one[OWN] === 1, o = layer.opacity / 100, grounded = layer.groundy;
    const known = layer.about === "individual"; // its edge is faint: dashed lines of moves lie on it
    const plain = known ? HUES[(one[WORDS][0] || 0) % HUES.length] : colour(layer.colour);
    const tone = own ? plain : colour("partner");
    const filled = {land: 1, water: 0.9}[layer.colour];
    const options = {
      renderer: grounded ? ground : canvas, interactive: !grounded, color: tone, weight: filled ? 0.6 : known ? 1 : 1.8,
      opacity: known ? 0.35 * o : o, fillColor: tone,
      fillOpacity: (filled !== undefined ? filled : one[WEIGHT] ? 0.1 + 0.6 * one[WEIGHT] : 0.1) * o,
      pointToLayer: (_feature, at) => new Mark(at, {...style(layer, one), shape: layer.shape, radius: 6}),
    };
    const made = L.GeoJSON.geometryToLayer({type: "Feature", properties: {}, geometry: one[PLACE]}, options);
    if (!grounded) made.on("click", () => card(layer, [one]));
    return made;
  }

  function cells(layer, things) {
    return byPlace(things).map((inside) => {
      const half = CELL[inside[0][SIZE]], [lat, lon] = inside[0][PLACE], own = inside.some((one) => one[OWN] === 1);
      const tone = own ? hue(layer, inside[0]) : colour("partner"), o = layer.opacity / 100;
      const made = L.rectangle([[lat - half, lon - half], [lat + half, lon + half]], {
        renderer: canvas, color: tone, weight: own ? 1.4 : 2.6, dashArray: "4 4", opacity: o,
        fillColor: tone, fillOpacity: Math.min(0.5, 0.12 + 0.04 * Math.log2(inside.length)) * o,
      });
      made.on("click", () => card(layer, inside));
      return made;
    });
  }

  function clusters() {
    return L.markerClusterGroup({
      animate: false, maxClusterRadius: 44, disableClusteringAtZoom: 15, showCoverageOnHover: false,
      spiderfyOnMaxZoom: false,
      iconCreateFunction(cluster) {
        const n = cluster.getAllChildMarkers().reduce((sum, mark) => sum + mark.options.things, 0);
        const size = n < 10 ? 28 : n < 100 ? 34 : n < 1000 ? 40 : 48;
        return L.divIcon({html: element("span", number(n)), className: "cluster", iconSize: [size, size]});
      },
    });
  }

  function fill(layer) {
    layer.filled = true;
    layer.group.clearLayers();
    if (layer.kind === "image") {
      const [south, west, north, east] = layer.bounds;
      layer.group.addLayer(L.imageOverlay(layer.source, [[south, west], [north, east]], {
        pane: pane(layer), opacity: layer.opacity / 100,
      }));
      return;
    }
    if (layer.kind === "tiles") {
      const [south, west, north, east] = layer.bounds || [-85, -180, 85, 180];
      const Kind = layer.source === "packed" ? Packed : L.TileLayer;
      layer.group.addLayer(new Kind(layer.source, {
        pictures: layer.pictures,
        pane: pane(layer),
        minNativeZoom: layer.zooms[0], maxNativeZoom: layer.zooms[1], maxZoom: 20, opacity: layer.opacity / 100,
        bounds: [[south, west], [north, east]],
      }));
      return;
    }
    const things = layer.things.filter((one) => shown(layer, one));
    layer.drawn = things.length;
    if (layer.kind === "lines") things.forEach((one) => layer.group.addLayer(line(layer, one)));
    else if (layer.kind === "areas") {
      things.forEach((one) => {
        try {
          layer.group.addLayer(area(layer, one));
        } catch (error) { // a shape out of somebody's file that is none: the others are drawn all the same
          layer.drawn -= 1;
        }
      });
    } else {
      const exact = things.filter((one) => !(one[SIZE] < 0)), rough = things.filter((one) => one[SIZE] < 0);
      cells(layer, rough).forEach((one) => layer.group.addLayer(one));
      exact.filter((one) => one[SIZE] >= 100).slice(0, 2000).forEach((one) => layer.group.addLayer(L.circle(one[PLACE], {
        renderer: canvas, interactive: false, radius: one[SIZE], color: hue(layer, one), weight: 1, dashArray: "2 4",
        opacity: layer.opacity / 100, fillOpacity: 0.06,
      })));
      const marks = byPlace(exact).map((here) => point(layer, here));
      if (layer.clustered && marks.length > FEW) {
        const all = clusters();
        all.addLayers(marks);
        layer.group.addLayer(all);
      } else marks.forEach((one) => layer.group.addLayer(one));
    }
  }

  const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
  const Packed = L.TileLayer.extend({
    getTileUrl(at) { return (this.options.pictures || {})[at.z + "/" + at.x + "/" + at.y] || NOTHING; },
  });
  function pane(layer) {
    const name = "under-" + layer.number;
    const made = map.getPane(name) || map.createPane(name);
    made.style.zIndex = 251 + order.indexOf(layer);
    made.style.pointerEvents = "none";
    return name;
  }

  // All lines and marks share one canvas, so that any of them can be clicked: what is drawn later lies above.
  let order = layers.slice();
  let asked = 0;
  for (const layer of layers) layer.group.on("add", () => { layer.filled = false; soon(); });
  function soon() {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(redraw);
  }
  function redraw() {
    for (const layer of order) {
      if (map.hasLayer(layer.group)) fill(layer); else layer.filled = false;
    }
    if (window.rangerPanel) window.rangerPanel.count();
  }

  /* ------------------------------------------------------------ the card of what was clicked */

  const box = element("section", undefined, "card");
  box.hidden = true;
  box.tabIndex = -1;
  document.body.appendChild(box);

  function card(layer, things) {
    if (window.ranger.busy) return;
    box.replaceChildren();
    const close = element("button", "×", "close");
    close.title = W.close;
    close.onclick = hideCard;
    box.appendChild(close);
    box.appendChild(element("p", layer.name, "what"));
    if (things.length > 1) box.appendChild(element("p", said(W.here, {n: number(things.length)}), "strong"));
    things.slice(0, 50).forEach((one) => box.appendChild(entry(layer, one)));
    if (things.length > 50) box.appendChild(element("p", said(W.more, {n: number(things.length - 50)}), "muted"));
    box.hidden = false;
    chosen = things[0];
  }
  let chosen = null;

  function entry(layer, one) {
    const part = element("div", undefined, "entry");
    part.appendChild(element("h2", one[TITLE] || layer.name));
    part.appendChild(element("p", one[OWN] === 1 ? W.own : W.partner, one[OWN] === 1 ? "chip own" : "chip partner"));
    (one[FACTS] || []).forEach((fact) => part.appendChild(element("p", fact)));
    if (one[SIZE] < 0) part.appendChild(element("p", W.cell, "rough"));
    else if (one[SIZE] >= 30) part.appendChild(element("p", said(W.uncertain, {n: number(one[SIZE])}), "rough"));
    if (data.inWindow && one[ID]) {
      const open = element("button", W.open, "open");
      open.onclick = () => { location.href = "ranger:open/" + one[KIND] + "/" + one[ID]; };
      part.appendChild(open);
      if (one[KIND] === "location" || one[KIND] === "protected_area") {
        if (one[KIND] === "location") part.appendChild(change(W.move, "move", one));
        part.appendChild(change(W.outline, "outline", one));
      }
    }
    return part;
  }
  function change(words, what, one) {
    const made = element("button", words, "open");
    made.onclick = () => { location.href = "ranger:" + what + "/" + one[KIND] + "/" + one[ID]; hideCard(); };
    return made;
  }
  function hideCard() { box.hidden = true; chosen = null; map.getContainer().focus(); }
  function openChosen() {
    if (chosen && chosen[ID]) location.href = "ranger:open/" + chosen[KIND] + "/" + chosen[ID];
  }

  /* ------------------------------------------------------------ what the window and the panel may ask for */

  window.ranger = {
    data, map, layers, byId, state, redraw, element, said, number, colour, hideCard, openChosen, busy: false, HUES, SHAPES,
    show(id, on) {
      const layer = byId[id];
      if (!layer) return;
      layer.wanted = on;
      if (on) map.addLayer(layer.group); else map.removeLayer(layer.group);
      if (window.rangerPanel) window.rangerPanel.count();
    },
    opacity(id, percent) {
      const layer = byId[id];
      if (!layer) return;
      layer.opacity = percent;
      soon();
    },
    order(ids) { // from below to above; what is not named stays below
      const place = (layer) => ids.indexOf(layer.id);
      order = layers.slice().sort((a, b) => place(a) - place(b) || a.number - b.number);
      soon();
    },
    put(state) { // the window's choices, before the first picture
      for (const [id, on, percent] of state) {
        const layer = byId[id];
        if (!layer) continue;
        layer.opacity = percent;
        if (on) map.addLayer(layer.group); else map.removeLayer(layer.group);
      }
      this.order(state.map((one) => one[0]));
    },
    fit() { if (data.bounds) fitTo(data.bounds); },
    fitLayer(id) {
      const layer = byId[id];
      if (!layer || !map.hasLayer(layer.group)) return;
      const bounds = L.featureGroup(layer.group.getLayers()).getBounds();
      if (bounds.isValid()) map.fitBounds(bounds, {maxZoom: 15, padding: [24, 24], animate: false});
    },
    goTo(latitude, longitude, size, words) {
      const at = [latitude, longitude];
      if (pin) pin.remove();
      pin = L.layerGroup([
        L.circle(at, {radius: Math.max(size, 1), color: colour("attention"), weight: 1, fillOpacity: 0.08, renderer: canvas}),
        L.marker(at, {icon: L.divIcon({className: "pin", iconSize: [26, 26]}), title: words || W.found}),
      ]).addTo(map);
      map.setView(at, Math.max(map.getZoom(), 14), {animate: false});
    },
    view() { const c = map.getCenter(); return [c.lat, c.lng, map.getZoom()]; },
    setView(v) { map.setView([v[0], v[1]], v[2], {animate: false}); },
    zoom(by) { map.setZoom(map.getZoom() + by); },
    drawnThings() { return layers.map((one) => [one.id, map.hasLayer(one.group) ? one.drawn || 0 : -1]); },
    things(id) { return byId[id] ? byId[id].things : []; },
  };
  let pin = null;

  function fitTo(b) {
    map.fitBounds([[b[0], b[1]], [b[2], b[3]]], {maxZoom: 12, padding: [24, 24], animate: false});
  }

  L.control.zoom({position: "topright", zoomInTitle: W.zoomIn, zoomOutTitle: W.zoomOut}).addTo(map);
  L.control.scale({imperial: false, maxWidth: 160}).addTo(map);
  const North = L.Control.extend({
    options: {position: "topright"},
    onAdd() {
      const made = element("div", "N", "north");
      made.title = W.north;
      return made;
    },
  });
  new North().addTo(map);
  const far = () => map.getContainer().classList.toggle("far", map.getZoom() < 9.5);
  map.on("zoomend", far);
  map.attributionControl.setPrefix(false);
  layers.filter((one) => one.credit).forEach((one) => {
    const safe = element("span", one.credit);
    one.group.getAttribution = () => safe.innerHTML;
  });
  if (data.bounds) fitTo(data.bounds);
  far();
  layers.forEach((layer) => { if (map.hasLayer(layer.group)) fill(layer); });
  layers.filter((one) => one.credit && map.hasLayer(one.group)).forEach((one) => {
    map.attributionControl.addAttribution(element("span", one.credit).innerHTML);
  });
})();
