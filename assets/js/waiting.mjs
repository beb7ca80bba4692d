// The number of things that wait, beside its link in the menu: asked for once the page is there.
export async function showCount(place) {
  let answer;
  try {
    answer = await fetch(place.dataset.count, { headers: { Accept: "application/json" } });
  } catch {
    return; // without network the link says enough
  }
  if (!answer.ok || answer.redirected) return;
  const { count, told } = await answer.json();
  if (!count) return;
  const said = document.createElement("span");
  said.className = "govuk-visually-hidden";
  said.textContent = ` : ${told}`;
  const number = document.createElement("span");
  number.setAttribute("aria-hidden", "true");
  number.textContent = String(count);
  place.append(number, said);
  place.hidden = false;
}
