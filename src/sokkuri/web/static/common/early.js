// Runs before the first paint, so that a chosen theme does not flash. Not a module: modules wait.
(function () {
  "use strict";
  try {
    var theme = localStorage.getItem("sokkuri.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be closed to us; the system's theme is a good one.
  }
})();
