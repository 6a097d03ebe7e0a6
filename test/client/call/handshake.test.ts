import { expect, test } from 'vitest';
import { Handshake } from '../../../client/call/handshake.ts';

test('a handshake names the line, counts its sockets, and takes the token of now', () => {
  const handshake = new Handshake('first');
  const said: { token: string; line: string; attempt: number }[] = [];
  handshake.give((auth) => said.push(auth));
  handshake.token = 'second';
  handshake.give((auth) => said.push(auth));
  const [one, two] = said;
  expect([one?.token, one?.attempt, two?.token, two?.attempt]).toEqual(['first', 1, 'second', 2]);
  expect(two?.line).toBe(one?.line);
  expect(one?.line).not.toBe(saidBy(new Handshake('first')).line);
});

function saidBy(handshake: Handshake): { line: string } {
  let line = '';
  handshake.give((auth) => {
    line = auth.line;
  });
  return { line };
}
