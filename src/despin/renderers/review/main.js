// Which text and which finding are at hand, and what mouse and keys do. Start reading from `route`.

let text = null; // the text at hand
let shown = []; // its findings that pass the filters
let at = null; // the finding at hand
let beside = false;

const filters = { action: new Set(), family: new Set(), confidence: 0, decision: "" };

function passes(finding) {
  return filters.action.has(finding.action) && filters.family.has(finding.family) &&
    finding.confidence >= filters.confidence && (!filters.decision || finding.decision === filters.decision);
}

// --- what is shown -------------------------------------------------------------------------------------------------

// The address says what is shown, so that the browser's back button works: #index, or the number of a text.
function route() {
  const number = Number(location.hash.slice(1));
  const chosen = texts[number - 1] ?? (location.hash !== "#index" && texts.length === 1 ? texts[0] : null);
  $("index").hidden = Boolean(chosen);
  $("document").hidden = !chosen;
  for (const button of document.querySelectorAll(".of-document")) button.hidden = !chosen;
  text = chosen;
  if (chosen) showDocument();
  else showIndex();
  scrollTo(0, 0);
}

function showDocument() {
  const number = texts.indexOf(text);
  $("pages").hidden = texts.length === 1;
  $("page-number").textContent = `${number + 1} of ${texts.length}`;
  $("before").disabled = number === 0;
  $("after").disabled = number === texts.length - 1;
  $("path").textContent = legible(text.path);
  $("verdict").className = `badge ${text.verdict}`;
  $("verdict").textContent = VERDICTS[text.verdict];
  $("numbers").textContent = [`probability ${share(text.probability)}`, `spin rate ${text.spin_rate.toFixed(2)}`,
    `${text.findings.length} finding${text.findings.length === 1 ? "" : "s"} in ${text.words} words`].join(" · ");
  const chart = density(text, 80, 20);
  chart.addEventListener("click", (event) => {
    const box = chart.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * lengthOf(text);
    go(shown.find((finding) => finding.start >= place) ?? shown.at(-1));
  });
  $("charts").replaceChildren(...(text.findings.length ? [figure("Findings along the text", chart), figure("By family", families(text.findings))] : []));
  offer("actions", "action", ["restore", "suggest"], { restore: "restored", suggest: "suggested" });
  offer("families", "family", [...new Set(text.findings.map((finding) => finding.family))].sort(), { "": "none" });
  at = null;
  showText(text, beside);
  applyFilters();
}

// Boxes to tick for the values of a filter that occur in this text.
function offer(id, name, values, names) {
  filters[name] = new Set(values);
  const counts = new Map(values.map((value) => [value, text.findings.filter((finding) => finding[name] === value).length]));
  $(id).replaceChildren(...values.map((value) => {
    const box = node("input", { type: "checkbox", value, "data-filter": name });
    box.checked = true;
    return node("label", {}, box, ` ${legible(names[value] ?? value)} `, node("small", {}, counts.get(value)));
  }));
}

function applyFilters() {
  const before = at;
  shown = text.findings.filter(passes);
  const visible = new Set(shown);
  for (const finding of text.findings) refresh(finding, visible.has(finding));
  $("count").textContent = `${shown.length} shown`;
  $("accept-all").disabled = $("reject-all").disabled = !shown.length;
  const start = before?.start ?? 0;
  at = null;
  go(visible.has(before) ? before : shown.find((finding) => finding.start >= start) ?? shown.at(-1) ?? null, { quiet: true });
}

// Makes `finding` the one at hand. With `focus` the keyboard goes to it in the text, which also makes it spoken.
function go(finding, { focus = false, quiet = false } = {}) {
  for (const made of marks[at?.number] ?? []) {
    made.classList.remove("at");
    made.removeAttribute("aria-current");
    if (made.hasAttribute("role")) made.tabIndex = -1;
  }
  at = finding;
  const made = marks[at?.number] ?? [];
  for (const element of made) element.classList.add("at");
  if (made.length) {
    made[0].tabIndex = 0;
    made[0].setAttribute("aria-current", "true");
    if (focus) made[0].focus({ preventScroll: true });
    if (!quiet) bringIntoView(made[0]);
  }
  showPanel(text, at, shown.indexOf(at), shown.length);
}

// To where nothing covers it: on a phone the panel lies over the lower part of the page.
function bringIntoView(element) {
  const box = element.getBoundingClientRect();
  const panel = $("panel").getBoundingClientRect();
  const floor = getComputedStyle($("panel")).position === "fixed" ? panel.top : innerHeight;
  if (box.top < 90 || box.bottom > floor - 24) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollBy({ top: box.top - floor * 0.4, behavior: calm ? "instant" : "auto" });
  }
}

// --- what is done --------------------------------------------------------------------------------------------------

function move(by, options) {
  const next = shown[shown.indexOf(at) + by];
  if (next) go(next, options);
}

