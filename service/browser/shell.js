// What the shell can do with the frame that holds a template's document. Runs in an isolated
// world of the shell: the framed document runs no script and cannot see any of this.
(() => {
  const STRAY = 'meta,base,link,script,iframe,frame,object,embed,video,audio,marquee';
  // Without it Chromium drops comments, and the text around one becomes one text node.
  const KEEP_ALL = { sanitizer: { comments: true } };
  const MOST_FRAMES = 8;
  const CELLS = 6;

  // Frames by the path of their document, the one shown last at the end. A template that comes
  // back finds its frame as it was, so changing between a few templates loads nothing.
  const frames = new Map();
  let card = null;

  // In the fresh lane there is no frame: the page is the template's document itself.
  const framed = () => (card ? card.contentDocument : document);
  const view = () => (card ? card.contentWindow : window);

  function drop(path) {
    const frame = frames.get(path);
    if (!frame) return;
    frames.delete(path);
    frame.remove();
    if (card === frame) card = null;
  }

  function show(path, { width, height, background }) {
    const frame = frames.get(path);
    if (card && card !== frame) card.style.display = 'none';
    frames.delete(path);
    frames.set(path, frame);
    card = frame;
    card.style.display = 'block';
    card.style.width = `${width}px`;
    card.style.height = `${height}px`;
    card.style.background = background;
  }

  // The mark as it is, for whoever asks. And as six cells below the card, for whoever sees the page
  // on a screen: six digits a colour.
  function setMark(mark, top) {
    document.documentElement.dataset.draw = mark;
    if (top === undefined) return;
    const strip = document.getElementById('mark');
    while (strip.children.length < CELLS) strip.append(document.createElement('i'));
    strip.style.top = `${top}px`;
    [...strip.children].forEach((cell, place) => {
      cell.style.background = `#${mark.slice(place * 6, place * 6 + 6)}`;
    });
  }

  // A top-level page has a ground of its own to blend upon, a frame only where its colour scheme is
  // another than its document's. Without one, what is translucent is blended in two steps, and
  // rounded twice. A picture that is to be clear behind needs the opposite: no ground at all.
  function ground(transparent) {
    const said = view().getComputedStyle(framed().documentElement).colorScheme;
    const meta = framed().querySelector('meta[name="color-scheme" i]');
    const schemes = said === 'normal' ? meta?.content ?? '' : said;
    const dark = /\bdark\b/.test(schemes) && !/\blight\b/.test(schemes);
    card.style.colorScheme = dark === transparent ? 'dark' : 'light';
  }

  // Whether a backdrop filter looks beyond the card's edge. There a top-level page has nothing, the
  // shell in a window has its own ground.
  function looksOut(doc) {
    const { innerWidth: width, innerHeight: height } = view();
    for (const element of everywhere(doc, '*')) {
      for (const pseudo of [null, '::before', '::after']) {
        const filter = view().getComputedStyle(element, pseudo).backdropFilter;
        if (filter === 'none') continue;
        const reach = 3 * Math.max(0, ...(filter.match(/[\d.]+(?=px)/g) ?? []).map(Number));
        const { left, top, right, bottom } = element.getBoundingClientRect();
        if (pseudo || left < reach || top < reach
          || right > width - reach || bottom > height - reach) return true;
      }
    }
    return false;
  }

  // A canvas of its own for the card where it needs one; it costs a tenth of the picture.
  function canvas(doc, html) {
    const wanted = (card.filters || html.includes('backdrop-filter')) && looksOut(doc);
    card.style.willChange = wanted ? 'filter' : '';
  }

  // Open shadow roots (declarative ones are allowed) hold pictures and texts too.
  function* everywhere(root, selector) {
    yield* root.querySelectorAll(selector);
    for (const host of root.querySelectorAll('*')) {
      if (host.shadowRoot) yield* everywhere(host.shadowRoot, selector);
    }
  }

  const sameDoctype = (a, b) => (!a && !b) || (!!a && !!b && a.isEqualNode(b));

  function setRootAttributes(from, to) {
    for (const { name } of [...to.attributes]) {
      if (!from.hasAttribute(name)) to.removeAttribute(name);
    }
    for (const { name, value } of from.attributes) {
      if (to.getAttribute(name) !== value) to.setAttribute(name, value);
    }
  }

  // Everything after the head, so that the tree is the parser's, white space and comments included.
  function replaceAfterHead(doc, next) {
    while (doc.head.nextSibling) doc.head.nextSibling.remove();
    while (next.head.nextSibling) {
      doc.documentElement.append(doc.adoptNode(next.head.nextSibling));
    }
  }

  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });

  // What is waited for, but for so many milliseconds at the most: a script that keeps going
  // elsewhere keeps all from arriving. Without scripts there are no timers, and no need for them.
  const within = (patience, promise) => (
    patience ? Promise.race([promise, pause(patience)]) : promise
  );

  // Resolves to whether the picture is there. Not by decode(): a picture that lies decoded in full
  // is scaled by another route than one that the paint decodes, and the pixels would depend on
  // which of the two was first. `--disable-checker-imaging` makes the paint wait for its pictures.
  function loaded(image) {
    if (image.complete) return Promise.resolve(image.naturalWidth > 0);
    return new Promise((resolve) => {
      image.addEventListener('load', () => resolve(true), { once: true });
      image.addEventListener('error', () => resolve(false), { once: true });
    });
  }

  function load(source, mode) {
    const image = framed().createElement('img');
    if (mode) image.crossOrigin = mode;
    image.src = source;
    return image;
  }

  async function loadImages(doc, patience) {
    const missing = [];
    const all = [...everywhere(doc, 'img[src],img[srcset],image')];
    await Promise.all(all.map(async (element) => {
      // What waits to be scrolled to would never come: nobody scrolls.
      if (element.loading === 'lazy') element.loading = 'eager';
      // SVG's image element cannot say whether it is complete; a twin of it can.
      const image = element.localName === 'img' ? element : load(element.href.baseVal);
      if (!(await within(patience, loaded(image)))) missing.push(image.currentSrc || image.src);
    }));
    return missing.map((source) => (source.startsWith('data:') ? 'data:' : source));
  }

  const overflows = (element) => element.scrollWidth > element.clientWidth
    || element.scrollHeight > element.clientHeight;

  // The largest whole-pixel size between the minimum and the designer's own at which all fits.
  function shrink(element) {
    if (!overflows(element)) return null;
    const own = parseFloat(view().getComputedStyle(element).fontSize);
    let low = Math.min(own, Math.max(1, parseFloat(element.dataset.fitMin) || own / 2));
    let high = own;
    element.style.setProperty('font-size', `${low}px`, 'important');
    const fits = !overflows(element);
    while (fits && high - low > 0.5) {
      const middle = (low + high) / 2;
      element.style.setProperty('font-size', `${middle}px`, 'important');
      if (overflows(element)) high = middle; else low = middle;
    }
    element.style.setProperty('font-size', `${low}px`, 'important');
    return { field: element.dataset.field || '', size: Math.round(low), fits };
  }

  function stillAnimations(doc) {
    // Ending a transition on an element can start one on its children: until nothing runs.
    for (let round = 0; round < 10; round += 1) {
      const running = doc.getAnimations().filter(({ playState }) => playState === 'running');
      if (running.length === 0) break;
      for (const animation of running) {
        const end = animation.effect?.getComputedTiming().endTime;
        if (end === Infinity) animation.cancel(); else animation.finish();
      }
    }
    for (const svg of everywhere(doc, 'svg')) {
      if (svg.ownerSVGElement === null) { svg.pauseAnimations(); svg.setCurrentTime(0); }
    }
  }

  return {
    // Once per template version and head: a frame is made, every face and picture loaded and
    // held, so that no drawing has to ask for anything.
    async stand(path, box, sources) {
      drop(path);
      if (frames.size >= MOST_FRAMES) drop(frames.keys().next().value);
      // It may scroll, as a page of its own may: what cannot is drawn as a part of the shell's layer,
      // and shapes that reach over the card's edge get other edges. Nobody scrolls it.
      const frame = document.createElement('iframe');
      frame.src = path;
      frames.set(path, frame);
      const arrived = new Promise((resolve) => {
        frame.addEventListener('load', resolve, { once: true });
      });
      document.body.append(frame);
      show(path, box);
      await arrived;
      const problems = [];
      frame.filters = [...framed().styleSheets].some((sheet) => (
        [...sheet.cssRules].some((rule) => rule.cssText.includes('backdrop-filter'))));
      frame.held = sources.map((source) => load(source));
      await Promise.all([
        ...frame.held.map((image) => loaded(image)),
        ...[...framed().fonts].map((face) => face.load().catch(() => problems.push(face.family))),
      ]);
      return { standing: [...frames.keys()], problems };
    },

    // Waits for what a drawing asked for all the same. Masks and shapes are asked for in another
    // mode than pictures, and Blink keeps one mode of an address at a time: theirs first, then
    // the pictures' again.
    async arrived(urls) {
      for (const mode of ['anonymous', null]) {
        await Promise.all(urls.map((url) => loaded(load(url, mode))));
      }
    },

    // The swap lane: the standing frame gets the next document's body and root attributes.
    async draw(path, box, html, mark) {
      delete document.documentElement.dataset.draw;
      if (!frames.has(path)) return { stale: true };
      show(path, box);
      const doc = framed();
      const next = Document.parseHTMLUnsafe(html, KEEP_ALL);
      if (!doc.head.isEqualNode(next.head) || !sameDoctype(doc.doctype, next.doctype)) {
        return { stale: true };
      }
      setRootAttributes(next.documentElement, doc.documentElement);
      replaceAfterHead(doc, next);
      const stray = doc.body.querySelector(STRAY);
      if (stray) {
        drop(path);
        return { stray: stray.localName };
      }
      ground(box.background === 'transparent');
      const drawn = await this.settle();
      if (box.strip !== undefined) canvas(doc, html);
      setMark(mark, box.strip);
      return drawn;
    },

    // Everything that has to be over before the photograph.
    async settle(patience = 0) {
      const doc = framed();
      view().scrollTo(0, 0);
      doc.documentElement.getBoundingClientRect();
      await within(patience, doc.fonts.ready);
      const missing = await loadImages(doc, patience);
      const fitted = [...everywhere(doc, '[data-fit="shrink"]')].map(shrink).filter(Boolean);
      stillAnimations(doc);
      const unready = [...doc.fonts].filter((face) => !['loaded', 'unloaded'].includes(face.status));
      return { missing, fitted, fonts: unready.map((face) => face.family) };
    },

    // Waits until a document is loaded, which without scripts is the end of it.
    async loaded() {
      if (framed().readyState === 'complete') return;
      await new Promise((resolve) => { view().addEventListener('load', resolve, { once: true }); });
    },

    // Waits until a document with scripts is loaded and, where it asks for that, has said that it
    // is ready; by asking again and again, because a script may replace what could be observed.
    // There are no timers where scripts are off.
    async ready(patience) {
      const waits = () => framed().documentElement?.dataset.ready === 'wait';
      const began = performance.now();
      while (framed().readyState !== 'complete' || waits()) {
        if (performance.now() - began > patience) return waits() ? 'ready' : 'load';
        await pause(10);
      }
      return '';
    },

    elements: () => framed().getElementsByTagName('*').length,

    // What to photograph if not the viewport: an element, or the page down to its end.
    measure(selector) {
      const doc = framed();
      if (!selector) {
        const height = Math.max(doc.documentElement.scrollHeight, doc.body?.scrollHeight ?? 0);
        return { left: 0, top: 0, right: view().innerWidth, bottom: height };
      }
      let found;
      try { found = doc.querySelector(selector); } catch { return { fault: 'unreadable' }; }
      if (!found) return { fault: 'absent' };
      const { left, top, right, bottom } = found.getBoundingClientRect();
      const seen = right > Math.max(left, 0) && bottom > Math.max(top, 0);
      return seen ? { left, top, right, bottom } : { fault: 'unseen' };
    },

    // For printing: the frame on its page, to scale, in a box that has no second page.
    place(x, y, factor) {
      document.body.style.contain = 'strict';
      card.style.transformOrigin = '0 0';
      if (factor !== 1 || x || y) card.style.transform = `translate(${x}px, ${y}px) scale(${factor})`;
    },

    showMark: setMark,
    mark: () => document.documentElement.dataset.draw,
    outerHTML: () => framed().documentElement.outerHTML,
  };
})()
