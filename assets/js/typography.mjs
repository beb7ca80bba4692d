// The spaces that French does not break, in what the server tells a page that is already there (as lib.french does).
const UNITS =
  "%|‰|€|[kM]€|[KMG]o|euros?|ans?|mois|semaines?|jours?|heures?|h|minutes?|min|secondes?|ETP|km|m²|pages?|points?|places?";
const LOOSE = new RegExp(
  ` (?=[:»](?![\\p{L}\\d/=])|[;?!]+(?![\\p{L}\\d/=]))|(?<=«) |(?<=\\d) (?=(?:${UNITS})(?![\\p{L}\\d’]))`,
  "gu",
);

export function spaced(text) {
  return text.replace(LOOSE, (_, at) => (";?!".includes(text[at + 1]) ? "\u202f" : "\u00a0"));
}