function choose(decision, replacement) {
  if (!at) return;
  const inText = document.activeElement === document.body || Boolean(document.activeElement.closest("#text, #editor"));
  decide([at], decision, replacement);
  refresh(at, true);
  say(told(at));
  const last = at === shown.at(-1);
  if ($("advance").checked && !last) move(1, { focus: inText });
  else go(at, { focus: inText });
}

function chooseAll(decision) {
  const count = shown.length;
  decide(shown, decision);
  applyFilters();
  say(`${count} findings ${decision}.`);
}

function takeBack() {
  const findings = undo();
  if (!findings.length) return;
  applyFilters();
  const here = findings.find((finding) => shown.includes(finding));
  if (here) go(here, { focus: true });
  say(findings.length === 1 ? "Undone." : `${findings.length} decisions undone.`);
}

function alternative(number) {
  const chosen = at?.alternatives[number];
  if (chosen) choose("changed", chosen[0]);
}

// --- in and out ----------------------------------------------------------------------------------------------------

async function copyResult() {
  const result = resultOf(text);
  try {
    await navigator.clipboard.writeText(result);
    say("The result is copied.");
  } catch {
    const area = node("textarea", { class: "unseen" });
    area.value = result;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy"); // where the browser keeps the clipboard from a file's page
    area.remove();
    say(copied ? "The result is copied." : "This browser does not let the page copy; download the result instead.");
  }
}

function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = node("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function downloadResult() {
  const name = text.path.split(/[\\/]/).at(-1) || "text";
  const dot = name.lastIndexOf(".");
  const restored = dot > 0 ? `${name.slice(0, dot)}.restored${name.slice(dot)}` : `${name}.restored.txt`;
  download(restored, resultOf(text), "text/plain");
}

function saveDecisions() {
  download("despin-decisions.json", decisionsToSave(), "application/json");
  unsaved = false;
}

async function readDecisions(file) {
  const sentence = loadDecisions(await file.text());
  if (text) applyFilters();
  else showIndex();
  say(sentence);
}

// --- mouse and keys ------------------------------------------------------------------------------------------------

const actions = {
  skip: () => $(text ? "text" : "index").focus(),
  copy: copyResult, download: downloadResult, save: saveDecisions, undo: takeBack, cancel: () => { closeEditor(); go(at, { focus: true }); },
  load: () => $("file").click(), "show-help": () => $("help").showModal(),
  previous: () => move(-1), next: () => move(1), accept: () => choose("accepted"), reject: () => choose("rejected"),
  edit: () => ($("editor").hidden ? openEditor(at) : closeEditor()),
  "accept-all": () => chooseAll("accepted"), "reject-all": () => chooseAll("rejected"),
  before: () => { location.hash = texts.indexOf(text); }, after: () => { location.hash = texts.indexOf(text) + 2; },
  inline: () => view(false), beside: () => view(true),
};
for (const [id, action] of Object.entries(actions)) $(id).addEventListener("click", action);

function view(sideBySide) {
  beside = sideBySide;
  $("inline").setAttribute("aria-pressed", !beside);
  $("beside").setAttribute("aria-pressed", beside);
  showText(text, beside);
  applyFilters();
  if (at) go(at);
}

$("file").addEventListener("change", (event) => {
  if (event.target.files.length) readDecisions(event.target.files[0]);
  event.target.value = ""; // so that the same file can be loaded again
});
$("text").addEventListener("click", (event) => {
  const number = event.target.closest(".mark:not(.off)")?.dataset.number;
  if (number !== undefined) go(text.findings[number], { focus: true, quiet: true });
});
$("alternatives").addEventListener("click", (event) => {
  const number = event.target.closest("button")?.dataset.alternative;
  if (number !== undefined) alternative(Number(number));
});
$("filters").addEventListener("input", (event) => {
  const { filter } = event.target.dataset;
  if (filter) filters[filter][event.target.checked ? "add" : "delete"](event.target.value);
  filters.confidence = Number($("confidence").value);
  $("least").textContent = filters.confidence.toFixed(2);
  filters.decision = $("decision").value;
  applyFilters();
});
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("editor").addEventListener("submit", (event) => {
  event.preventDefault();
  choose("changed", $("words").value);
});
$("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("editor").requestSubmit();
  } else if (event.key === "Escape") {
    actions.cancel();
  }
});

const keys = {
  j: () => move(1, { focus: true }), k: () => move(-1, { focus: true }), a: actions.accept, r: actions.reject,
  e: () => at && openEditor(at), u: takeBack, "?": actions["show-help"],
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  if (event.target.closest?.("textarea, select") || (event.key !== "?" && !text)) return;
  const inMark = event.target.closest?.(".mark");
  if (inMark && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    $("accept").focus();
  } else if ($("keys").checked && (keys[event.key] || /^[1-4]$/.test(event.key))) {
    event.preventDefault();
    (keys[event.key] ?? (() => alternative(Number(event.key) - 1)))();
  }
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
addEventListener("hashchange", route);

$("made").textContent = `Made by despin ${data.version}.`;
$("evidence").open = $("filtering").open = matchMedia("(min-width: 60rem)").matches;
route();
