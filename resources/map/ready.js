/* Last of all: says when the first picture stands, for the window and for whoever measures. */
requestAnimationFrame(() => requestAnimationFrame(() => {
  window.rangerReady = performance.now();
  if (window.ranger.data.inWindow) document.title = "ready " + Math.round(window.rangerReady);
}));
