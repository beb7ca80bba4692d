// Ticks of the preparation page, kept on this device only; for the time of the page where the device refuses.
import { Store } from "./store.mjs";

export class Checklist {
  constructor(form) {
    this.form = form;
    this.store = new Store();
    this.key = form.dataset.checklist;
  }

  start() {
    const ticked = new Set(JSON.parse(this.store.get(this.key) ?? "[]"));
    for (const box of this.boxes()) box.checked = ticked.has(box.id);
    this.form.addEventListener("change", () => {
      const ids = this.boxes().filter((box) => box.checked).map((box) => box.id);
      this.store.set(this.key, JSON.stringify(ids));
    });
  }

  boxes() {
    return [...this.form.querySelectorAll("input[type=checkbox]")];
  }
}
