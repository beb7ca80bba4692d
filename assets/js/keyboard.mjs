// The keyboard of a section: Tab goes from field to field, Enter goes down, arrows move in a grid, Escape restores,
// F2 leads to what else can be done at a field. Never a form sent by surprise.
const CONTROLS = "input[type=text], input[type=date], input[type=radio], input[type=checkbox], select, textarea";
const CELL = "input[type=text], input[type=date], select";
const ACTIONS = "button, a[href], [data-nc], [data-nc-row]";
const BOXES = "[data-nc], [data-nc-row]";

function isShown(element) {
  // Neither hidden nor inside what « Corriger » opens.
  return element.checkVisibility();
}

export class Keyboard {
  constructor(entry) {
    this.entry = entry;
    this.form = entry.form;
    this.origin = null;
    this.pointed = null;
  }

  start() {
    this.leaveTabToFields();
    new MutationObserver(() => this.leaveTabToFields()).observe(this.form, { childList: true, subtree: true });
    for (const input of this.form.querySelectorAll("[data-field] input")) input.enterKeyHint = "next";
    this.form.addEventListener("keydown", (event) => this.pressed(event));
    this.form.addEventListener("focusin", (event) => this.entered(event.target));
    this.form.addEventListener("mousedown", (event) => {
      this.pointed = event.target === document.activeElement ? null : event.target;
    });
    this.form.addEventListener("mouseup", (event) => this.released(event));
  }

  // They stay where a screen reader reads them and where the pointer finds them; the Tab key passes by.
  leaveTabToFields() {
    for (const action of this.form.querySelectorAll(`[data-question] :is(${ACTIONS})`)) action.tabIndex = -1;
  }

  entered(target) {
    if (!target.matches(CONTROLS) || target.matches(BOXES)) return;
    this.entry.fieldOf(target)?.enter();
    if (target.type === "text") target.select();
  }

  // The click that enters a cell selects it too; the next one places the cursor.
  released(event) {
    const { target } = event;
    if (target === this.pointed && target.type === "text" && target.selectionStart === target.selectionEnd) target.select();
    this.pointed = null;
  }

  pressed(event) {
    const { target } = event;
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (target.matches(ACTIONS)) this.pressedOnAction(event);
    else if (target.matches(CONTROLS)) this.pressedOnControl(event);
  }

  pressedOnControl(event) {
    const { key, target } = event;
    const field = this.entry.fieldOf(target);
    if (!field) return;
    if (key === "Enter" && !(target.tagName === "TEXTAREA" && !event.ctrlKey)) {
      event.preventDefault();
      this.entry.leaveField(field);
      this.goOn(target, event.shiftKey ? -1 : 1);
    } else if (key === "Escape") {
      event.preventDefault();
      this.entry.restoreField(field);
      if (target.type === "text") target.select();
    } else if (key === "F2") {
      event.preventDefault();
      this.goToActions(target);
    } else if (!event.ctrlKey && this.choose(target, key, event.code)) {
      event.preventDefault();
    } else if ((event.ctrlKey || event.shiftKey) && key !== "z") {
      // Selecting and jumping inside a text stay the browser's.
    } else if (key === "z" && event.ctrlKey) {
      if (this.entry.undoLast(field)) event.preventDefault();
    } else if (this.move(target, key)) {
      event.preventDefault();
    }
  }

  // Among radios and boxes: the number of the answer as they stand, or the initial of « oui » and « non ».
  // In a group of boxes the arrows go from one to the next. False where the browser's own meaning stands.
  choose(target, key, code) {
    if (target.type !== "radio" && target.type !== "checkbox") return false;
    const all = [...this.form.querySelectorAll(`input[name="${CSS.escape(target.name)}"]`)];
    const step = target.type === "checkbox" && { ArrowUp: -1, ArrowDown: 1 }[key];
    if (step) {
      all[all.indexOf(target) + step]?.focus();
      return true;
    }
    const named = { o: "oui", n: "non" }[key.toLowerCase()];
    // The row of figures counts whatever the layout: « & » is 1 on a French keyboard.
    const number = /^(?:Digit|Numpad)?([1-9])$/.exec(/^[1-9]$/.test(key) ? key : code)?.[1];
    const chosen = number ? all[number - 1] : all.find((control) => named && control.value === named);
    if (!chosen) return false;
    chosen.focus();
    if (target.type === "checkbox" || !chosen.checked) chosen.click();
    return true;
  }

