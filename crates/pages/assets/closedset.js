// Small additions to pages that work without them: the theme, copy buttons, live regions,
// upload progress, a hint about a password's strength, printing.

const root = document.documentElement;

// --- Theme: as the system, light, dark ---------------------------------------------------------

const THEMES = ["auto", "light", "dark"];

function theme() {
  return root.dataset.theme ?? "auto";
}

function setTheme(choice) {
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  try {
    if (choice === "auto") localStorage.removeItem("closedset-theme");
    else localStorage.setItem("closedset-theme", choice);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  showTheme();
}

function showTheme() {
  for (const word of document.querySelectorAll("[data-theme-word]")) {
    word.textContent = word.dataset[`words${theme().replace(/^./, (c) => c.toUpperCase())}`];
  }
  for (const input of document.querySelectorAll("input[data-theme-choice]")) {
    input.checked = input.value === theme();
  }
}

for (const button of document.querySelectorAll("[data-theme-cycle]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  });
}
document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-theme-choice]")) setTheme(event.target.value);
});
showTheme();

// On a phone the menu is a strip: the current place is brought into sight.
const here = document.querySelector(".rail__link[aria-current]");
if (here && here.closest("nav").scrollWidth > here.closest("nav").clientWidth) {
  here.closest("nav").scrollLeft = here.offsetLeft - 24;
}

// --- The menu of a narrow screen: the place where one is comes into view ------------------------

const marked = document.querySelector(".rail__link[aria-current]");
const menu = marked?.closest(".rail__menu");
if (menu) menu.scrollLeft = marked.offsetLeft - (menu.clientWidth - marked.offsetWidth) / 2;

// --- Copying and printing ----------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const word = button.querySelector("[data-copy-word]") ?? button;
  const before = (word.dataset.before ??= word.textContent);
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = "Copied";
  } catch {
    word.textContent = "Select and copy";
  }
  say(word.textContent);
  setTimeout(() => { word.textContent = before; }, 2500);
});

// One quiet place where screen readers hear of what changed.
const voice = document.createElement("p");
voice.className = "visually-hidden";
voice.setAttribute("role", "status");
document.body.append(voice);

function say(words) {
  voice.textContent = words;
}

// --- Live regions ------------------------------------------------------------------------------
// <div id="x" data-refresh-url="/board" data-refresh-seconds="20"> fetches that page again and
// puts its #x in place of this one. It waits while the page is hidden, while a field in it is
// being filled in, while text in it is selected, and while a person has paused it.

function keepFresh(id) {
  let paused = false;
  let failures = 0;
  let waiting = null;

  const region = () => document.getElementById(id);
  const seconds = () => Math.max(5, Number(region()?.dataset.refreshSeconds) || 30);

  function drawControl() {
    const place = region()?.querySelector("[data-refresh-control]");
    if (!place) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tally-button";
    button.id = `${id}-pause`;
    button.setAttribute("aria-pressed", String(paused));
    const isLost = !paused && failures > 0;
    button.toggleAttribute("data-lost", isLost);
    button.textContent = paused ? "Paused" : isLost ? "Connection lost" : "Live";
    button.title = paused ? "Resume updates" : "Pause updates";
    button.addEventListener("click", () => {
      paused = !paused;
      drawControl();
      document.getElementById(`${id}-pause`)?.focus();
      if (!paused) refresh();
    });
    place.replaceChildren(button);
  }

  function isBusy() {
    const here = region();
    const active = document.activeElement;
    const selection = getSelection();
    return (
      document.hidden ||
      paused ||
      (here.contains(active) && active.matches("input, select, textarea")) ||
      here.querySelector("input:user-invalid, textarea:user-invalid") !== null ||
      (selection && !selection.isCollapsed && here.contains(selection.anchorNode))
    );
  }

  async function refresh() {
    const here = region();
    if (!here) return;
    if (isBusy()) return schedule();
    try {
      const response = await fetch(here.dataset.refreshUrl, {
        // The header says that nobody asked, so that the session still ends when nobody is there.
        headers: { accept: "text/html", "closedset-refresh": "1" },
        signal: AbortSignal.timeout(10_000),
      });
      if (response.redirected) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(id);
      if (fresh && !isBusy()) swap(here, fresh);
      if (failures > 0) say("The connection is back");
      failures = 0;
    } catch {
      failures += 1;
      if (failures === 1) say("Connection lost. What is shown may be old.");
    }
    drawControl();
    schedule();
  }

  function swap(here, fresh) {
    // What somebody opened to read stays open: known by its id, or else by what it says.
    const key = (details) => details.id || details.querySelector("summary")?.textContent;
    const open = new Set([...here.querySelectorAll("details[open]")].map(key));
    const active = here.contains(document.activeElement) ? document.activeElement : null;
    const href = active?.getAttribute("href");
    here.replaceWith(document.adoptNode(fresh));
    for (const details of region().querySelectorAll("details")) {
      if (open.has(key(details))) details.open = true;
    }
    if (active) {
      drawControl();
      const same = active.id
        ? document.getElementById(active.id)
        : href && region().querySelector(`a[href="${CSS.escape(href)}"]`);
      same?.focus({ preventScroll: true });
    }
  }

  function schedule() {
    clearTimeout(waiting);
    // Lost for a moment: soon again. Lost for longer: as often as ever, whoever restarts a server
    // has many screens waiting for it.
    const pause = failures > 0 && failures <= 12 ? 5 : seconds();
    waiting = setTimeout(refresh, pause * 1000);
  }

  drawControl();
  schedule();
  addEventListener("offline", () => {
    failures = Math.max(failures, 1);
    drawControl();
    schedule();
  });
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  document.addEventListener("content-replaced", drawControl);
}

