/**
 * Menus of what is offered, and of cards. They are drawn when they are opened first, each kind from one pattern. A choice
 * closes its menu; what is never wanted again goes from the page at once (a <turbo-stream> of the server's removes it),
 * and the focus that was in it moves on to the next offer.
 */
export function bindOffers(document) {
  // It does not bubble.
  document.addEventListener("toggle", ({ target }) => target.open && target.matches("details.offer") && draw(target), true);
  document.addEventListener("turbo:submit-start", ({ detail }) => {
    const menu = detail.formSubmission.submitter?.closest("details.offer");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("turbo:before-stream-render", ({ detail }) => {
    const { render } = detail;
    detail.render = async (stream) => {
      const offer = document.activeElement?.closest("[data-offered]");
      const list = offer?.parentElement;
      const place = list ? [...list.children].indexOf(offer) : -1;
      await render(stream);
      if (offer && !offer.isConnected) focusNear(list, place);
    };
  });
}

function draw(menu) {
  if (!menu.querySelector(":scope > .menu-panel")) menu.append(menu.dataset.whole ? ofCard(menu) : ofOffer(menu));
}

function ofCard({ dataset: { whole }, parentElement }) {
  const panel = document.getElementById("list-menu").content.cloneNode(true);
  panel.querySelector("[data-named]").textContent = parentElement.querySelector("h3").textContent;
  for (const { dataset } of panel.querySelectorAll("[data-enqueue]")) dataset.whole = whole;
  for (const { dataset } of panel.querySelectorAll("[data-start-radio]")) dataset.startRadio = whole + dataset.startRadio;
  return panel;
}

function ofOffer(menu) {
  const offer = menu.closest("[data-offered]");
  const { title, artist } = offer.querySelector("[data-play]").dataset;
  const names = { title, artist, genre: offer.dataset.genre };
  const keys = Object.fromEntries(offer.dataset.offered.split(" ").map((key) => [key.split(":", 1)[0], key]));
  const panel = document.getElementById("offer-menu").content.cloneNode(true);
  for (const place of panel.querySelectorAll("[data-named]")) place.textContent = names[place.dataset.named] ?? "";
  for (const button of panel.querySelectorAll("[name=say]")) {
    const [kind, , factor] = button.value.split(":");
    if (keys[kind]) button.value = `${keys[kind]}:${factor}`;
    else button.remove();
  }
  return panel;
}

function focusNear(list, place) {
  const left = [...list.children].filter((each) => each.matches("[data-offered]"));
  const near = left[Math.min(place, left.length - 1)];
  near?.querySelector("summary")?.focus();
}
