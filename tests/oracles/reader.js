// The EDN reader `edn-data` as the oracle tests use it; as reader.py, for JavaScript. All its numbers but bigints are f64.
const { parseEDNString, toEDNString } = require('edn-data');

const hexed = (text) => Buffer.from(text, 'utf8').toString('hex');

function bits(number) {
  if (Number.isNaN(number)) return 'fnan';
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return 'f' + bytes.toString('hex');
}

function drawn(v) {
  if (v === null) return 'nil';
  if (typeof v === 'boolean') return String(v);
  if (typeof v === 'number') return bits(v);
  if (typeof v === 'bigint') return 'n' + v;
  if (typeof v === 'string') return 's' + hexed(v);
  if (Array.isArray(v)) return '[' + v.map(drawn).join(' ') + ']';
  if (v instanceof Date) return '@' + BigInt(v.getTime()) * 1000000n;
  if ('char' in v) return 'c' + v.char.codePointAt(0).toString(16);
  if ('key' in v) return 'k' + hexed(v.key);
  if ('sym' in v) return 'y' + hexed(v.sym);
  if ('list' in v) return '(' + v.list.map(drawn).join(' ') + ')';
  if ('set' in v) return '#{' + v.set.map(drawn).sort().join(' ') + '}';
  if ('map' in v) return '{' + v.map.map(([key, item]) => drawn(key) + ' ' + drawn(item)).sort().join(' ') + '}';
  if (v.tag === 'uuid') return 'u' + v.val.replace(/-/g, '');
  if ('tag' in v) return '#' + hexed(v.tag) + ' ' + drawn(v.val);
  throw new TypeError(JSON.stringify(v));
}

const line = (text) =>
  text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t');

const texts = require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1);
const answers = texts.map((text) => {
  try {
    const value = parseEDNString(text);
    return 'ok\t' + line(drawn(value)) + '\t' + line(toEDNString(value));
  } catch (error) {
    return 'err\t' + line(String(error && error.message));
  }
});
process.stdout.write(answers.map((answer) => answer + '\n').join(''));
