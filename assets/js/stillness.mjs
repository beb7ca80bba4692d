// Nothing moves under a finger or a pressed mouse: what would push the page about waits until the click has landed.
const CLICK_WITHIN = 400;
const TOLD = ["sent", "refused", "waiting", "idle"];

export class Stillness {
  constructor() {
    this.isPressed = false;
    this.held = [];
    this.timer = 0;
  }

  start() {
    addEventListener("pointerdown", () => this.press(), true);
    // The click of a finger comes some time after it is lifted, or never where the page was scrolled.
    addEventListener("pointerup", () => this.release(CLICK_WITHIN), true);
    addEventListener("pointercancel", () => this.release(0), true);
    addEventListener("click", () => this.release(0), true);
  }

  press() {
    clearTimeout(this.timer);
    this.isPressed = true;
  }

  release(after) {
    if (!this.isPressed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isPressed = false;
      for (const act of this.held.splice(0)) act();
    }, after);
  }

  // Now, or once the pointer is up; in the order asked.
  then(act) {
    if (this.isPressed) this.held.push(act);
    else act();
  }

  // What the queue tells, told when it moves nothing under the pointer.
  listener(entry) {
    return Object.fromEntries(TOLD.map((name) => [name, (...told) => this.then(() => entry[name](...told))]));
  }
}
