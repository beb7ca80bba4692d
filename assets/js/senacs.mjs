// What every page loads: the govuk-frontend components that the site uses, started in French.
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs";
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { Departure } from "./departure.mjs";
import { fillDemoLogin } from "./demo-login.mjs";
import { showCount } from "./waiting.mjs";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

const frenchCount = {
  i18n: {
    charactersUnderLimit: { one: "Il reste %{count} caractère", other: "Il reste %{count} caractères" },
    charactersAtLimit: "Il ne reste aucun caractère",
    charactersOverLimit: { one: "%{count} caractère de trop", other: "%{count} caractères de trop" },
  },
};
const frenchPassword = {
  i18n: {
    showPassword: "Afficher",
    hidePassword: "Masquer",
    showPasswordAriaLabel: "Afficher le mot de passe",
    hidePasswordAriaLabel: "Masquer le mot de passe",
    passwordShownAnnouncement: "Le mot de passe est visible",
    passwordHiddenAnnouncement: "Le mot de passe est masqué",
  },
};

createAll(Button, { preventDoubleClick: true });
createAll(CharacterCount, frenchCount);
createAll(Checkboxes);
createAll(ErrorSummary);
createAll(NotificationBanner);
createAll(PasswordInput, frenchPassword);
createAll(Radios);
createAll(ServiceNavigation);
createAll(SkipLink);

document.addEventListener("click", fillDemoLogin);
for (const form of document.querySelectorAll("form[data-departure]")) new Departure(form).start();
for (const place of document.querySelectorAll("[data-count]")) showCount(place);
