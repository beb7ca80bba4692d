// What the browser keeps on this device. Where it refuses, or is full, this page's memory keeps it, and says so.

// One for the page, whose scripts are built apart: signing out sees what the device refused to the entry.
const memory = (globalThis[Symbol.for("senacs.memory")] ??= new Map());

export class Store {
  get isKept() {
    return memory.size === 0;
  }

  keys(prefix) {
    const found = new Set([...memory.keys()].filter((key) => key.startsWith(prefix)));
    this.onDevice((device) => Object.keys(device).forEach((key) => key.startsWith(prefix) && found.add(key)));
    return [...found];
  }

  get(key) {
    return memory.get(key) ?? this.onDevice((device) => device.getItem(key));
  }

  set(key, text) {
    const isWritten = this.onDevice((device) => {
      device.setItem(key, text);
      return true;
    });
    if (isWritten) memory.delete(key);
    else memory.set(key, text);
  }

  remove(key) {
    memory.delete(key);
    this.onDevice((device) => device.removeItem(key));
  }

  // Private windows and policies throw at the first look, a full disk at the write, some embedded browsers have none.
  // Whatever a device says instead of keeping, the memory keeps: `isKept` tells it to whoever writes here.
  onDevice(act) {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  }
}
