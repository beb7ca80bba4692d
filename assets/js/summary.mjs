// What a paste, or a row ticked « non concerné », has just changed: what went where, what was refused, and « annuler ».
import { spaced } from "./typography.mjs";

export class Summary {
  // `items`: { field, before, raw }; `refused`: [text, why].
  constructor(question, title, items, refused, undo) {
    this.title = title;
    this.items = new Map(items.map((item) => [item.field.code, item]));
    this.refused = refused;
    this.undo = undo;
    question.querySelector(".sn-summary")?.remove();
    this.box = document.createElement("div");
    this.box.className = "sn-summary";
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", `${title}\u00a0: ce qui a changé`);
    this.text = document.createElement("p");
    this.text.setAttribute("role", "status");
    this.list = document.createElement("ul");
    this.box.append(this.text, this.list);
    if (items.length) this.box.append(this.button("Annuler", () => this.cancel()), " ");
    this.box.append(this.button("Fermer", () => this.close()));
    question.append(this.box);
    this.show();
  }

  button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sn-linkbutton";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  }

  // What the server made of it.
  told(answer) {
    for (const [code, item] of this.items) {
      if (code in answer.refused) item.problem = answer.refused[code];
      else if (code in answer.conflicts) item.problem = "quelqu’un d’autre a répondu entre-temps";
      else if (code in answer.saved) {
        item.kept = answer.saved[code].text;
        item.note = answer.noted[code];
      }
    }
    this.show();
  }

  show() {
    const items = [...this.items.values()];
    const refused = items.filter((item) => item.problem).length + this.refused.length;
    const filled = items.length - items.filter((item) => item.problem).length;
    const many = (count, one, more) => `${count} ${count > 1 ? more : one}`;
    this.text.textContent = spaced(`${this.title}\u00a0: ${many(filled, "case remplie", "cases remplies")}${
      refused ? `, ${many(refused, "élément refusé", "éléments refusés")}` : ""
    }.`);
    const lines = items.map(({ field, raw, kept, note, problem }) =>
      problem ? `${field.name}\u00a0: «\u00a0${raw}\u00a0» refusé. ${problem}` : `${field.name}\u00a0: ${kept ?? raw}${note ? ` («\u00a0${raw}\u00a0» ${note})` : ""}`,
    );
    lines.push(...this.refused.map(([text, why]) => `«\u00a0${text}\u00a0»\u00a0: ${why}`));
    this.list.replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        item.textContent = spaced(line);
        return item;
      }),
    );
  }

  // Typed over since: it is no longer this change that « annuler » would undo.
  forget(code) {
    this.items.delete(code);
  }

  cancel() {
    const items = [...this.items.values()];
    this.undo(items);
    this.close();
    items[0]?.field.controls[0].focus();
  }

  close() {
    this.box.remove();
  }
}
