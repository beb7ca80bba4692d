// The entry of answers, field by field. Without this script the same form works, a whole section at a time.
import { Checklist } from "./checklist.mjs";
import { Entry } from "./entry.mjs";
import { Outbox } from "./outbox.mjs";

for (const form of document.querySelectorAll("form[data-entry]")) new Entry(form).start();
for (const bar of document.querySelectorAll("[data-outbox]")) new Outbox(bar).start();
for (const form of document.querySelectorAll("form[data-checklist]")) new Checklist(form).start();
