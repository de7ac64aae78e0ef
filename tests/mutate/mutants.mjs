// The faults that can be put into a file of TypeScript: each a piece of the text and
// what takes its place. Types are left alone, as no test could tell.

import { parseSync } from 'vite';

const OPPOSITE = {
  '===': '!==', '!==': '===', '<': '<=', '<=': '<', '>': '>=', '>=': '>',
  '&&': '||', '||': '&&', '??': '&&', '+': '-', '-': '+', '*': '/', '%': '*',
};

/** What is of types or of the module's shape: nothing in it runs. */
const isNoCode = (node) =>
  /^(TS|Import|ExportAll|ExportSpecifier)/.test(node.type) && !/^TS(As|NonNull|Satisfies|TypeAssertion)/.test(node.type);

/**
 * The mutants of a file.
 *
 * @param {string} name of the file, for its language
 * @param {string} text
 * @returns {{ kind: string, start: number, end: number, text: string, line: number }[]}
 */
export function mutantsOf(name, text) {
  const { program, errors } = parseSync(name, text);
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  const found = [];
  const put = (kind, { start, end }, replacement) => {
    if (text.slice(start, end) === replacement) return;
    const line = text.slice(0, start).split('\n').length;
    found.push({ kind, start, end, text: replacement, line });
  };
  walk(program, (node, parent, key) => {
    const source = (part) => text.slice(part.start, part.end);
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const opposite = OPPOSITE[node.operator];
        if (opposite === undefined) break;
        const between = text.slice(node.left.end, node.right.start).replace(node.operator, opposite);
        put(`${node.operator} is ${opposite}`, { start: node.left.end, end: node.right.start }, between);
        break;
      }
      case 'IfStatement':
      case 'ConditionalExpression':
        put('the condition holds', node.test, 'true');
        put('the condition does not hold', node.test, 'false');
        break;
      case 'WhileStatement':
        put('the loop is left out', node.test, 'false');
        break;
      case 'UnaryExpression':
        if (node.operator === '!') put('! is left out', node, `(${source(node.argument)})`);
        break;
      case 'ReturnStatement':
        if (node.argument) put('nothing is returned', node, 'return undefined;');
        break;
      case 'ArrowFunctionExpression':
        if (node.expression) put('nothing is returned', node.body, '(undefined)');
        break;
      case 'ExpressionStatement':
        if (/^(Call|Await)Expression$/.test(node.expression.type)) put('a call is left out', node, ';');
        if (node.expression.type === 'AssignmentExpression') put('an assignment is left out', node, ';');
        break;
      case 'ThrowStatement':
        put('nothing is thrown', node, ';');
        break;
      case 'Literal':
        literal(node, parent, key, put);
        break;
      case 'ArrayExpression':
        if (node.elements.length > 0) put('the list is empty', node, '[]');
        break;
      case 'SpreadElement':
        if (parent.type === 'ObjectExpression') put('a spread is left out', node, '...{}');
        break;
    }
  });
  return found;
}

function literal(node, parent, key, put) {
  const isName = (parent.type === 'Property' && key === 'key' && !parent.computed) || parent.type === 'ExpressionStatement';
  if (isName) return;
  if (typeof node.value === 'boolean') put('the opposite', node, String(!node.value));
  if (typeof node.value === 'number') put('one more', node, `(${node.raw} + 1)`);
  // A sentence for people is left alone: no test should hold its words.
  if (typeof node.value === 'string' && !/\w \w/.test(node.value)) put(node.value === '' ? 'a text' : 'an empty text', node, node.value === '' ? "'mutant'" : "''");
}

function walk(node, visit, parent, key) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit, parent, key);
    return;
  }
  if (typeof node.type === 'string') {
    if (isNoCode(node)) return;
    visit(node, parent ?? node, key);
  }
  for (const [name, value] of Object.entries(node)) {
    if (name !== 'parent' && value !== null && typeof value === 'object') walk(value, visit, typeof node.type === 'string' ? node : parent, name);
  }
}
