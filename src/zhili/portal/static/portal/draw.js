// Runs a draw again in the reader's own browser: RFC 3797 with SHA-256, from the published file alone.
// The same in Python: docs/verify_draw.py; what it means in words: the page itself.

const utf8 = new TextEncoder();
const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
const sha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

/** Numbers in rising order, each with a full stop; a word in capital letters and digits; a slash after each. */
function keyOf(values) {
  return values.map((value) => {
    const parts = typeof value === 'string'
      ? [value.toUpperCase().replace(/[^0-9A-Z]/g, '')]
      : value.map(BigInt).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `${parts.map((part) => `${part}.`).join('')}/`;
  }).join('');
}

/** Which of a list of `size`, in the order picked. */
async function picks(key, size, count) {
  const left = [...Array(size).keys()];
  const found = [];
  for (let i = 0; i < count; i += 1) {
    const turn = [i >> 8, i & 255];
    const digest = await sha256(new Uint8Array([...turn, ...utf8.encode(key), ...turn]));
    found.push(...left.splice(Number(BigInt(`0x${digest}`) % BigInt(left.length)), 1));
  }
  return found;
}

const byCodePoint = (a, b) => {
  const x = [...a].map((c) => c.codePointAt(0));
  const y = [...b].map((c) => c.codePointAt(0));
  for (let i = 0; i < Math.min(x.length, y.length); i += 1) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
};

/** How many of each stratum: in proportion, what is left by largest remainder, ties by name. */
function shares(sizes, count) {
  const total = [...sizes.values()].reduce((a, b) => a + b, 0);
  const given = new Map([...sizes].map(([name, size]) => [name, Math.floor((count * size) / total)]));
  const rest = [...sizes.keys()].sort((a, b) =>
    (((count * sizes.get(b)) % total) - ((count * sizes.get(a)) % total)) || byCodePoint(a, b));
  const over = count - [...given.values()].reduce((a, b) => a + b, 0);
  for (const name of rest.slice(0, over)) given.set(name, given.get(name) + 1);
  return given;
}

/** The names drawn, stratum by stratum in order of their names. */
async function result(list, count, key) {
  const strata = new Map();
  for (const line of list.split('\n').slice(0, -1)) {
    const [stratum, name] = line.split('\t');
    strata.set(stratum, [...(strata.get(stratum) ?? []), name]);
  }
  const wanted = shares(new Map([...strata].map(([name, some]) => [name, some.length])), count);
  const drawn = [];
  for (const name of [...strata.keys()].sort(byCodePoint)) {
    const some = strata.get(name);
    const own = name ? `${key}${name}/` : key;
    drawn.push(...(await picks(own, some.length, wanted.get(name))).map((i) => some[i]));
  }
  return drawn;
}

/** A value as text that does not depend on the order of its keys. */
const plain = (value) => JSON.stringify(value, (_key, one) =>
  (one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one));

async function leafSays(leaf) {
  const body = Uint8Array.from(atob(leaf.body), (c) => c.charCodeAt(0));
  const digest = await sha256(new Uint8Array([0, ...body]));
  return digest === leaf.hash ? JSON.parse(new TextDecoder().decode(body)) : null;
}

/** [name of the sentence, whether it holds] for each thing looked at. */
async function check(file) {
  const announced = await leafSays(file.announcement);
  const ended = await leafSays(file.ending);
  const key = keyOf(file.values.map((one) => one.value));
  const found = [
    ['list', (await sha256(utf8.encode(file.list))) === file.list_sha256],
    ['announced', announced?.what.list_sha256 === file.list_sha256 && announced.what.count === file.count
      && plain(announced.what.sources) === plain(file.sources) && announced.at < file.draw_at],
    ['key', key === file.key && file.values.every((one) => one.at >= file.draw_at)],
    ['ended', ended?.what.key === file.key && JSON.stringify(ended.what.result) === JSON.stringify(file.result)],
  ];
  if (file.state === 'drawn') {
    const again = await result(file.list, file.count, key);
    found.push(['same', JSON.stringify(again) === JSON.stringify(file.result)]);
  }
  return found;
}

function tell(box, sentences) {
  const list = box.querySelector('[data-draw-says]');
  list.replaceChildren(...sentences.map(([text, good]) => {
    const item = document.createElement('li');
    item.textContent = `${good ? '✓' : '✗'} ${text}`;
    item.className = good ? 'state state-done' : 'state state-over';
    return item;
  }));
  list.hidden = false;
}

for (const box of document.querySelectorAll('[data-draw]')) {
  const button = box.querySelector('button');
  button.hidden = false;
  box.querySelector('[data-draw-plain]').hidden = true;
  button.addEventListener('click', async () => {
    button.setAttribute('aria-busy', 'true');
    box.removeAttribute('data-draw-holds');
    try {
      if (!globalThis.crypto?.subtle) throw new Error(box.dataset.insecure);
      const file = await (await fetch(box.dataset.draw, { cache: 'no-store' })).json();
      const found = await check(file);
      tell(box, found.map(([name, good]) => [box.dataset[good ? name : `${name}Not`], good]));
      box.dataset.drawHolds = String(found.every(([, good]) => good));
    } catch (error) {
      tell(box, [[error.message || String(error), false]]);
      box.dataset.drawHolds = 'false';
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}
