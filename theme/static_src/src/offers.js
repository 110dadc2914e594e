/**
 * Menus of what is offered. A choice closes its menu; what is never wanted again goes from the page at once (a
 * <turbo-stream> of the server's removes it), and the focus that was in it moves on to the next offer.
 */
export function bindOffers(document) {
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

function focusNear(list, place) {
  const left = [...list.children].filter((each) => each.matches("[data-offered]"));
  const near = left[Math.min(place, left.length - 1)];
  near?.querySelector("summary")?.focus();
}
