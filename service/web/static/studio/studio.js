// What the studio's pages do beyond links: search, copy, and look at the other pictures of a card.
(() => {
  const absolute = (path) => new URL(path, document.baseURI).href;

  async function copy(button) {
    const address = button.closest('.copy').querySelector('[data-address]');
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(absolute(address.textContent));
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