for (const region of document.querySelectorAll("[data-refresh-url][id]")) keepFresh(region.id);

// --- Uploads -----------------------------------------------------------------------------------
// <form data-upload> shows how far the file has come. Without this script it posts as it is.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  const box = document.createElement("div");
  box.className = "upload";
  const bar = document.createElement("progress");
  bar.className = "progress";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", "Upload");
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "button button--small";
  stop.textContent = "Stop the upload";
  box.append(bar, words, stop);
  form.querySelector(".upload")?.remove();
  form.append(box);
  button.disabled = true;

  const request = new XMLHttpRequest();
  const end = (text) => { words.textContent = text; stop.remove(); button.disabled = false; };
  request.open("POST", form.action);
  request.setRequestHeader("accept", "text/html");
  // What it fetches is not the page that a person sees: that one comes after it.
  request.setRequestHeader("closedset-upload", "1");
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    bar.value = loaded / total;
    words.textContent = loaded < total
      ? `${mebibytes(loaded)} of ${mebibytes(total)} sent`
      : "Sent. Being checked and stored.";
  });
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const answer = page.getElementById("content");
    if (!answer) return end("The upload was refused. Nothing was stored.");
    document.getElementById("content").replaceWith(document.adoptNode(answer));
    document.dispatchEvent(new Event("content-replaced"));
    document.querySelector("[aria-invalid]")?.focus();
  });
  request.addEventListener("error", () => end("The connection broke. Nothing was stored; try again."));
  request.addEventListener("abort", () => end("Stopped. Nothing was stored."));
  stop.addEventListener("click", () => request.abort());
  request.send(new FormData(form));
});

// <form data-drop>: a file dropped anywhere on it is chosen, not opened by the browser.

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form[data-drop]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("form--over", kind === "dragover");
    const input = form.querySelector("input[type=file]");
    if (kind !== "drop" || event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    input.focus();
  });
}

function mebibytes(bytes) {
  return `${(bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0)} MiB`;
}

// --- Files that are too large --------------------------------------------------------------------
// <input type=file data-most=BYTES>: said before anything is sent.

document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-most]");
  if (!input) return;
  const most = Number(input.dataset.most);
  const large = [...input.files].find((file) => file.size > most);
  input.setCustomValidity(large ? `“${large.name}” has ${mebibytes(large.size)}, and at most ${mebibytes(most)} are taken.` : "");
  if (large) input.reportValidity();
});

// --- Passwords that can be looked at ---------------------------------------------------------------
// A new password is typed once, so that it can be shown.

for (const input of document.querySelectorAll("input[type=password][data-strength]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small";
  button.textContent = "Show what was typed";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const isHidden = input.type === "password";
    input.type = isHidden ? "text" : "password";
    button.textContent = isHidden ? "Hide it again" : "Show what was typed";
  });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  input.after(button);
}

// --- Password strength -------------------------------------------------------------------------
// A hint only; what counts is decided by the server.

function strength(text, least) {
  if (text.length < least) return "short";
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(text)).length;
  const variety = new Set(text.toLowerCase()).size;
  const score = Math.min(text.length, variety * 2) + kinds * 2;
  if (variety < 6 || score < 18) return "weak";
  return score < 24 ? "fair" : "strong";
}

document.addEventListener("input", (event) => {
  const input = event.target.closest("input[data-strength]");
  if (!input) return;
  const hint = document.getElementById(input.dataset.strength);
  const level = strength(input.value, input.minLength > 0 ? input.minLength : 12);
  hint.hidden = input.value === "";
  if (hint.dataset.level === level) return;
  hint.dataset.level = level;
  hint.textContent = hint.dataset[`words${level.replace(/^./, (c) => c.toUpperCase())}`];
});

// --- Time zone ---------------------------------------------------------------------------------
// Where none was chosen, the browser's own.

const zone = document.querySelector("select#time_zone");
if (zone && zone.value === "") {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some((option) => option.value === own)) zone.value = own;
}
