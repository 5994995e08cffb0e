// Decides by decision tables in DMN, with a reader (dmn-moddle) and a FEEL (feelin) that are none of ours.
//
// Standard input is JSON: where the two are; `xml`; and `jobs`, each a `decision` and its `inputs`, a list of
// [name, values]. For each job the answers for every combination, the last input turning fastest: `found` are
// places in `answers`. A table that is UNIQUE says "none" or "several" where not exactly one row answers.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const given = JSON.parse(readFileSync(0, 'utf-8'));
const { DmnModdle } = await import(pathToFileURL(given.moddle));
const { evaluate, unaryTest } = await import(pathToFileURL(given.feelin));

const { rootElement, warnings } = await new DmnModdle().fromXML(given.xml);
const decisions = new Map(
  rootElement.drgElement.filter(each => each.$type === 'dmn:Decision').map(each => [each.id, each])
);
const remembered = new Map();

function once(code, value, ask) {
  if (!remembered.has(code)) remembered.set(code, new Map());
  const answers = remembered.get(code);
  const key = value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
  if (!answers.has(key)) {
    const { value: answer, warnings: doubts } = ask();
    if (doubts.length) throw new Error(`${code} of ${key}: ${JSON.stringify(doubts)}`);
    answers.set(key, answer);
  }
  return answers.get(key);
}

const read = text => once(text, null, () => evaluate(text, {}));

// What an entry says of each value that it was asked of: one for each text.
const entries = new Map();
function meets(test) {
  if (!entries.has(test)) {
    const answers = new Map();
    const ask = value => once(`? ${test}`, value, () => unaryTest(test, { '?': value }));
    entries.set(test, value => {
      if (value !== null && typeof value === 'object') return ask(value);
      if (!answers.has(value)) answers.set(value, ask(value));
      return answers.get(value);
    });
  }
  return entries.get(test);
}

// A decision as it is asked: what it requires, its inputs, and of each row the entries that say something.
const prepared = new Map();
function prepare(decision) {
  if (!prepared.has(decision)) {
    const table = decision.decisionLogic;
    prepared.set(decision, {
      required: (decision.informationRequirement || [])
        .map(need => need.requiredDecision && decisions.get(need.requiredDecision.href.slice(1)))
        .filter(required => required),
      inputs: table.input.map(input => [
        input.inputExpression.text,
        input.inputValues && meets(input.inputValues.text),
      ]),
      rows: table.rule.map(rule => ({
        entries: rule.inputEntry
          .map((entry, n) => [n, entry.text === '-' ? null : meets(entry.text)])
          .filter(([, holds]) => holds),
        said: () => rule.outputEntry.map(entry => read(entry.text)).join(' '),
      })),
      collects: table.hitPolicy === 'COLLECT',
    });
  }
  return prepared.get(decision);
}

// What a decision says, as far as it is known already, in `known`: an object of values by their names.
function decide(decision, known) {
  const { required, inputs, rows, collects } = prepare(decision);
  for (const each of required) {
    if (!(each.variable.name in known)) known[each.variable.name] = decide(each, known);
  }
  const values = inputs.map(([code, allows]) => {
    if (!(code in known)) throw new Error(`${decision.id} asks for ${code}, which it does not require`);
    const value = once(code, known[code], () => evaluate(code, known));
    if (allows && allows(value) !== true) throw new Error(`${code} cannot be ${value}`);
    return value;
  });
  const said = rows
    .filter(row => row.entries.every(([n, holds]) => holds(values[n]) === true))
    .map(row => row.said());
  if (collects) return said.join('; ');
  return said.length === 1 ? said[0] : said.length ? 'several' : 'none';
}

function* combinations(inputs, known = {}) {
  if (!inputs.length) return yield { ...known };
  const [[name, values], ...rest] = inputs;
  for (const value of values) {
    known[name] = value !== null && typeof value === 'object' ? read(`date("${value.date}")`) : value;
    yield* combinations(rest, known);
  }
}

const results = given.jobs.map(job => {
  const answers = new Map();
  const found = [];
  for (const known of combinations(job.inputs)) {
    const answer = decide(decisions.get(job.decision), known);
    if (!answers.has(answer)) answers.set(answer, answers.size);
    found.push(answers.get(answer));
  }
  return { answers: [...answers.keys()], found };
});
process.stdout.write(JSON.stringify({ warnings: warnings.map(each => each.message), results }));
