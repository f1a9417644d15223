// The text of one document with its findings marked, inline or side by side.

const MOST = 1500; // characters of a block; a longer one is cut at a line's end, so that the browser can skip what is out of sight

let marks = []; // for each finding of the text that is shown, the elements that stand for it

function mark(finding, side) {
  const made = document.createElement("span");
  made.dataset.number = finding.number;
  if (side !== "restored") {
    made.setAttribute("role", "button");
    made.tabIndex = -1;
  }
  made.dataset.side = side;
  const found = document.createElement(side === "inline" ? "del" : "span");
  found.textContent = legible(finding.found);
  made.append(found);
  if (side === "inline") made.append(document.createElement("ins"));
  (marks[finding.number] ??= []).push(made);
  return made;
}

// Brings the elements of a finding up to date.
function refresh(finding, shown) {
  const replacement = replacementOf(finding);
  const standing = replacement ?? finding.found;
  for (const made of marks[finding.number] ?? []) {
    made.className = `mark ${finding.action} ${finding.decision}${replacement === null ? " stays" : ""}${shown ? "" : " off"}`;
    if (made.dataset.side === "restored") made.firstChild.textContent = legible(standing);
    if (made.dataset.side === "inline") made.lastChild.textContent = legible(replacement ?? finding.original);
    if (made.hasAttribute("role")) made.setAttribute("aria-label", legible(spoken(finding)));
  }
}

function spoken(finding) {
  const state = {
    accepted: `accepted: ${finding.original}`,
    changed: `changed to: ${finding.replacement}`,
    rejected: "rejected, stays",
    undecided: `${finding.action === "restore" ? "likely" : finding.alone ? "reads like" : "perhaps"}: ${finding.original}, substituted ${share(finding.substituted)}, this wording ${share(finding.confidence)}, undecided`,
  };
  return `${finding.found}, ${state[finding.decision]}`;
}

// What was decided, for the eye and the ear alike.
function told({ found, decision, replacement }) {
  return decision === "rejected" ? `“${found}” stays` : `“${found}” → “${replacement}”`;
}

// Blocks of the text: lists of strings and findings. They end at blank lines, and in long texts at other lines too.
function blocksOf(text) {
  const blocks = [{ parts: [], goesOn: false }];
  let size = 0;
  const begin = (goesOn) => {
    if (blocks.at(-1).parts.length) blocks.push({ parts: [], goesOn });
    size = 0;
  };
  text.pieces.forEach((piece, place) => {
    size += piece.length;
    if (place % 2) {
      blocks.at(-1).parts.push(text.findings[(place - 1) / 2]);
      return;
    }
    piece.split(/(?:\r?\n[ \t]*){2,}/).forEach((paragraph, number) => {
      if (number) begin(false);
      const cut = size > MOST ? paragraph.lastIndexOf("\n") : -1;
      if (cut >= 0) {
        if (cut) blocks.at(-1).parts.push(paragraph.slice(0, cut));
        begin(true);
      }
      if (paragraph.length > cut + 1) blocks.at(-1).parts.push(paragraph.slice(cut + 1));
    });
  });
  return blocks;
}

function showText(text, beside) {
  marks = [];
  const paragraph = (parts, side) => node("p", { class: side }, ...parts.map((part) => (typeof part === "string" ? part : mark(part, side))));
  const made = blocksOf(text).map(({ parts, goesOn }) => {
    const block = beside ? node("div", { class: "pair" }, paragraph(parts, "spun"), paragraph(parts, "restored")) : paragraph(parts, "inline");
    block.classList.add("block");
    block.classList.toggle("goes-on", goesOn);
    return block;
  });
  if (beside) made.unshift(node("div", { class: "pair titles", "aria-hidden": "true" }, node("p", {}, "As it stands"), node("p", {}, "Restored")));
  document.getElementById("text").replaceChildren(...made);
}
