// Pages where nothing is typed: what this device still holds is sent from there too, before anything is judged complete.
import { Queue } from "./queue.mjs";

// Says in the bar which answers wait for the person's decision, with the way to each page.
export function tellKept(bar, kept) {
  bar.hidden = false;
  bar.dataset.status = "refused";
  const many = kept.length > 1;
  bar.firstElementChild.textContent = many
    ? `${kept.length} réponses ne sont pas enregistrées et attendent votre choix\u00a0:`
    : "Une réponse n’est pas enregistrée et attend votre choix\u00a0:";
  const pages = new Map(kept.map(({ path, title, code }) => [path, { title, code }]));
  for (const [path, { title, code }] of pages) {
    const link = document.createElement("a");
    link.href = `${path}#champ-${code}`;
    link.textContent = title;
    bar.firstElementChild.append(" ", link);
  }
}

export class Outbox {
  constructor(bar) {
    this.bar = bar;
    this.saved = 0;
    this.queue = new Queue({
      name: `senacs-saisie-${bar.dataset.entry}`,
      url: bar.dataset.autosave,
      token: bar.querySelector("[name=csrfmiddlewaretoken]").value,
      listener: this,
    });
  }

  start() {
    if (this.queue.length) this.queue.flush();
    else this.tell();
  }

  tell() {
    const kept = this.queue.kept();
    if (kept.length) tellKept(this.bar, kept);
  }

  // --- what the queue tells ---

  sent(entry, answer) {
    this.saved += Object.keys(answer.saved).length;
  }

  refused(entry, message) {
    this.say("refused", message);
  }

  waiting() {
    this.say("waiting", "Des réponses gardées sur cet appareil n’ont pas encore pu être envoyées.");
  }

  // What the page says of the answers was written before they arrived.
  idle() {
    if (this.saved) location.reload();
    else this.tell();
  }

  say(status, text) {
    this.bar.hidden = false;
    this.bar.dataset.status = status;
    this.bar.firstElementChild.textContent = text;
  }
}
