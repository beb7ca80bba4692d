// Ticks of the preparation page: saved as they are made, for the whole team. Without this script, a button does it.
export class Checklist {
  constructor(form) {
    this.form = form;
    this.told = form.querySelector("[data-told]");
    this.waiting = Promise.resolve();
  }

  start() {
    const button = this.form.querySelector("button[type=submit]");
    if (!button) return;
    button.hidden = true;
    this.form.addEventListener("change", (event) => {
      event.target.closest(".govuk-checkboxes__item").querySelector("[data-by]")?.remove();
      // One after the other: each tells what it changed of what the one before left.
      this.waiting = this.waiting.then(() => this.save(button));
    });
  }

  async save(button) {
    const form = new FormData(this.form);
    try {
      const reply = await fetch(this.form.action, { method: "POST", body: form, redirect: "manual" });
      if (reply.type !== "opaqueredirect") throw new Error(`status ${reply.status}`);
      this.remember(new Set(form.getAll("pret")));
      this.told.textContent = "Enregistré.";
    } catch {
      button.hidden = false;
      this.told.textContent = "La coche n’a pas pu être enregistrée\u00a0: réessayez avec le bouton.";
    }
  }

  remember(ticked) {
    for (const box of this.form.querySelectorAll("input[type=checkbox]")) {
      const item = box.closest(".govuk-checkboxes__item");
      const seen = item.querySelector("input[name=vu]");
      if (ticked.has(box.value) && !seen) {
        const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "vu", value: box.value });
        item.prepend(hidden);
      } else if (!ticked.has(box.value)) {
        seen?.remove();
      }
    }
  }
}
