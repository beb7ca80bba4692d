// The map of the atlas made lively: names and figures under the pointer, travel by the arrows, zoom, years on a slider.
// The page works without it: everything here is drawn by the server, and each state is an address that it answers.

const MOST_ZOOM = 12;
const STEP = 1.6;
const number = new Intl.NumberFormat("fr-FR");

const shapes = (figure) => [...figure.querySelectorAll("svg path[data-code]")];
const codeOf = (link) => link.querySelector("path[data-code]")?.dataset.code;

// ----- what is under the pointer, on both maps at once

function makeTip() {
  const tip = document.createElement("div");
  tip.className = "sn-tip";
  tip.hidden = true;
  // What it says is the name of the link that has the focus: read once.
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  return tip;
}

function show(tip, link, x, y) {
  const code = codeOf(link);
  const said = [];
  for (const figure of document.querySelectorAll("[data-atlas]")) {
    for (const path of shapes(figure)) {
      const same = path.dataset.code === code;
      path.classList.toggle("sn-lit", same);
    }
    const here = shapes(figure).find((path) => path.dataset.code === code)?.closest("a, g");
    const words = here?.querySelector("title")?.textContent;
    if (words) {
      said.push([figure.dataset.atlas, words]);
    }
  }
  tip.replaceChildren(
    ...said.map(([title, words]) => {
      const line = document.createElement("div");
      const strong = document.createElement("strong");
      strong.textContent = words;
      line.append(strong);
      if (said.length > 1) {
        line.append(document.createElement("br"), title);
      }
      return line;
    }),
  );
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(x + 14, 8), window.innerWidth - width - 8);
  const top = y + 18 + height > window.innerHeight ? y - height - 12 : y + 18;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(top, 4))}px)`;
}

function hide(tip) {
  tip.hidden = true;
  for (const path of document.querySelectorAll(".sn-lit")) {
    path.classList.remove("sn-lit");
  }
}

// ----- the view: a part of the drawing, the same on both maps

const view = { x: 0, y: 0, zoom: 1 };

function whole(svg) {
  svg.dataset.whole ??= svg.getAttribute("viewBox");
  return svg.dataset.whole.split(" ").map(Number);
}

function frame() {
  const svgs = [...document.querySelectorAll("[data-atlas] > svg")];
  for (const svg of svgs) {
    const [, , width, height] = whole(svg);
    view.zoom = Math.min(Math.max(view.zoom, 1), MOST_ZOOM);
    const [w, h] = [width / view.zoom, height / view.zoom];
    view.x = Math.min(Math.max(view.x, 0), width - w);
    view.y = Math.min(Math.max(view.y, 0), height - h);
    svg.setAttribute("viewBox", `${view.x.toFixed(1)} ${view.y.toFixed(1)} ${w.toFixed(1)} ${h.toFixed(1)}`);
    svg.classList.toggle("sn-zoomed", view.zoom > 1);
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    const way = Number(button.dataset.zoom);
    button.setAttribute("aria-disabled", String(way > 0 ? view.zoom >= MOST_ZOOM : view.zoom <= 1));
  }
  const told = document.querySelector("[data-zoom-told]");
  if (told) {
    told.textContent = `Agrandi ${number.format(Math.round(view.zoom * 10) / 10)} fois`;
  }
}

// Zooms so that what lies at (x, y) of the drawing stays where it is on the screen.
function zoomAt(factor, x, y) {
  const before = view.zoom;
  view.zoom = Math.min(Math.max(before * factor, 1), MOST_ZOOM);
  view.x = x - (x - view.x) * (before / view.zoom);
  view.y = y - (y - view.y) * (before / view.zoom);
  frame();
}

function middle(svg) {
  const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  return [x + width / 2, y + height / 2];
}

function onDrawing(svg, event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x, point.y];
}

// ----- the address says the whole state

function remember() {
  const address = new URL(location.href);
  if (view.zoom > 1) {
    address.searchParams.set("vue", [view.x, view.y, view.zoom].map((one) => one.toFixed(1)).join("_"));
  } else {
    address.searchParams.delete("vue");
  }
  history.replaceState(null, "", address);
}

function recall() {
  const [x, y, zoom] = (new URL(location.href).searchParams.get("vue") ?? "").split("_").map(Number);
  if ([x, y, zoom].every(Number.isFinite) && zoom >= 1) {
    Object.assign(view, { x, y, zoom });
  } else {
    Object.assign(view, { x: 0, y: 0, zoom: 1 });
  }
  frame();
}

// ----- travel by the keyboard: one stop of Tab for the map, arrows from area to area

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function centre(link) {
  const box = link.querySelector("path[data-code]").getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

// The nearest area in the direction of the arrow: what lies aside counts double.
export function towards(from, others, [dx, dy]) {
  let best = null;
  let least = Infinity;
  for (const [other, [x, y]] of others) {
    const along = (x - from[0]) * dx + (y - from[1]) * dy;
    const aside = Math.abs((x - from[0]) * dy) + Math.abs((y - from[1]) * dx);
    const far = along + 2 * aside;
    if (along > 0.5 && far < least) {
      [best, least] = [other, far];
    }
  }
  return best;
}

function travel(figure) {
  const links = [...figure.querySelectorAll("svg a")].filter(codeOf);
  links.forEach((link, index) => link.setAttribute("tabindex", index ? "-1" : "0"));
  figure.addEventListener("keydown", (event) => {
    const link = event.target.closest("a");
    const at = links.indexOf(link);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    let next = null;
    if (event.key in ways) {
      const others = links.filter((one) => one !== link).map((one) => [one, centre(one)]);
      next = towards(centre(link), others, ways[event.key]);
    } else if (event.key === "Home" || event.key === "End") {
      next = event.key === "Home" ? links[0] : links.at(-1);
    } else if (event.key === "+" || event.key === "-") {
      zoomAt(event.key === "+" ? STEP : 1 / STEP, ...centre(link));
      remember();
    } else if (event.key !== "Escape") {
      return;
    }
    event.preventDefault();
    if (next) {
      link.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    }
  });
}

// ----- pointers: hover, drag, two fingers

function pointers(figure, tip) {
  const svg = figure.querySelector("svg");
  const down = new Map();
  let moved = 0;
  svg.addEventListener("pointerover", (event) => {
    const link = event.target.closest("a, g");
    if (link && codeOf(link) && event.target.dataset.code && !down.size) {
      show(tip, link, event.clientX, event.clientY);
    }
  });
  svg.addEventListener("pointerleave", () => hide(tip));
  svg.addEventListener("pointerdown", (event) => {
    down.set(event.pointerId, event);
    moved = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last || (view.zoom === 1 && down.size < 2)) {
      return;
    }
    const [x, y] = onDrawing(svg, event);
    const [fromX, fromY] = onDrawing(svg, last);
    moved += Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY);
    if (down.size === 2) {
      const other = [...down.values()].find((one) => one.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      zoomAt(apart(event) / Math.max(apart(last), 1), ...onDrawing(svg, other));
    } else {
      view.x -= x - fromX;
      view.y -= y - fromY;
      frame();
    }
    down.set(event.pointerId, event);
    hide(tip);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    svg.addEventListener(end, (event) => {
      if (down.delete(event.pointerId) && moved > 4) {
        remember();
      }
    });
  }
  // Only with Ctrl, as maps of other sites do: the page still scrolls under the wheel.
  svg.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        zoomAt(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...onDrawing(svg, event));
        remember();
      }
    },
    { passive: false },
  );
  // What was dragged is not a click on the area under the finger.
  svg.addEventListener("click", (event) => moved > 4 && event.preventDefault(), true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  figure.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (link && codeOf(link)) {
      const box = link.getBoundingClientRect();
      show(tip, link, box.x + box.width / 2, box.y + box.height / 2);
    }
  });
  figure.addEventListener("focusout", () => hide(tip));
}

function zoomButtons() {
  const bar = document.createElement("div");
  bar.className = "sn-atlas__zoom";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Agrandir la carte");
  for (const [way, sign, words] of [[1, "+", "Agrandir"], [-1, "−", "Réduire"], [0, "Tout", "Voir toute la carte"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sn-atlas__button";
    button.textContent = sign;
    button.setAttribute("aria-label", words);
    button.dataset.zoom = way;
    button.addEventListener("click", () => {
      const svg = document.querySelector("[data-atlas] > svg");
      if (way) {
        zoomAt(way > 0 ? STEP : 1 / STEP, ...middle(svg));
      } else {
        Object.assign(view, { x: 0, y: 0, zoom: 1 });
        frame();
      }
      remember();
    });
    bar.append(button);
  }
  const told = document.createElement("span");
  told.className = "govuk-visually-hidden";
  told.setAttribute("role", "status");
  told.dataset.zoomTold = "";
  bar.append(told);
  return bar;
}

// ----- another year, another indicator: the page of that state, put in place of this one

let asking = null;

async function redraw(address, { push }) {
  asking?.abort();
  asking = new AbortController();
  const page = document.querySelector("[data-atlas-page]");
  page.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) {
      location.assign(address);
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = fresh.title;
    page.replaceChildren(...fresh.querySelector("[data-atlas-page]").childNodes);
    if (push) {
      history.pushState(null, "", address);
    }
    liven();
    page.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") {
      location.assign(address);
    }
  }
}

function addressOf(form) {
  const address = new URL(form.action || location.href);
  address.search = "";
  for (const [name, value] of new FormData(form)) {
    if (value) {
      address.searchParams.set(name, value);
    }
  }
  const kept = new URL(location.href).searchParams.get("vue");
  if (kept) {
    address.searchParams.set("vue", kept);
  }
  return address;
}

function slider(form) {
  const select = form.querySelector("#annee");
  const years = [...(select?.options ?? [])].map((option) => option.value).sort();
  if (years.length < 2) {
    return;
  }
  const range = document.createElement("input");
  Object.assign(range, { type: "range", id: "annees", min: 0, max: years.length - 1, step: 1, className: "sn-slider" });
  range.value = years.indexOf(select.value);
  range.setAttribute("aria-label", "Année");
  range.setAttribute("aria-valuetext", select.value);
  range.addEventListener("input", () => {
    select.value = years[range.value];
    range.setAttribute("aria-valuetext", select.value);
  });
  range.addEventListener("change", () => redraw(addressOf(form), { push: true }));
  select.addEventListener("change", () => {
    range.value = years.indexOf(select.value);
    range.setAttribute("aria-valuetext", select.value);
  });
  select.after(range);
}

function liven() {
  for (const old of document.querySelectorAll(".sn-tip")) {
    old.remove();
  }
  const tip = makeTip();
  const figures = document.querySelectorAll("[data-atlas]");
  for (const figure of figures) {
    pointers(figure, tip);
    travel(figure);
  }
  if (figures.length) {
    document.querySelector("[data-atlas-maps]").before(zoomButtons());
    document.querySelector("[data-atlas-keys]")?.removeAttribute("hidden");
    recall();
  }
}

const form = document.querySelector("[data-atlas-form]");
if (form) {
  slider(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    redraw(addressOf(form), { push: true });
  });
  // What the form says when one goes back is what the address said then: the page is asked for again.
  addEventListener("popstate", () => location.reload());
  addEventListener("keydown", (event) => event.key === "Escape" && hide(document.querySelector(".sn-tip")));
  liven();
}
