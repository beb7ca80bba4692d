// On the demonstration's sign-in page, one click on a login fills the form.
export function fillDemoLogin(event) {
  const button = event.target.closest("[data-demo-login]");
  if (!button) return;
  const login = document.querySelector("input[name=login]");
  const password = document.querySelector("input[name=password]");
  login.value = button.dataset.demoLogin;
  password.value = button.dataset.demoPassword;
  password.form.querySelector("button[type=submit]").focus();
}
