// One field of the page: its controls, what they say, its state in words.
import { spaced } from "./typography.mjs";

const NC = "nc";

export class Field {
  constructor(element) {
    this.element = element;
    this.code = element.dataset.field;
    this.kind = element.dataset.kind;
    this.controls = [...element.querySelectorAll(`[name="v-${CSS.escape(this.code)}"]`)];
    this.error = element.querySelector("[data-error]");
    this.state = element.querySelector("[data-state]");
    this.output = element.querySelector("[data-output]");
    this.known = this.said();
    this.stored = this.known; // what the server holds
    this.before = this.known; // what it said when it was entered
    this.waiting = undefined; // how the server writes it, shown once the field is left
  }

  get name() {
    const control = this.controls[0];
    const question = this.element.closest("[data-question]");
    return control?.getAttribute("aria-label") ?? question.querySelector("label, legend")?.firstChild.textContent.trim() ?? this.code;
  }

  enter() {
    this.before = this.said();
  }

  // Left: the canonical writing of what was typed may take its place.
  leave() {
    if (this.waiting !== undefined && !this.differs()) {
      this.show(this.waiting);
      this.known = this.said();
    }
    this.waiting = undefined;
  }

  // What a pasted text would be in this control; null when it is none of its choices.
  reads(text) {
    const control = this.controls[0];
    if (control.type === "date") {
      const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
      return day ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : /^\d{4}-\d\d-\d\d$/.test(text) ? text : null;
    }
    if (control.tagName !== "SELECT") return control.type === "text" ? text : null;
    const plain = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
    return [...control.options].find((option) => plain(option.text) === plain(text) || option.value === text)?.value ?? null;
  }

  // Last year's value is offered while it differs.
  compare() {
    const previous = this.element.dataset.previous;
    if (previous === undefined) return;
    const said = this.said();
    this.element.toggleAttribute("data-same", (Array.isArray(said) ? said.join(" ") : said) === previous);
  }

  get revision() {
    return Number(this.element.dataset.revision);
  }

  // The row's « non concerné » box, and the cells that it stands for; null where there is none for this field.
  get row() {
    const line = this.element.closest("[data-row]");
    const box = line?.querySelector("[data-nc-row]");
    const codes = box?.value.split(" ") ?? [];
    if (!codes.includes(this.code)) return null;
    return { box, cells: [...line.querySelectorAll("[data-field]")].filter((cell) => codes.includes(cell.dataset.field)) };
  }

  // What the controls say, in the words of the server: text, list of codes, « nc ».
  said() {
    const own = this.element.querySelector("[data-nc]");
    if (own?.checked) return NC;
    if (this.kind === "radios" && this.controls[0]?.type === "radio") {
      return this.controls.find((control) => control.checked)?.value ?? "";
    }
    if (this.kind === "checkboxes") {
      return this.controls.filter((control) => control.checked).map((control) => control.value);
    }
    const text = this.controls[0]?.value ?? "";
    return this.row?.box.checked && text.trim() === "" ? NC : text;
  }

  // What a value sent reads as: the words of its choices, never their codes.
  words(raw) {
    if (raw === NC || raw[0] === NC) return "Non concerné";
    const wordsOf = (code) => {
      const control = this.controls.find((one) => one.value === code && one.type !== "text");
      const chosen = this.controls[0].tagName === "SELECT" && [...this.controls[0].options].find((one) => one.value === code);
      return (chosen ? chosen.text : control?.labels?.[0]?.textContent ?? code).trim();
    };
    return [raw].flat().filter(Boolean).map(wordsOf).join(", ") || "aucune réponse";
  }

  // Whether what it says fulfils the condition of `other`; null where only the server can tell.
  fulfils(other) {
    const said = this.said();
    const { says } = other.element.dataset;
    if (says !== ">0") return typeof said === "string" ? says.split(" ").includes(said) : null;
    const text = said.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
    return text === "" || said === NC ? false : /^\d+(\.\d+)?$/.test(text) ? Number(text) > 0 : null;
  }

  differs() {
    return JSON.stringify(this.said()) !== JSON.stringify(this.known);
  }

  show(raw) {
    this.waiting = undefined;
    const isList = Array.isArray(raw);
    const isNotConcerned = raw === NC || (isList && raw[0] === NC);
    const own = this.element.querySelector("[data-nc]");
    if (own) own.checked = isNotConcerned;
    for (const control of this.controls) {
      if (control.type === "radio") control.checked = control.value === raw;
      else if (control.type === "checkbox") control.checked = isList && raw.includes(control.value);
      else if (control.tagName === "SELECT") control.value = raw;
      else control.value = isNotConcerned ? (own || this.row?.box.checked ? "" : NC) : raw;
    }
    const clear = this.element.querySelector("[data-clear]");
    if (clear) clear.hidden = isList ? raw.length === 0 : raw === "";
    this.showRow();
  }

  // A row that holds an answer is concerned.
  showRow() {
    const row = this.row;
    if (row?.cells.some((cell) => cell.querySelector("input")?.value.trim())) row.box.checked = false;
  }

  // A field being typed in is never written over: its writing waits until it is left.
  // Nor is one whose newer value is on its way (`sent`: the value that the server answers to).
  settle({ raw, revision, provenance }, sent = this.known) {
    this.element.dataset.revision = revision;
    this.stored = raw;
    if (JSON.stringify(sent) !== JSON.stringify(this.known)) return provenance;
    if (this.element.contains(document.activeElement) && document.activeElement.type === "text") {
      this.waiting = raw;
    } else if (!this.differs()) {
      this.show(raw);
      this.known = this.said();
    }
    return provenance;
  }

  tell(state, text) {
    this.compare();
    this.element.dataset.status = state;
    this.state.textContent = spaced(text);
  }

  refuse(message) {
    this.element.classList.toggle("sn-field--error", Boolean(message));
    for (const control of this.controls) control.toggleAttribute("aria-invalid", Boolean(message));
    this.error.textContent = spaced(message);
  }
}
