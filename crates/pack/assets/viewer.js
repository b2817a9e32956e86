"use strict";
(function () {
  var root = document.documentElement;
  root.classList.add("js");

  // Light and dark.
  var theme = document.getElementById("theme");
  theme.addEventListener("click", function () {
    var dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // Only the controls with one status.
  var buttons = Array.prototype.slice.call(document.querySelectorAll("[data-filter]"));
  var controls = Array.prototype.slice.call(document.querySelectorAll("[data-status]"));
  buttons.forEach(function (button) {
    button.disabled = false;
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") !== "true";
      buttons.forEach(function (other) {
        other.setAttribute("aria-pressed", String(on && other === button));
      });
      controls.forEach(function (control) {
        control.hidden = on && control.dataset.status !== button.dataset.filter;
      });
      document.querySelectorAll(".area").forEach(function (area) {
        area.hidden = !area.querySelector("[data-status]:not([hidden])");
      });
    });
  });

  // On paper everything is open.
  var opened = [];
  function openAll() {
    opened = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    opened.forEach(function (one) { one.open = true; });
  }
  addEventListener("beforeprint", openAll);
  addEventListener("afterprint", function () {
    opened.forEach(function (one) { one.open = false; });
  });
  document.getElementById("print").addEventListener("click", function () { print(); });

  // A link into something folded opens it.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") { at.open = true; }
      at.hidden = false;
    }
    if (target) { target.scrollIntoView(); }
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
