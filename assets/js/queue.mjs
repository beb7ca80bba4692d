// What was typed and not yet acknowledged by the server: kept in the browser, sent in order, each entry once.
import { Store } from "./store.mjs";

const RETRY_FIRST = 2000;
const RETRY_MOST = 30000;
const TIMEOUT = 15000;

export class Queue {
  // `listener`: sent(entry, answer), refused(entry, message), waiting(reason), idle().
  // `place`: where what is typed can be seen again ({ path, title }).
  constructor({ name, url, token, listener, place = {} }) {
    this.store = new Store();
    this.place = place;
    this.name = name;
    this.url = url;
    this.token = token;
    this.listener = listener;
    this.entries = this.waiting();
    this.retry = RETRY_FIRST;
    this.running = null;
    this.timer = 0;
    addEventListener("online", () => this.flush());
  }

  get length() {
    return this.entries.length;
  }

  // Puts values at the end; what was waiting for the same field, and is not on its way, gives way to it.
  push(values, expected, carried = false) {
    for (const entry of this.entries) {
      if (entry === this.flying) continue;
      for (const code of Object.keys(values)) {
        if (code in entry.values) {
          expected[code] = entry.expected[code];
          delete entry.values[code];
          delete entry.expected[code];
        }
      }
    }
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.entries.push({ key, at: Date.now(), values, expected, carried, ...this.place });
    for (const entry of this.entries) this.keepWaiting(entry);
    this.entries = this.entries.filter((entry) => Object.keys(entry.values).length);
    return this.flush();
  }

  // One item an entry: two tabs on one response do not overwrite each other's, and a key sent twice is saved once.
  waiting() {
    const keys = this.store.keys(`${this.name}:`);
    return keys.map((key) => JSON.parse(this.store.get(key))).sort((one, other) => one.at - other.at);
  }

  keepWaiting(entry) {
    const key = `${this.name}:${entry.key}`;
    if (Object.keys(entry.values).length) this.store.set(key, JSON.stringify(entry));
    else this.store.remove(key);
  }

  // What the server refused, or somebody else answered meanwhile, stays with the person until they settle it,
  // whatever page they are on: { code, raw, expected, path, title } by field.
  keep(entry, code) {
    const { path, title } = entry;
    const item = { code, raw: entry.values[code], expected: entry.expected[code], path, title };
    this.store.set(`${this.name}!${code}`, JSON.stringify(item));
  }

  forget(code) {
    this.store.remove(`${this.name}!${code}`);
  }

  kept() {
    const keys = this.store.keys(`${this.name}!`);
    return keys.map((key) => JSON.parse(this.store.get(key)));
  }

  // Resolves when the queue is empty or must wait.
  flush() {
    clearTimeout(this.timer);
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async run() {
    while (this.entries.length) {
      this.flying = this.entries[0];
      const outcome = await this.send(this.flying);
      if (outcome.wait === "session" && (await this.renew())) continue;
      if (outcome.wait) {
        this.flying = null;
        this.listener.waiting(outcome.wait);
        this.timer = setTimeout(() => this.flush(), this.retry);
        this.retry = Math.min(this.retry * 2, RETRY_MOST);
        return;
      }
      this.retry = RETRY_FIRST;
      const entry = this.entries.shift();
      this.flying = null;
      if (outcome.answer) this.settle(entry, outcome.answer);
      this.store.remove(`${this.name}:${entry.key}`);
      if (outcome.answer) this.listener.sent(entry, outcome.answer);
      else this.listener.refused(entry, outcome.message);
    }
    this.listener.idle();
  }

  // Signed in again, in another tab perhaps: the token of this page is of the former session. False when nobody is, or
  // somebody else: what waits here is not theirs to send.
  async renew() {
    let reply;
    try {
      reply = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
    } catch {
      return false;
    }
    if (!reply.ok) return false;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const place = page.querySelector("[data-entry]");
    const token = place?.querySelector("[name=csrfmiddlewaretoken]").value;
    if (`senacs-saisie-${place?.dataset.entry}` !== this.name || this.renewed === this.flying) return false;
    this.token = token;
    this.renewed = this.flying; // once an entry: a second refusal waits as any other
    return true;
  }

  settle(entry, answer) {
    for (const code of Object.keys(answer.saved)) this.forget(code);
    for (const code of [...Object.keys(answer.refused), ...Object.keys(answer.conflicts)]) this.keep(entry, code);
    this.follow(answer);
  }

  // An acknowledged field has a new revision, which what still waits for it must expect.
  follow(answer) {
    for (const [code, told] of Object.entries(answer.saved)) {
      for (const entry of this.entries) {
        if (!(code in entry.expected)) continue;
        entry.expected[code] = told.revision;
        this.keepWaiting(entry);
      }
    }
  }

  async send({ key, values, expected, carried }) {
    let reply;
    try {
      reply = await fetch(this.url, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify({ key, values, expected, carried }),
        signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch {
      return { wait: "offline" };
    }
    if (reply.type === "opaqueredirect" || reply.status === 401) return { wait: "session" };
    if (reply.status >= 500 || reply.status === 429) return { wait: "server" };
    const isJson = reply.headers.get("Content-Type")?.startsWith("application/json");
    if (!isJson) return { wait: reply.status === 403 ? "session" : "server" };
    const body = await reply.json();
    return reply.ok ? { answer: body } : { message: body.message ?? body.detail ?? "Le serveur a refusé cette réponse." };
  }
}
