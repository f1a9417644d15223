// Small charts in SVG. A chart is a picture with a sentence for those who do not see it.

function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.map((child) => (typeof child === "string" ? legible(child) : child)));
  return made;
}

function shape(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function picture(width, height, label, ...shapes) {
  const spoken = label ? { role: "img", "aria-label": label } : { "aria-hidden": true }; // without a label: beside its number
  return shape("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", ...spoken }, ...shapes);
}

const bar = (x, y, width, height, kind) => shape("rect", { x, y, width, height, class: `bar-${kind}` });

function figure(caption, chart) {
  return node("figure", {}, node("figcaption", {}, caption), chart);
}

// How many findings stand in each part of the text; what is restored below, what is only suggested above it.
function density(text, bins, height) {
  const restored = new Array(bins).fill(0);
  const suggested = new Array(bins).fill(0);
  const length = Math.max(1, lengthOf(text));
  for (const finding of text.findings) {
    const bin = Math.min(bins - 1, Math.floor((bins * finding.start) / length));
    (finding.action === "restore" ? restored : suggested)[bin] += 1;
  }
  const most = Math.max(1, ...restored.map((count, bin) => count + suggested[bin]));
  const shapes = [bar(0, height - 0.5, bins, 0.5, "base")];
  for (let bin = 0; bin < bins; bin += 1) {
    const low = (restored[bin] / most) * height;
    const high = (suggested[bin] / most) * height;
    if (low) shapes.push(bar(bin + 0.1, height - low, 0.8, low, "restore"));
    if (high) shapes.push(bar(bin + 0.1, height - low - high, 0.8, high, "suggest"));
  }
  return picture(bins, height, `${text.findings.length} findings along the text, at most ${most} in a part of it`, ...shapes);
}

// In code points: the end of the last finding, and what comes after it.
function lengthOf(text) {
  const last = text.findings.at(-1);
  return (last?.end ?? 0) + Array.from(text.pieces.at(-1)).length;
}

function probabilityBar(probability, verdict) {
  return picture(100, 8, `probability ${share(probability)}`, bar(0, 0, 100, 8, "base"), bar(0, 0, 100 * probability, 8, verdict));
}

// One column for each text, in the order of the table.
function probabilities(documents) {
  const height = 40;
  const columns = documents.map((text, place) =>
    bar(place + 0.1, height * (1 - text.probability), 0.8, Math.max(0.6, height * text.probability), text.verdict));
  const count = documents.filter((text) => text.verdict === "spun").length;
  const label = `probability of each of ${documents.length} texts; ${count} likely spun`;
  return picture(Math.max(12, documents.length), height, label, bar(0, height - 0.5, Math.max(12, documents.length), 0.5, "base"), ...columns);
}

function families(findings) {
  const counts = new Map();
  for (const { family } of findings) counts.set(family || "none", (counts.get(family || "none") ?? 0) + 1);
  const ordered = [...counts].sort((a, b) => b[1] - a[1]);
  const most = ordered[0]?.[1] ?? 1;
  const rows = ordered.slice(0, 5).map(([family, count]) => node("li", {},
    node("span", {}, family), picture(100, 8, "", bar(0, 0, (100 * count) / most, 8, "family")), node("span", { class: "number" }, count)));
  return node("ul", { class: "families" }, ...rows);
}

// Terms one after the other: each bar begins where the one before it ended, so that the eye can add them up.
function step(from, to, low, high, kind) {
  const scale = 100 / Math.max(1, high - low);
  const left = (Math.min(from, to) - low) * scale;
  return picture(100, 8, "", bar(-low * scale, 0, 0.6, 8, "zero"), bar(left, 1, Math.max(0.8, Math.abs(to - from) * scale), 6, kind));
}
