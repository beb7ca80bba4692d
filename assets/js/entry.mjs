// A section's form: saves each field as it is left, shows totals, conditions and checks without reload.
import { Field } from "./field.mjs";
import { Keyboard } from "./keyboard.mjs";
import { tellKept } from "./outbox.mjs";
import { Paster } from "./paste.mjs";
import { Queue } from "./queue.mjs";
import { Stillness } from "./stillness.mjs";
import { Summary } from "./summary.mjs";
import { spaced } from "./typography.mjs";

const IDLE_TYPING = 1500;
const HINTS_AFTER = 300;
const WAITING = {
  offline: "Connexion perdue\u00a0: vos réponses sont gardées sur cet appareil et partiront dès son retour.",
  server: "Le service ne répond pas\u00a0: vos réponses sont gardées sur cet appareil et partiront dès son retour.",
  session: "Votre session a expiré\u00a0: reconnectez-vous, vos réponses en attente partiront ensuite.",
};

// The browser keeps nothing on this device: only this page holds what waits.
const UNKEPT = "Cet appareil ne peut rien garder\u00a0: laissez cette page ouverte jusqu’à «\u00a0Tout est enregistré\u00a0».";

export class Entry {
  constructor(form) {
    this.form = form;
    this.fields = new Map();
    for (const element of form.querySelectorAll("[data-field]")) {
      const field = new Field(element);
      this.fields.set(field.code, field);
    }
    this.bar = document.querySelector("[data-savebar]");
    this.stillness = new Stillness();
    this.queue = new Queue({
      name: `senacs-saisie-${form.dataset.entry}`,
      url: form.dataset.autosave,
      token: form.elements.csrfmiddlewaretoken.value,
      listener: this.stillness.listener(this),
      place: { path: location.pathname, title: document.querySelector("h1").textContent },
    });
    this.typing = new Map();
  }

  start() {
    this.stillness.start();
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("input", (event) => this.typed(event));
    this.form.addEventListener("focusout", (event) => this.left(event));
    this.form.addEventListener("click", (event) => this.clicked(event));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("pagehide", () => this.saveAll());
    addEventListener("beforeunload", (event) => {
      // What waits, and what was refused: only this page holds it.
      if (!this.queue.store.isKept) event.preventDefault();
    });
    new Keyboard(this).start();
    new Paster(this).start();
    this.restore();
    if (this.form.querySelector("[data-rule]")) this.askHints();
  }

  // What a former page could not send is shown again, then sent.
  restore() {
    for (const entry of this.queue.entries) {
      for (const [code, raw] of Object.entries(entry.values)) {
        const field = this.fields.get(code);
        if (!field) continue;
        field.show(raw);
        field.known = field.said();
        field.tell("waiting", "En attente d’envoi");
      }
    }
    // Asked again, so that the reason or the other's answer shows again beside the field.
    for (const { code, raw, expected } of this.queue.kept()) {
      const field = this.fields.get(code);
      if (!field || this.queue.entries.some((entry) => code in entry.values)) continue;
      field.show(raw);
      field.known = field.said();
      this.queue.push({ [code]: raw }, { [code]: expected });
    }
    if (this.queue.length) this.queue.flush();
    else this.tellElsewhere();
  }

  // What waits for a decision on other pages; false when nothing does.
  tellElsewhere() {
    const elsewhere = this.queue.kept().filter(({ code }) => !this.fields.has(code));
    if (elsewhere.length) tellKept(this.bar, elsewhere);
    return elsewhere.length > 0;
  }

  fieldOf(target) {
    const element = target.closest("[data-field]");
    return element && this.fields.get(element.dataset.field);
  }

  changed(event) {
    const box = event.target;
    if (box.matches("[data-nc-row]")) {
      const cells = box.value.split(" ").map((code) => this.fields.get(code));
      this.notConcerned(cells, box.checked);
      return;
    }
    const field = this.fieldOf(box);
    if (!field) return;
    if (box.matches("[data-nc]")) this.notConcerned([field], box.checked);
    else this.save([field]);
    this.follow(field);
  }

  // What depends on an answer follows it at once, so that the next key finds it; the save then tells for sure.
  follow(field) {
    const visible = {};
    for (const other of this.fields.values()) {
      const isShown = other.element.dataset.when === field.code ? field.fulfils(other) : null;
      if (isShown !== null) visible[other.code] = isShown;
    }
    this.showConditions(visible);
  }

  // Numbers that « non concerné » takes the place of are told, and come back with « annuler ».
  notConcerned(fields, isTicked) {
    const written = fields.filter((field) => field.controls[0].value.trim()).map((field) => ({
      field,
      before: field.controls[0].value,
      raw: "non concerné",
    }));
    if (isTicked) for (const field of fields) field.controls[0].value = "";
    this.save(fields, Object.fromEntries(fields.map((field) => [field.code, isTicked ? "nc" : field.said()])));
    if (isTicked && written.length) {
      this.tellChange(fields[0].element.closest("[data-question]"), "Non concerné", written, []);
    }
  }

