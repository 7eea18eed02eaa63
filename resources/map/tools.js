/* Where the pointer is, measuring, and drawing a point, a line or an area that the window then keeps. */
(function () {
  "use strict";
  const {data, map, element, said, number, colour} = window.ranger, W = data.words, geodesy = window.rangerGeodesy;

  const readout = element("div", "", "readout");
  document.body.appendChild(readout);
  let asked = 0;
  function at(where) {
    const lon = ((where.lng + 180) % 360 + 360) % 360 - 180;
    readout.textContent = where.lat.toFixed(5) + ", " + lon.toFixed(5) + "   "
      + geodesy.dms(where.lat, "NS") + " " + geodesy.dms(lon, "EW");
    // The title is the way of messages too frequent for links; the window writes UTM and MGRS from it.
    if (data.inWindow) document.title = "at " + where.lat.toFixed(6) + " " + lon.toFixed(6);
  }
  map.on("mousemove", (event) => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => at(event.latlng));
  });
  map.on("moveend", () => at(map.getCenter()));

  const says = element("div", "", "tool");
  says.hidden = true;
  document.body.appendChild(says);
  let tool = null;

  function plain(points) { return points.map((one) => [one.lat, one.lng]); }

  function sizes(points, closed) {
    const line = plain(points), parts = [];
    const metres = geodesy.length(closed && line.length > 2 ? line.concat([line[0]]) : line);
    parts.push(W.length + ": " + said(W.distance, {n: number(metres / 1000, metres < 10000 ? 3 : 1)}));
    if (line.length > 2) {
      const inside = geodesy.squareMetres(line) / 1e4;
      parts.push(W.area + ": " + said(W.hectares, {n: number(inside, inside < 100 ? 2 : 0)}));
    }
    return parts.join("   ");
  }

  function begin(what, points, words, done) {
    end();
    window.ranger.hideCard();
    window.ranger.busy = true;
    tool = {what, points: points.slice(), done, group: L.layerGroup().addTo(map), words};
    map.getContainer().classList.add("drawing");
    says.hidden = false;
    map.getContainer().focus();
    paint();
  }

  function paint() {
    tool.group.clearLayers();
    const closed = tool.what === "area";
    if (tool.points.length > 1) {
      const Kind = closed && tool.points.length > 2 ? L.polygon : L.polyline;
      tool.shape = Kind(tool.points, {color: colour("attention"), weight: 2.5, dashArray: "6 4", interactive: false});
      tool.group.addLayer(tool.shape);
    } else tool.shape = null;
    tool.points.forEach((point, i) => {
      const knot = L.marker(point, {draggable: true, icon: L.divIcon({className: "knot", iconSize: [14, 14]})});
      knot.on("drag", (event) => {
        tool.points[i] = event.latlng;
        if (tool.shape) tool.shape.setLatLngs(tool.points);
        tell();
      });
      tool.group.addLayer(knot);
    });
    tell();
  }
  function tell() {
    says.replaceChildren(element("strong", tool.what === "point" || !tool.points.length ? tool.words
      : sizes(tool.points, tool.what === "area")), element("span", W.draw, "muted"));
  }

  function add(where) {
    if (!tool) return;
    if (tool.what === "point") tool.points = [where]; else tool.points.push(where);
    paint();
  }
  function end() {
    if (!tool) return;
    tool.group.remove();
    tool = null;
    says.hidden = true;
    map.getContainer().classList.remove("drawing");
    // After the click that ended it, or that would open a card.
    setTimeout(() => { window.ranger.busy = false; }, 0);
  }

  map.on("click", (event) => add(event.latlng));
  map.doubleClickZoom.disable();
  document.addEventListener("keydown", (event) => {
    if (["INPUT", "SELECT", "BUTTON"].includes(event.target.tagName)) return;
    const key = event.key;
    if (!tool) {
      if (key === "Escape") window.ranger.hideCard();
      else if (key === "Enter") window.ranger.openChosen();
      return;
    }
    if (key === "Enter") {
      const {what, points, done} = tool, least = {point: 1, line: 2, area: 3}[what];
      if (done && points.length >= least) { end(); done(points); } else if (!done) end();
    } else if (key === "Escape") {
      end();
      if (data.inWindow) location.href = "ranger:drawing/none";
    } else if (key === "Backspace") { tool.points.pop(); paint(); }
    else if (key === " ") { event.preventDefault(); add(map.getCenter()); }
  });

  function geometry(what, points) {
    const places = points.map((one) => [Number(one.lng.toFixed(7)), Number(one.lat.toFixed(7))]);
    if (what === "point") return {type: "Point", coordinates: places[0]};
    if (what === "line") return {type: "LineString", coordinates: places};
    return {type: "Polygon", coordinates: [places.concat([places[0]])]};
  }

  Object.assign(window.ranger, {
    measure() { begin("line", [], W.measure, null); },
    draw(what, words, old) {
      const points = (old || []).map((one) => L.latLng(one[1], one[0]));
      begin(what, points, words, (drawn) => {
        location.href = "ranger:drawn?zoom=" + map.getZoom() + "&geometry=" + encodeURIComponent(JSON.stringify(geometry(what, drawn)));
      });
    },
    stop: end,
    measured() { return tool ? sizes(tool.points, tool.what === "area") : ""; },
    add(latitude, longitude) { add(L.latLng(latitude, longitude)); },
    finish() { document.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"})); },
  });
  if (!data.inWindow) {
    const button = element("button", W.measure, "measure");
    button.onclick = () => { if (tool) end(); else window.ranger.measure(); };
    document.body.appendChild(button);
  }
})();
