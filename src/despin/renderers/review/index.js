// The list of all texts.

const VERDICTS = { spun: "likely spun", unclear: "unclear", clean: "no sign of spinning" };

function badge(verdict) {
  return node("span", { class: `badge ${verdict}` }, VERDICTS[verdict]);
}

function showIndex() {
  const spun = texts.filter((text) => text.verdict === "spun").length;
  $("index-lead").textContent = `${texts.length} text${texts.length === 1 ? "" : "s"}, ${spun || "none"} likely spun; the likeliest first.`;
  const all = texts.flatMap((text) => text.findings);
  $("index-charts").replaceChildren(
    figure("Probability of each text", probabilities(texts)),
    ...(all.length ? [figure("Findings by family", families(all))] : []));
  $("texts").tBodies[0].replaceChildren(...texts.map((text, number) => {
    // Roles outright, since a narrow screen shows the rows as a grid and browsers then forget what they were.
    const cell = (attributes, ...children) => node("td", { role: "cell", ...attributes }, ...children);
    return node("tr", { role: "row" },
      node("th", { role: "rowheader", scope: "row" }, node("a", { href: `#${number + 1}` }, text.path)),
      cell({}, badge(text.verdict)),
      cell({ class: "probability" }, node("div", {}, node("span", {}, share(text.probability)), probabilityBar(text.probability, text.verdict))),
      cell({ class: "number", "data-name": "findings" }, text.findings.length),
      cell({ class: "number", "data-name": "decided" }, decided(text)),
      cell({ class: "wide" }, ...(text.findings.length ? [density(text, 40, 12)] : [])));
  }));
  const errors = data.errors.map(({ path, message }) => node("li", {}, path ? `${path}: ${message}` : message));
  $("errors").replaceChildren(...(errors.length ? [node("h2", {}, "Could not be read"), node("ul", {}, ...errors)] : []));
}