  // Puts several values at once, as one entry of the history, with a way back.
  replace(question, title, placed, refused) {
    const items = placed.map(({ field, raw }) => ({ field, raw, before: field.said() }));
    for (const { field, raw } of items) field.show(raw);
    this.tellChange(question, title, items, refused);
    if (items.length) this.save(items.map(({ field }) => field));
  }

  tellChange(question, title, items, refused) {
    this.summary = new Summary(question, title, items, refused, (changed) => {
      for (const { field, before } of changed) field.show(before);
      this.save(changed.map(({ field }) => field));
    });
  }

  // Ctrl+Z just after; false where there is nothing of ours to undo, or the field is being typed in.
  undoLast(field) {
    if (!this.summary?.box.isConnected || field.differs()) return false;
    this.summary.cancel();
    return true;
  }

  left(event) {
    const field = this.fieldOf(event.target);
    if (field && !event.target.matches("[data-nc]")) this.stillness.then(() => this.leaveField(field));
  }

  leaveField(field) {
    if (field.controls.length && field.differs()) this.save([field]);
    field.leave();
  }

  // What the field said when it was entered; a second time, what is stored, unless that is still on its way.
  restoreField(field) {
    clearTimeout(this.typing.get(field));
    const isUntouched = JSON.stringify(field.said()) === JSON.stringify(field.before);
    const isOnItsWay = ["saving", "waiting"].includes(field.element.dataset.status);
    if (!isUntouched) field.show(field.before);
    else if (!isOnItsWay) field.show(field.stored);
    if (field.differs()) this.save([field]);
  }

  typed(event) {
    const field = this.fieldOf(event.target);
    if (!field || !event.target.matches("input[type=text], textarea, input[type=date]")) return;
    const own = field.element.querySelector("[data-nc]");
    if (own && event.target.value) own.checked = false;
    field.showRow();
    this.follow(field);
    this.summary?.forget(field.code);
    clearTimeout(this.typing.get(field));
    this.typing.set(field, setTimeout(() => this.save([field]), IDLE_TYPING));
  }

  clicked(event) {
    const button = event.target.closest("[data-take], [data-clear]");
    if (!button) return;
    event.preventDefault();
    const field = this.fieldOf(button);
    if (button.matches("[data-clear]")) {
      field.show(field.kind === "checkboxes" ? [] : "");
      this.save([field]);
      field.controls[0]?.focus();
      return;
    }
    const previous = field.element.dataset.previous;
    field.show(field.kind === "checkboxes" ? previous.split(" ") : previous);
    this.save([field], { [field.code]: field.kind === "checkboxes" ? previous.split(" ") : previous }, true);
    field.controls[0].focus();
  }

  async submitted(event) {
    const button = event.submitter;
    if (button?.name === "reprendre" || !button?.dataset.continue) return;
    event.preventDefault();
    this.saveAll();
    await this.queue.flush();
    const refused = this.form.querySelector(".sn-field--error");
    if (refused && !refused.closest("[hidden]")) {
      refused.querySelector("input, select, textarea")?.focus();
    } else if (!this.queue.length) {
      location.assign(button.dataset.continue);
    }
  }

  saveAll() {
    for (const field of this.fields.values()) if (field.controls.length && field.differs()) this.save([field]);
  }

  save(fields, values = Object.fromEntries(fields.map((field) => [field.code, field.said()])), carried = false) {
    const changed = fields.filter((field) => JSON.stringify(values[field.code]) !== JSON.stringify(field.known));
    for (const field of fields) clearTimeout(this.typing.get(field));
    if (!changed.length) return;
    const sent = {};
    const expected = {};
    for (const field of changed) {
      sent[field.code] = values[field.code];
      expected[field.code] = field.revision;
      field.known = values[field.code];
      field.waiting = undefined;
      field.refuse("");
      field.element.querySelector(".sn-conflict")?.remove();
      field.tell("saving", "Enregistrement…");
      const clear = field.element.querySelector("[data-clear]");
      if (clear) clear.hidden = !sent[field.code].length;
    }
    this.queue.push(sent, expected, carried);
  }

  // --- what the queue tells ---

