// One peer that runs in Node, spoken to in JSON lines: `node peers.mjs PEER`.
//
// The first line in is the card: { document, font, avatar, width, height, quality, chromium, args },
// where `document` has «name», «company», «row», «seat» in the place of values. Then each line is
// one turn, { format, concurrency, seconds }, and is answered by { rate, latencies, sizes },
// or by { picture } in base64 when it asks with { format, picture: number }. An answer that is no
// such picture, or that was given before, is { wrong } and ends the run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const POOL = 4;

class Wrong extends Error {}

const values = (number) => ({
  name: `Ada Lovelace ${number}`,
  company: `Analytical Engines ${number} GmbH`,
  row: `${number}`,
  seat: `${number * 3}`,
});

const filled = (card, number) => {
  const all = values(number);
  return card.document.replace(/«(\w+)»/g, (_, field) => all[field]);
};

// --- Each peer is a function from the card to { draw(number, format), close() } -------------------

// satori knows no style sheets: the card once more, as a tree of elements with their styles.
const satoriAndResvg = async (card) => {
  const { default: satori } = await import('satori');
  const { Resvg } = await import('@resvg/resvg-js');
  const fonts = [{ name: 'InterX', data: readFileSync(card.font), weight: 400, style: 'normal' }];
  const box = (style, ...children) => ({
    type: 'div',
    props: { style: { display: 'flex', boxSizing: 'border-box', ...style }, children },
  });
  const tree = ({ name, company, row, seat }) => box(
    {
      width: card.width, height: card.height, padding: 64, color: '#fff', fontFamily: 'InterX',
      flexDirection: 'column', justifyContent: 'space-between',
      backgroundImage: 'linear-gradient(135deg,#1e1b4b,#7c3aed 60%,#f472b6)',
    },
    box(
      { alignItems: 'center', gap: 20, fontSize: 28 },
      box({
        width: 64, height: 64, borderRadius: 16, background: '#fff',
        boxShadow: '0 8px 24px rgba(0,0,0,.35)',
      }),
      'Acme Conference 2026',
    ),
    box(
      { display: 'block', fontSize: 76, lineHeight: 1.08, letterSpacing: '-.03em' },
      `${name}, your seat at the future of personalised images is reserved`,
    ),
    box(
      { alignItems: 'center', gap: 24, fontSize: 26 },
      {
        type: 'img',
        props: {
          src: card.avatar, width: 88, height: 88,
          style: { boxSizing: 'border-box', borderRadius: 44, border: '4px solid #fff' },
        },
      },
      box({ flexDirection: 'column' }, box({}, name), company),
      box(
        {
          marginLeft: 'auto', padding: '14px 28px', borderRadius: 999,
          background: 'rgba(255,255,255,.18)', border: '1px solid rgba(255,255,255,.4)',
        },
        `Row ${row} · Seat ${seat}`,
      ),
    ),
  );
  return {
    async draw(number) {
      const { width, height } = card;
      return new Resvg(await satori(tree(values(number)), { width, height, fonts })).render().asPng();
    },
    close() {},
  };
};

const browserOptions = (card) => ({
  executablePath: card.chromium,
  args: card.args,
  defaultViewport: { width: card.width, height: card.height },
});

const shot = (card, format) => (
  format === 'jpeg' ? { type: 'jpeg', quality: card.quality } : { type: 'png' }
);

const warmPage = async (card) => {
  const { default: puppeteer } = await import('puppeteer');
  const browser = await puppeteer.launch(browserOptions(card));
  const page = await browser.newPage();
  return {
    async draw(number, format) {
      await page.setContent(filled(card, number));
      return page.screenshot(shot(card, format));
    },
    close: () => browser.close(),
  };
};

const cluster = async (card) => {
  const { default: puppeteer } = await import('puppeteer');
  const { Cluster } = await import('puppeteer-cluster');
  const pool = await Cluster.launch({
    concurrency: Cluster.CONCURRENCY_PAGE,
    maxConcurrency: POOL,
    puppeteer,
    puppeteerOptions: browserOptions(card),
  });
  await pool.task(async ({ page, data: { number, format } }) => {
    await page.setContent(filled(card, number));
    return page.screenshot(shot(card, format));
  });
  return {
    draw: (number, format) => pool.execute({ number, format }),
    close: async () => { await pool.idle(); await pool.close(); },
  };
};

const PEERS = {
  'satori + resvg': satoriAndResvg,
  'puppeteer, warm page': warmPage,
  'puppeteer-cluster': cluster,
};

// --- Looking at what they draw -------------------------------------------------------------------

// Where a JPEG says how large it is: in the first "start of frame" of its chain of segments.
const sizeOfJpeg = (body) => {
  let place = 2;
  while (place + 9 < body.length && body[place] === 0xff) {
    const kind = body[place + 1];
    if (kind >= 0xc0 && kind <= 0xc3) {
      return [body.readUInt16BE(place + 7), body.readUInt16BE(place + 5)];
    }
    place += 2 + body.readUInt16BE(place + 2);
  }
  return [0, 0];
};

const sizeOf = (body, format) => {
  if (format === 'jpeg') return body.readUInt16BE(0) === 0xffd8 ? sizeOfJpeg(body) : [0, 0];
  const png = body.readUInt32BE(0) === 0x89504e47;
  return png ? [body.readUInt32BE(16), body.readUInt32BE(20)] : [0, 0];
};

const seen = new Set();

const check = (card, body, format) => {
  const [width, height] = sizeOf(body, format);
  if (width !== card.width || height !== card.height) {
    throw new Wrong(`an answer is no ${format} of ${card.width}x${card.height}`);
  }
  const digest = createHash('sha256').update(body).digest('base64');
  if (seen.has(digest)) throw new Wrong('two pictures are equal, their data are not');
  seen.add(digest);
};

// --- Turns ---------------------------------------------------------------------------------------

let number = 1000; // as many digits as everybody's

const turn = async (card, peer, { format, concurrency, seconds }) => {
  const latencies = [];
  const bodies = [];
  const began = performance.now();
  const slot = async () => {
    let drawn = 0;
    let now = began;
    while (drawn === 0 || now - began < seconds * 1000) {
      const body = await peer.draw(number++, format);
      const before = now;
      now = performance.now();
      latencies.push((now - before) / 1000);
      bodies.push(Buffer.from(body));
      drawn += 1;
    }
    return (drawn * 1000) / (now - began);
  };
  const rates = await Promise.all(Array.from({ length: concurrency }, slot));
  return [
    { rate: rates.reduce((sum, rate) => sum + rate), latencies, sizes: bodies.map((b) => b.length) },
    () => bodies.forEach((body) => check(card, body, format)),
  ];
};

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

let card;
let peer;
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    if (!card) {
      card = asked;
      peer = await PEERS[process.argv[2]](card);
      say({ ready: true });
    } else if (asked.picture !== undefined) {
      say({ picture: Buffer.from(await peer.draw(asked.picture, asked.format)).toString('base64') });
    } else {
      const [figures, look] = await turn(card, peer, asked);
      say(figures);
      look();
      say({ checked: true });
    }
  }
} catch (error) {
  say({ wrong: error instanceof Wrong ? error.message : `${error}` });
  process.exitCode = 1;
} finally {
  await peer?.close();
}
process.exit();