  // An arrow in a grid; false where the browser's own meaning stands.
  move(target, key) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
    if (!step || !target.closest(".sn-gridtable") || target.type === "date" || target.type === "checkbox") return false;
    if (target.tagName === "SELECT" && CSS.supports("selector(:open)") && target.matches(":open")) return false;
    if (target.type === "text" && step[1] !== 0 && !this.isAtEdge(target, step[1])) return false;
    (step[0] ? this.below(target, step[0]) : this.beside(target, step[1]))?.focus();
    return true;
  }

  isAtEdge(input, direction) {
    const { selectionStart: start, selectionEnd: end, value } = input;
    if (start === 0 && end === value.length) return true;
    return start === end && (direction < 0 ? start === 0 : end === value.length);
  }

  below(target, direction) {
    const cell = target.closest("td");
    const rows = [...cell.closest("tbody").rows];
    for (let index = rows.indexOf(cell.parentElement) + direction; rows[index]; index += direction) {
      const control = rows[index].cells[cell.cellIndex]?.querySelector(CELL);
      if (control && isShown(control)) return control;
    }
    return null;
  }

  beside(target, direction) {
    const cell = target.closest("td");
    const { cells } = cell.parentElement;
    for (let index = cell.cellIndex + direction; cells[index]; index += direction) {
      const control = cells[index].querySelector(CELL);
      if (control && isShown(control)) return control;
    }
    return null;
  }

  // Down the column, then to the next question; after the last, to « Continuer », which only a second Enter presses.
  goOn(target, direction) {
    const inColumn = target.closest(".sn-gridtable") && this.below(target, direction);
    if (inColumn) {
      inColumn.focus();
      return;
    }
    const questions = [...this.form.querySelectorAll("[data-question]")];
    for (let index = questions.indexOf(target.closest("[data-question]")) + direction; questions[index]; index += direction) {
      const controls = [...questions[index].querySelectorAll(CONTROLS)].filter(
        (control) => isShown(control) && !control.matches(BOXES),
      );
      const chosen = controls[0]?.type === "radio" && controls.find((control) => control.checked);
      if (controls.length) {
        (chosen || controls[0]).focus();
        return;
      }
    }
    if (direction > 0) this.form.querySelector("[data-continue]")?.focus();
  }

  actionsAt(control) {
    const field = control.closest("[data-field]");
    const question = control.closest("[data-question]");
    const all = [...question.querySelectorAll(ACTIONS)].filter(isShown);
    const row = control.closest("[data-row]")?.querySelector("[data-nc-row]");
    const own = all.filter((action) => action.closest("[data-field]") === field || action === row);
    const shared = all.filter((action) => !action.closest("[data-field]") && !action.matches("[data-nc-row]"));
    return [...own, ...shared];
  }

  goToActions(control) {
    this.origin = control;
    this.actionsAt(control)[0]?.focus();
  }

  pressedOnAction(event) {
    const { key, target } = event;
    if (!target.closest("[data-question]")) return;
    const box = target.matches(BOXES);
    const origin = this.origin?.isConnected && isShown(this.origin) ? this.origin : null;
    const step = { F2: 1, ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    if (key === "Escape" && origin) {
      event.preventDefault();
      origin.focus();
    } else if (step) {
      event.preventDefault();
      const actions = origin ? this.actionsAt(origin) : [target];
      actions[(actions.indexOf(target) + step + actions.length) % actions.length]?.focus();
    } else if (box && key === "Enter") {
      event.preventDefault();
      target.click();
    } else if (box && /^[\d,.-]$/.test(key) && !event.ctrlKey) {
      // A number typed here was meant for the cell: it goes there.
      const control = (target.closest("[data-field]") ?? target.closest("[data-row]")).querySelector("input[type=text]");
      control?.focus();
    }
  }
}
