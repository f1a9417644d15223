"use strict";
// The texts, and what was decided on them. Nothing here touches the page.

const data = JSON.parse(document.getElementById("data").textContent);
const texts = data.documents;
for (const text of texts) {
  text.findings.forEach((finding, number) => {
    finding.number = number;
    finding.found = text.pieces[2 * number + 1];
    finding.decision = "undecided";
    finding.replacement = null;
  });
}

// What a reader would not see, or would turn the text around it, as its code: for everything that is shown, and for nothing
// that is kept.
const invisible = new RegExp(data.invisible, "gu");

function legible(string) {
  return string.replace(invisible, (char) => {
    const code = char.codePointAt(0);
    const [letter, digits] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
    return `\\${letter}${code.toString(16).padStart(digits, "0")}`;
  });
}

let unsaved = false;
const steps = []; // of steps; a step is a list of [finding, decision, replacement] as they were before

// What stands there in the end; null where the phrase stays.
function replacementOf(finding) {
  if (finding.decision !== "undecided") return finding.replacement;
  return finding.action === "restore" ? finding.original : null;
}

function decide(findings, decision, replacement) {
  steps.push(findings.map((f) => [f, f.decision, f.replacement]));
  for (const finding of findings) {
    finding.decision = decision;
    finding.replacement = decision === "accepted" ? finding.original : decision === "changed" ? replacement : null;
  }
  unsaved = true;
}

// Takes the last step back, and returns its findings.
function undo() {
  const step = steps.pop() ?? [];
  for (const [finding, decision, replacement] of step) Object.assign(finding, { decision, replacement });
  return step.map(([finding]) => finding);
}

function resultOf(text) {
  const stands = (piece, place) => (place % 2 ? replacementOf(text.findings[(place - 1) / 2]) ?? piece : piece);
  return text.pieces.map(stands).join("");
}

const decided = (text) => text.findings.filter((f) => f.decision !== "undecided").length;

// The decisions as JSON (docs/decisions.schema.json).
function decisionsToSave() {
  const documents = texts.map(({ path, sha256, findings }) => ({
    path,
    sha256,
    decisions: findings.map((finding) => ({
      start: finding.start,
      end: finding.end,
      found: finding.found,
      decision: finding.decision,
      replacement: replacementOf(finding),
    })),
  }));
  return JSON.stringify({ kind: data.kind, schema: data.schema, version: data.version, documents }, null, 2) + "\n";
}

// Takes over saved decisions, and says what came of it. What does not fit is left out: a page made by another version
// may have other findings.
function loadDecisions(content) {
  let saved;
  try {
    saved = JSON.parse(content);
  } catch {
    return "That file is not JSON.";
  }
  if (saved?.kind !== data.kind || !Array.isArray(saved.documents)) return "That file holds no decisions of a review.";
  if (saved.schema !== data.schema) return `That file has decisions of schema ${saved.schema}, which this page cannot read.`;
  const step = [];
  let strange = 0;
  for (const document of saved.documents) {
    const same = texts.filter((text) => text.sha256 === document?.sha256);
    const text = same.find((one) => one.path === document?.path) ?? same[0];
    const places = new Map((text?.findings ?? []).map((f) => [`${f.start} ${f.end}`, f]));
    for (const made of Array.isArray(document?.decisions) ? document.decisions : []) {
      const { start, end, decision, replacement } = made ?? {};
      if (decision === "undecided") continue;
      const finding = places.get(`${start} ${end}`);
      const fits = decision === "rejected" || (["accepted", "changed"].includes(decision) && typeof replacement === "string");
      if (!finding || !fits) {
        strange += 1;
        continue;
      }
      step.push([finding, finding.decision, finding.replacement]);
      finding.replacement = decision === "rejected" ? null : replacement;
      // Another version may restore it in other words; what was accepted then is to stand.
      finding.decision = decision === "accepted" && replacement !== finding.original ? "changed" : decision;
    }
  }
  if (step.length) steps.push(step);
  const others = strange ? ` ${strange} did not fit this page and were left out.` : "";
  return `${step.length} decision${step.length === 1 ? "" : "s"} loaded.${others}`;
}

// A probability in two digits, without claiming certainty.
function share(probability) {
  if (probability < 0.005) return "<0.01";
  return probability >= 0.995 ? ">0.99" : probability.toFixed(2);
}