  sent(entry, answer) {
    for (const [code, told] of Object.entries(answer.saved)) {
      this.showSaved(code, told, { sent: entry.values[code], warning: answer.warnings[code], noted: answer.noted[code] });
    }
    this.summary?.told(answer);
    for (const [code, message] of Object.entries(answer.refused)) this.showRefused(code, message);
    for (const [code, told] of Object.entries(answer.conflicts)) this.showConflict(code, told, entry.values[code]);
    for (const [code, text] of Object.entries(answer.computed)) {
      const output = this.fields.get(code)?.output;
      if (output) output.textContent = (output.dataset.output === "bare" ? withoutUnit(text) : text) || "–";
    }
    this.showConditions(answer.visible);
    this.showChecks(answer.checks);
    this.showProgress(answer.progress);
  }

  refused(entry, message) {
    for (const code of Object.keys(entry.values)) this.showRefused(code, message);
  }

  waiting(reason) {
    for (const entry of this.queue.entries) {
      for (const code of Object.keys(entry.values)) this.fields.get(code)?.tell("waiting", "En attente d’envoi");
    }
    this.announce("waiting", this.queue.store.isKept ? WAITING[reason] : `${WAITING[reason].split("\u00a0: ")[0]}. ${UNKEPT}`);
    if (reason === "session") {
      const link = document.createElement("a");
      link.href = `${this.form.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = "Se reconnecter";
      if (!this.queue.store.isKept) {
        link.target = "_blank";
        link.textContent += " dans un autre onglet";
      }
      this.bar.firstElementChild.append(" ", link);
    }
  }

  idle() {
    const refused = this.form.querySelectorAll("[data-status=refused], [data-status=conflict]").length;
    if (refused) this.announce("refused", refused > 1 ? `${refused} réponses ne sont pas enregistrées.` : "Une réponse n’est pas enregistrée.");
    else if (!this.tellElsewhere()) this.announce("saved", "Tout est enregistré.");
  }

  announce(state, text) {
    this.bar.hidden = false;
    this.bar.dataset.status = state;
    this.bar.firstElementChild.textContent = spaced(text);
  }

  showSaved(code, told, { sent, warning, noted }) {
    const field = this.fields.get(code);
    if (!field) return;
    const isLast = JSON.stringify(sent) === JSON.stringify(field.known);
    const provenance = field.settle(told, sent);
    if (!isLast) return;
    field.refuse("");
    const said = [noted, provenance].filter(Boolean).join(", ");
    field.tell(warning ? "warning" : "saved", warning || (said ? `Enregistré, ${said}` : "Enregistré"));
  }

  showRefused(code, message) {
    const field = this.fields.get(code);
    if (!field) return;
    field.refuse(message);
    field.tell("refused", "Non enregistré");
  }

  // Both values, and a choice: nobody overwrites silently.
  showConflict(code, told, mine) {
    const field = this.fields.get(code);
    if (!field) return;
    field.tell("conflict", "Non enregistré");
    const box = document.createElement("div");
    box.className = "sn-conflict";
    box.setAttribute("role", "group");
    const text = document.createElement("p");
    text.textContent = spaced(`${told.by || "Quelqu’un d’autre"} a répondu entre-temps\u00a0: ${told.text || "aucune réponse"}. Vous\u00a0: ${field.words(mine)}.`);
    const theirs = document.createElement("button");
    const yours = document.createElement("button");
    for (const [button, label] of [[theirs, "Garder sa réponse"], [yours, "Garder la mienne"]]) {
      button.type = "button";
      button.className = "govuk-button govuk-button--secondary";
      button.textContent = label;
    }
    theirs.addEventListener("click", () => {
      box.remove();
      this.queue.forget(code);
      field.known = field.said();
      field.settle({ ...told });
      field.show(told.raw);
      field.known = field.said();
      field.tell("saved", "Sa réponse est gardée");
      this.idle();
    });
    yours.addEventListener("click", () => {
      box.remove();
      field.element.dataset.revision = told.revision;
      field.known = null;
      field.show(mine);
      this.save([field], { [code]: mine });
    });
    box.append(text, theirs, yours);
    field.element.querySelector(".sn-conflict")?.remove();
    field.element.append(box);
  }

  showConditions(visible) {
    for (const [code, isVisible] of Object.entries(visible)) {
      const field = this.fields.get(code);
      if (!field) continue;
      field.element.hidden = !isVisible;
      const row = field.element.closest("[data-row]");
      if (row) row.hidden = !row.querySelector("[data-field]:not([hidden])");
      const question = field.element.closest("[data-question]");
      question.hidden = !question.querySelector("[data-field]:not([hidden])");
    }
  }

  showChecks(checks) {
    for (const [rule, check] of Object.entries(checks)) {
      for (const line of this.form.querySelectorAll(`[data-rule="${CSS.escape(rule)}"]`)) line.remove();
      if (!check) continue;
      for (const question of check.questions) {
        this.form.querySelector(`[data-checks="${CSS.escape(question)}"]`)?.append(checkLine(rule, check));
      }
    }
    if (Object.values(checks).some(Boolean) || this.form.querySelector("[data-hint]")) this.askHints();
  }

  // Which cell is probably wrong: a small request of its own, so that no save waits for it, once a rule fails.
  askHints() {
    clearTimeout(this.hinting);
    if (this.form.dataset.hints) this.hinting = setTimeout(() => this.loadHints(), HINTS_AFTER);
  }

  async loadHints() {
    try {
      const reply = await fetch(this.form.dataset.hints, { headers: { Accept: "application/json" } });
      if (!reply.ok || !reply.headers.get("Content-Type")?.startsWith("application/json")) return;
      const { hints } = await reply.json();
      this.stillness.then(() => this.showHints(hints));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // Offline: the checks are shown all the same, and the next save asks again.
    }
  }

  showHints(hints) {
    for (const shown of this.form.querySelectorAll("[data-hint]")) shown.remove();
    for (const folded of this.form.querySelectorAll("[data-folded]")) {
      folded.hidden = false;
      delete folded.dataset.folded;
    }
    for (const hint of hints) {
      const lines = hint.rules.flatMap((rule) => [...this.form.querySelectorAll(`[data-rule="${CSS.escape(rule)}"]`)]);
      const questions = hint.fields.map((field) => field.question);
      const line = lines.find((item) => questions.includes(item.parentElement.dataset.checks)) ?? lines[0];
      if (!line) continue;
      line.append(this.hintLine(hint));
      this.fold(line, lines);
    }
  }

  // One cause, one box: what follows from it is folded under it.
  fold(line, lines) {
    const others = new Map();
    for (const other of lines) {
      if (other === line) continue;
      other.hidden = true;
      other.dataset.folded = "";
      if (other.dataset.rule !== line.dataset.rule) others.set(other.dataset.rule, other);
    }
    if (!others.size) return;
    const details = document.createElement("details");
    details.dataset.hint = "";
    const summary = document.createElement("summary");
    summary.textContent = others.size > 1 ? `${others.size} autres contrôles en découlent` : "Un autre contrôle en découle";
    details.append(summary);
    for (const other of others.values()) {
      const text = document.createElement("p");
      text.textContent = other.textContent.trim();
      details.append(text);
    }
    line.append(details);
  }

  hintLine(hint) {
    const box = document.createElement("span");
    box.className = "sn-hint";
    box.dataset.hint = "";
    const text = document.createElement("span");
    text.textContent = spaced(hint.text);
    box.append(text);
    const proposed = Object.entries(hint.proposed);
    const isHere = proposed.length > 0 && proposed.every(([code]) => this.fields.get(code)?.controls.length);
    if (isHere) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sn-linkbutton";
      button.textContent = proposed.length > 1 ? "Échanger les deux" : spaced(`Remplacer par ${proposed[0][1]}`);
      button.addEventListener("click", () => {
        for (const [code, raw] of proposed) this.fields.get(code).show(raw);
        const fields = proposed.map(([code]) => this.fields.get(code));
        this.save(fields);
        fields[0].controls[0].focus();
      });
      box.append(" ", button);
      return box;
    }
    for (const field of hint.fields) {
      if (this.fields.get(field.code)?.controls.length) continue;
      const link = document.createElement("a");
      link.className = "govuk-link";
      link.href = field.url;
      link.textContent = spaced(`Voir «\u00a0${field.label}\u00a0»`);
      box.append(" ", link);
    }
    return box;
  }

  showProgress(progress) {
    for (const [code, { answered, expected }] of Object.entries(progress)) {
      const bar = document.querySelector(`[data-progress="${CSS.escape(code)}"]`);
      if (!bar) continue;
      bar.max = expected;
      bar.value = answered;
      document.querySelector("[data-answered]").textContent = answered;
      document.querySelector("[data-expected]").textContent = expected;
      const minutes = document.querySelector("[data-minutes]");
      const left = Math.max(1, Math.round(minutes.dataset.minutes * (1 - answered / expected)));
      minutes.textContent = answered < expected ? `, encore ${left}\u00a0min` : "";
    }
  }
}

// In a grid the column says the unit; it agrees with the number: « 1 heure », « 2 heures ».
function withoutUnit(text) {
  return text.replace(/\u00a0\p{L}[^\u00a0]*$/u, "");
}

function checkLine(rule, check) {
  const line = document.createElement("li");
  line.className = `sn-check sn-check--${check.severity}${check.note ? " sn-check--explained" : ""}`;
  line.dataset.rule = rule;
  const title = document.createElement("strong");
  title.textContent = spaced(check.title);
  line.append(title, ` ${spaced(check.message)}`);
  if (check.note) {
    const note = document.createElement("q");
    note.textContent = spaced(check.note);
    line.append(" ", note);
  }
  return line;
}
