// What the browser keeps on this device. Where it refuses, or is full, this page's memory keeps it, and says so.
export class Store {
  constructor() {
    this.memory = new Map();
    this.isKept = true;
  }

  keys(prefix) {
    const found = new Set([...this.memory.keys()].filter((key) => key.startsWith(prefix)));
    this.onDevice((device) => Object.keys(device).forEach((key) => key.startsWith(prefix) && found.add(key)));
    return [...found];
  }

  get(key) {
    return this.memory.get(key) ?? this.onDevice((device) => device.getItem(key));
  }

  set(key, text) {
    const isWritten = this.onDevice((device) => {
      device.setItem(key, text);
      return true;
    });
    if (isWritten) this.memory.delete(key);
    else this.memory.set(key, text);
    this.isKept = this.memory.size === 0;
  }

  remove(key) {
    this.memory.delete(key);
    this.onDevice((device) => device.removeItem(key));
    this.isKept = this.memory.size === 0;
  }

  // Private windows and policies throw at the first look, a full disk at the write: both are a DOMException.
  onDevice(act) {
    try {
      return act(localStorage);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return null;
    }
  }
}
