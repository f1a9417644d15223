// The finding at hand: what it is, what it rests on, what can be decided.

const $ = (id) => document.getElementById(id);

function say(sentence) {
  $("say").textContent = legible(sentence);
  $("say").classList.add("seen");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => $("say").classList.remove("seen"), 4000);
}

function showPanel(text, finding, place, shown) {
  $("finding").hidden = !finding;
  $("which").textContent = finding ? `Finding ${place + 1} of ${shown}` : text.findings.length ? "No finding is shown" : "No findings";
  $("previous").disabled = !finding || place === 0;
  $("next").disabled = !finding || place === shown - 1;
  $("progress").textContent = `${decided(text)} of ${text.findings.length} decided`;
  $("undo").disabled = !steps.length;
  if (!finding) return;
  $("found").textContent = legible(finding.found);
  const replacement = replacementOf(finding);
  $("original").textContent = legible(replacement ?? finding.original);
  $("finding").dataset.state = `${finding.action} ${finding.decision}`;
  const how = finding.action === "restore" ? "restored" : finding.alone ? "reads like it, reported by itself" : "suggested";
  const parts = [`${how}, substituted ${share(finding.substituted)}`, `this wording ${share(finding.confidence)}`, finding.family, finding.place];
  $("why").textContent = legible(parts.filter(Boolean).join(" · "));
  $("accept").setAttribute("aria-pressed", finding.decision === "accepted");
  $("reject").setAttribute("aria-pressed", finding.decision === "rejected");
  $("edit").classList.toggle("chosen", finding.decision === "changed");
  closeEditor();
  $("alternatives").replaceChildren(...finding.alternatives.map(([alternative, confidence], number) => {
    const chosen = finding.decision === "changed" && finding.replacement === alternative;
    const key = number < 4 ? [" ", node("kbd", {}, number + 1)] : [];
    return node("button", { "aria-pressed": chosen, "data-alternative": number }, alternative, node("small", {}, ` ${share(confidence)}`), ...key);
  }));
  showEvidence(finding);
}

function showEvidence(finding) {
  $("evidence").hidden = !finding.evidence.length;
  let sum = 0;
  const terms = finding.evidence.map(([kind, weight, note]) => ({ kind: data.names[kind], note: data.names[note], weight, from: sum, to: (sum += weight) }));
  const ends = [0, ...terms.map((term) => term.to)];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const signed = (weight) => (weight < 0 ? "−" : "+") + (Math.abs(weight) / 100).toFixed(2);
  const row = (name, note, weight, chart) => node("tr", {}, node("th", { scope: "row" }, name, node("small", {}, note)),
    node("td", { class: "number" }, signed(weight)), node("td", { class: "chart" }, chart));
  const told = terms.filter((term) => term.weight);
  $("evidence").querySelector("tbody").replaceChildren(...told.map(({ kind, note, weight, from, to }) =>
    row(kind, note, weight, step(from, to, low, high, weight < 0 ? "against" : "for"))));
  $("evidence").querySelector("tfoot").replaceChildren(
    row("sum", `log-odds of a confidence of ${share(finding.confidence)}`, sum, step(0, sum, low, high, "sum")));
}

function openEditor(finding) {
  $("editor").hidden = false;
  $("edit").setAttribute("aria-expanded", "true");
  $("words").value = replacementOf(finding) ?? finding.original;
  $("words").focus();
  $("words").select();
}

function closeEditor() {
  $("editor").hidden = true;
  $("edit").setAttribute("aria-expanded", "false");
}
