// The page is whole without this script: it only lets the two sides scroll together, and keys go from one difference to
// the next. Start reading from the end.
"use strict";

// The two sides of a comparison: places that stand for each other, by their height on either side.
function together(comparison) {
  const sides = [...comparison.querySelectorAll(".side")];
  const marks = sides.map((side) => new Map([...side.querySelectorAll("[data-n]")].map((mark) => [mark.dataset.n, mark])));
  const common = [...marks[0].keys()].filter((n) => marks[1].has(n));
  let leads = 0;
  sides.forEach((side, own) => {
    for (const kind of ["pointerenter", "focusin", "touchstart", "wheel"]) side.addEventListener(kind, () => { leads = own; }, { passive: true });
    side.addEventListener("scroll", () => {
      if (leads === own) follow(side, sides[1 - own], common.map((n) => [marks[own].get(n), marks[1 - own].get(n)]));
    }, { passive: true });
  });
}

// Scroll `other` so that what stands for the middle of what is seen in `side` is in its own middle.
function follow(side, other, pairs) {
  const middle = side.scrollTop + side.clientHeight / 2;
  let nearest = null;
  let least = Infinity;
  for (const [here, there] of pairs) {
    const away = Math.abs(here.offsetTop - middle);
    if (away < least) [nearest, least] = [[here, there], away];
  }
  if (side.scrollTop <= 0) other.scrollTop = 0;
  else if (side.scrollTop + side.clientHeight >= side.scrollHeight - 1) other.scrollTop = other.scrollHeight;
  else if (nearest) other.scrollTop = nearest[1].offsetTop - nearest[0].offsetTop + middle - other.clientHeight / 2;
}

function show(mark) {
  for (const before of document.querySelectorAll(".d.at")) before.classList.remove("at");
  const comparison = mark.closest(".comparison");
  for (const one of comparison.querySelectorAll(`.d[data-n="${mark.dataset.n}"]`)) {
    one.classList.add("at");
    const side = one.closest(".side");
    side.scrollTop = one.offsetTop - side.clientHeight / 2;
  }
  mark.focus({ preventScroll: true });
}

document.querySelectorAll(".comparison").forEach(together);

document.addEventListener("click", (event) => {
  const mark = event.target.closest(".side .d");
  if (!mark) return;
  event.preventDefault();
  show(mark);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !["j", "k"].includes(event.key)) return;
  const marks = [...document.querySelectorAll(".side.text .d")];
  const at = marks.indexOf(document.activeElement) < 0 ? marks.findIndex((mark) => mark.classList.contains("at")) : marks.indexOf(document.activeElement);
  const next = marks[event.key === "j" ? at + 1 : Math.max(0, at - 1)];
  if (next) {
    next.closest(".sides").scrollIntoView({ block: "nearest" });
    show(next);
  }
});
