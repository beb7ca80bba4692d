// Signing out says what this device still holds of the person's answers, and takes it away with them.
import { Store } from "./store.mjs";

const ARRIVAL = 3000; // what was typed just before is on its way
const LOOK = 100;

export class Departure {
  constructor(form) {
    this.form = form;
    this.store = new Store();
    this.prefix = `senacs-saisie-${form.dataset.departure}-`;
  }

  start() {
    this.form.addEventListener("submit", (event) => this.left(event));
  }

  left(event) {
    if (!this.store.keys(this.prefix).length) return;
    event.preventDefault();
    this.deciding ??= this.decide().finally(() => {
      this.deciding = null;
    });
  }

  async decide() {
    const isOnItsWay = () => this.store.keys(this.prefix).some((key) => key.includes(":"));
    for (const until = Date.now() + ARRIVAL; navigator.onLine && isOnItsWay() && Date.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    const kept = this.store.keys(this.prefix);
    const count = new Set(kept.flatMap((key) => this.codesOf(key))).size;
    const told =
      count > 1
        ? `${count} réponses ne sont pas enregistrées. Elles seront perdues si vous vous déconnectez. Continuer\u202f?`
        : "Une réponse n’est pas enregistrée. Elle sera perdue si vous vous déconnectez. Continuer\u202f?";
    if (count && !confirm(told)) return;
    for (const key of kept) this.store.remove(key);
    this.form.submit();
  }

  // The fields of one item: those of an entry that waits, or the one that a refusal keeps.
  codesOf(key) {
    const item = JSON.parse(this.store.get(key));
    return item.values ? Object.keys(item.values) : [item.code];
  }
}
