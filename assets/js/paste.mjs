// A block copied from a spreadsheet, a mail or a PDF, put over the cells of a grid from the one in focus.
// As the server reads them (questionnaire.engine.values).
const NC_WORDS = /^(?:n\.? ?c\.?|n\/c|s\.o\.?|non concern[ée]e?s?|sans objet)$/i;
const NUMBER = /^[-−+]?\d{1,3}(?:[   .]\d{3})+(?:[.,]\d+)?$|^[-−+]?\d+(?:[.,]\d+)?$/;
const SPACES_INSIDE = /[\u00a0\u202f\u2009\u2007]/;

// Rows of texts; a row that cannot be cut for sure is { unclear: text }.
export function blockOf(text, columns) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  while (lines.length && !lines.at(-1).trim()) lines.pop();
  return lines.map((line) => (line.includes("\t") ? line.split("\t").map((cell) => cell.trim()) : cut(line.trim(), columns)));
}

function cut(line, columns) {
  if (/ {2,}|[;|]/.test(line)) return line.split(/ {2,}|\s*[;|]\s*/).map((cell) => cell.trim());
  // « 45 000 € 12 500 € »: a sign ends each of the numbers of a budget.
  if (/[€%]\s+\S/.test(line) && /^[\d\s.,€%−-]+$/.test(line)) return line.split(/(?<=[€%])\s+/);
  const labelled = /^([^\d]*\p{L}[^\d]*)\s+([-−]?\d[\d\s.,€%-]*)$/u.exec(line);
  if (labelled) {
    const rest = cut(labelled[2], columns);
    return Array.isArray(rest) ? [labelled[1].trim(), ...rest] : rest;
  }
  const words = line.split(" ");
  if (words.length === 1 || !/^[\d\s.,-]+$/.test(line)) return [line];
  // Thousands kept together by their own kind of space: the plain ones are between the columns.
  if (SPACES_INSIDE.test(line)) return words;
  const ways = groupings(words, columns);
  return ways.length === 1 ? ways[0] : { unclear: line };
}

// Every way to read « 12 345 67 » as at most `columns` French numbers.
function groupings(words, columns) {
  if (!words.length) return [[]];
  if (columns === 0) return [];
  const found = [];
  for (let taken = 1; taken <= words.length; taken += 1) {
    const number = words.slice(0, taken).join(" ");
    if (NUMBER.test(number)) for (const rest of groupings(words.slice(taken), columns - 1)) found.push([number, ...rest]);
  }
  return found;
}

function isWord(text) {
  return /\p{L}/u.test(text) && !/\d/.test(text) && !NC_WORDS.test(text);
}

export class Paster {
  constructor(entry) {
    this.entry = entry;
    this.form = entry.form;
  }

  start() {
    this.form.addEventListener("paste", (event) => this.pasted(event));
  }

  pasted(event) {
    const control = event.target;
    const isNumber = control.matches?.(".sn-input-number");
    const table = control.closest?.(".sn-gridtable");
    if (!table && !isNumber) return;
    const target = table ? this.targetsFrom(control) : [[control.closest("[data-field]")]];
    const text = event.clipboardData.getData("text/plain");
    let rows = blockOf(text, target[0].length);
    if (rows.length === 1 && (rows[0].length ?? 1) === 1 && !rows[0].unclear && control.tagName !== "SELECT") return;
    event.preventDefault();
    const refused = [];
    if (isNumber) rows = this.withoutWords(rows, refused);
    const placed = [];
    rows.forEach((row, down) => {
      if (row.unclear) refused.push([row.unclear, "impossible de savoir où couper les nombres\u00a0: copiez-les séparés par des tabulations"]);
      else row.forEach((cell, right) => cell && this.place(cell, target[down]?.[right], placed, refused));
    });
    this.entry.replace(control.closest("[data-question]"), "Collé", placed, refused);
  }

  // The fields under and right of a cell as they are seen: hidden rows do not count, totals and blanks do.
  targetsFrom(control) {
    const cell = control.closest("td");
    const rows = [...cell.closest("tbody").rows].filter((row) => row.offsetParent !== null);
    return rows.slice(rows.indexOf(cell.parentElement)).map((row) =>
      [...row.cells].slice(cell.cellIndex).filter((item) => !item.matches(".sn-nccol")).map((item) => item.querySelector("[data-field]") ?? item),
    );
  }

  // Titles of columns and of rows come along with a copy: told, and left aside.
  withoutWords(rows, refused) {
    const kept = rows.filter((row) => {
      const isTitle = Array.isArray(row) && row.some(Boolean) && row.every((cell) => !cell || isWord(cell));
      const isAlone = rows.every((other) => Array.isArray(other) && other.every((cell) => !cell || isWord(cell)));
      if (isTitle && !isAlone) refused.push([row.filter(Boolean).join(", "), "titres laissés de côté"]);
      return !isTitle || isAlone;
    });
    const hasLabels = kept.length && kept.every((row) => Array.isArray(row) && row.length > 1 && isWord(row[0]));
    if (!hasLabels) return kept;
    refused.push([kept.map((row) => row[0]).join(", "), "libellés de lignes laissés de côté"]);
    return kept.map((row) => row.slice(1));
  }

  place(text, element, placed, refused) {
    const field = element?.dataset?.field && this.entry.fields.get(element.dataset.field);
    if (!element) refused.push([text, "hors du tableau"]);
    else if (!field || element.hidden) refused.push([text, "il n’y a pas de case ici"]);
    else if (!field.controls.length) refused.push([text, "ce total est calculé"]);
    else {
      const raw = field.reads(NC_WORDS.test(text) ? "nc" : text);
      if (raw === null) refused.push([text, `ne fait pas partie des choix de «\u00a0${field.name}\u00a0»`]);
      else placed.push({ field, raw });
    }
  }
}
