// A form that needs a passkey asks the browser for one before it is sent: before Turbo, too, hears of it.
const answered = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.passkey || answered.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form);
}, true);

// Only now does pressing one lead anywhere.
const ready = () => document.querySelectorAll("[data-passkey] button").forEach((button) => { button.disabled = false; });
document.addEventListener("turbo:render", ready);
ready();

async function ask(form) {
  const said = form.querySelector("[data-passkey-said]");
  said.textContent = "";
  try {
    form.elements.credential.value = JSON.stringify(await ceremonies[form.dataset.passkey](await optionsFor(form)));
    answered.add(form);
    form.requestSubmit();
  } catch (error) {
    said.textContent = error.name === "NotAllowedError" ? said.dataset.cancelled : said.dataset.impossible;
  }
}

const ceremonies = {
  async get(options) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey);
    return navigator.credentials.get({ publicKey });
  },

  // Kept by the authenticator, so that it can sign in without a name being typed.
  async create(options) {
    options.publicKey.authenticatorSelection.residentKey = "required";
    options.publicKey.authenticatorSelection.requireResidentKey = true;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey);
    return navigator.credentials.create({ publicKey });
  },
};

// In the page, or where nobody is known yet, at the address to which the form is sent.
async function optionsFor(form) {
  const here = form.querySelector("#passkey-options");
  if (here) return JSON.parse(here.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}
