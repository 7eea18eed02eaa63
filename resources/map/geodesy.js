/* Lengths and areas on the WGS 84 ellipsoid, so that a map file measures without Ranger.
   Vincenty's inverse formula (1975) for lengths; areas on the sphere of equal area, by authalic latitude. */
(function () {
  "use strict";
  const A = 6378137, F = 1 / 298.257223563, B = A * (1 - F), E2 = F * (2 - F), E = Math.sqrt(E2);
  const rad = (degrees) => degrees * Math.PI / 180;

  function metres(from, to) {
    const L = rad(to[1] - from[1]);
    const u1 = Math.atan((1 - F) * Math.tan(rad(from[0]))), u2 = Math.atan((1 - F) * Math.tan(rad(to[0])));
    const s1 = Math.sin(u1), c1 = Math.cos(u1), s2 = Math.sin(u2), c2 = Math.cos(u2);
    let lambda = L;
    for (let turn = 0; turn < 100; turn++) {
      const sl = Math.sin(lambda), cl = Math.cos(lambda);
      const ss = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
      if (ss === 0) return 0;
      const cs = s1 * s2 + c1 * c2 * cl, sigma = Math.atan2(ss, cs);
      const sa = c1 * c2 * sl / ss, ca2 = 1 - sa * sa;
      const cm = ca2 === 0 ? 0 : cs - 2 * s1 * s2 / ca2;
      const c = F / 16 * ca2 * (4 + F * (4 - 3 * ca2)), before = lambda;
      lambda = L + (1 - c) * F * sa * (sigma + c * ss * (cm + c * cs * (2 * cm * cm - 1)));
      if (Math.abs(lambda - before) < 1e-12) {
        const k2 = ca2 * (A * A - B * B) / (B * B);
        const a = 1 + k2 / 16384 * (4096 + k2 * (-768 + k2 * (320 - 175 * k2)));
        const b = k2 / 1024 * (256 + k2 * (-128 + k2 * (74 - 47 * k2)));
        const d = b * ss * (cm + b / 4 * (cs * (2 * cm * cm - 1)
          - b / 6 * cm * (4 * ss * ss - 3) * (4 * cm * cm - 3)));
        return B * a * (sigma - d);
      }
    }
    return NaN; // nearly opposite points of the earth: nobody measures there
  }

  function q(sine) {
    return (1 - E2) * (sine / (1 - E2 * sine * sine) + Math.atanh(E * sine) / E);
  }
  const POLE = q(1), RADIUS = A * Math.sqrt(POLE / 2);

  function squareMetres(ring) {
    // Strips from the equator: between two points the sine of latitude is taken along the straight line.
    let sum = 0;
    for (let i = 0; i < ring.length; i++) {
      const one = ring[i], next = ring[(i + 1) % ring.length];
      const steps = Math.max(1, Math.ceil(Math.abs(next[1] - one[1]) / 0.01));
      for (let k = 0; k < steps; k++) {
        const middle = one[0] + (next[0] - one[0]) * (k + 0.5) / steps;
        sum += rad((next[1] - one[1]) / steps) * q(Math.sin(rad(middle))) / POLE;
      }
    }
    return Math.abs(sum) * RADIUS * RADIUS;
  }

  function length(line) {
    let sum = 0;
    for (let i = 1; i < line.length; i++) sum += metres(line[i - 1], line[i]);
    return sum;
  }

  function dms(value, letters) {
    const tenths = Math.round(Math.abs(value) * 36000), whole = Math.floor(tenths / 10);
    const two = (n) => String(n).padStart(2, "0");
    return Math.floor(whole / 3600) + "°" + two(Math.floor(whole / 60) % 60) + "′" + two(whole % 60) + "."
      + tenths % 10 + "″" + letters[value < 0 ? 1 : 0];
  }

  window.rangerGeodesy = {metres, length, squareMetres, dms};
})();
