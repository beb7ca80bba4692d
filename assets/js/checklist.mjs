// Ticks of the preparation page, kept on this device only.
export class Checklist {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.checklist;
  }

  start() {
    const ticked = new Set(JSON.parse(localStorage.getItem(this.key) ?? "[]"));
    for (const box of this.boxes()) box.checked = ticked.has(box.id);
    this.form.addEventListener("change", () => {
      const ids = this.boxes().filter((box) => box.checked).map((box) => box.id);
      localStorage.setItem(this.key, JSON.stringify(ids));
    });
  }

  boxes() {
    return [...this.form.querySelectorAll("input[type=checkbox]")];
  }
}
