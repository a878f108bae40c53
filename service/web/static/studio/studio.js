// What the studio's pages do beyond links: search, copy, look at the other pictures of a card, and
// show the tag for another platform without a new page.
(() => {
  const absolute = (path) => new URL(path, document.baseURI).href;

  async function copy(button) {
    const address = button.closest('.copy').querySelector('[data-address], [data-text]');
    const label = button.textContent;
    const text = address.textContent;
    try {
      await navigator.clipboard.writeText('text' in address.dataset ? text : absolute(text));
      button.textContent = 'Copied';
    } catch {
      // Not allowed, as over plain HTTP from another machine: selected, it can be copied by hand.
      window.getSelection().selectAllChildren(address);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  function show(button) {
    const card = button.closest('.card');
    const main = card.querySelector('[data-main]');
    main.src = button.dataset.show;
    main.width = button.dataset.width;
    main.height = button.dataset.height;
    card.querySelector('[data-address]').textContent = button.dataset.show;
    for (const one of card.querySelectorAll('[data-show]')) one.ariaPressed = String(one === button);
  }

  function search(words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const card of document.querySelectorAll('[data-words]')) {
      card.hidden = !wanted.every((word) => card.dataset.words.includes(word));
      if (!card.hidden) found += 1;
    }
    const none = document.querySelector('[data-none]');
    if (none) none.hidden = found > 0;
  }

  let wanted = 0;

  async function showTag(form) {
    const turn = ++wanted;
    const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}#tag`;
    const answer = await fetch(address).catch(() => null);
    if (turn !== wanted) return;
    if (!answer?.ok) { form.submit(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (turn !== wanted) return;
    const recipe = document.querySelector('[data-recipe]');
    recipe.replaceChildren(...page.querySelector('[data-recipe]').childNodes);
    document.querySelector('[data-open]').hidden = page.querySelector('[data-open]').hidden;
    document.querySelectorAll('.choices a[href^="?"]').forEach((link, at) => {
      link.setAttribute('href', page.querySelectorAll('.choices a[href^="?"]')[at].getAttribute('href'));
    });
    history.replaceState(null, '', address);
  }

  const tagForm = document.querySelector('[data-tag-form]');
  tagForm?.addEventListener('change', () => showTag(tagForm));

  const field = document.querySelector('[data-search]');
  field?.addEventListener('input', () => search(field.value));
  field?.form.addEventListener('submit', (event) => event.preventDefault());

  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if ('copy' in button.dataset) copy(button);
    if ('show' in button.dataset) show(button);
    if ('clear' in button.dataset) { field.value = ''; search(''); field.focus(); }
  });
})();
