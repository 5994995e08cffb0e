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
const meets = (test, value) => once(`? ${test}`, value, () => unaryTest(test, { '?': value }));

// What a decision says, as far as it is known already, in `known`: an object of values by their names.
function decide(decision, known) {
  for (const need of decision.informationRequirement || []) {
    const required = need.requiredDecision && decisions.get(need.requiredDecision.href.slice(1));
    if (required && !(required.variable.name in known)) known[required.variable.name] = decide(required, known);
  }
  const table = decision.decisionLogic;
  const values = table.input.map(input => {
    const code = input.inputExpression.text;
    if (!(code in known)) throw new Error(`${decision.id} asks for ${code}, which it does not require`);
    const value = once(code, known[code], () => evaluate(code, known));
    if (input.inputValues && meets(input.inputValues.text, value) !== true) {
      throw new Error(`${code} cannot be ${value}`);
    }
    return value;
  });
  const rows = table.rule.filter(rule =>
    rule.inputEntry.every((entry, n) => entry.text === '-' || meets(entry.text, values[n]) === true)
  );
  const said = rows.map(rule => rule.outputEntry.map(entry => read(entry.text)).join(' '));
  if (table.hitPolicy === 'COLLECT') return said.join('; ');
  return rows.length === 1 ? said[0] : rows.length ? 'several' : 'none';
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
