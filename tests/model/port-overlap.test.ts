import { expect, test } from 'vitest';
import { portOverlaps, portsFit } from '../../src/model/port-overlap.ts';

const claim = (projectKey: string, port: number | null, processes = 1) => ({ projectKey, port, processes });

test('every project whose range meets the wanted one is named with the shared ports', () => {
  const others = [claim('a', 3998, 3), claim('b', 4002), claim('c', 4003), claim('d', null, 9)];
  expect(portOverlaps(claim('me', 4000, 3), others)).toEqual([
    { projectKey: 'a', ports: [4000] },
    { projectKey: 'b', ports: [4002] },
  ]);
});

test('a project without a port asks for none', () => {
  expect(portOverlaps(claim('me', null, 3), [claim('a', 4000)])).toEqual([]);
});

test('the last process needs a port too', () => {
  expect([portsFit(65_530, 6), portsFit(65_530, 7), portsFit(null, 99)]).toEqual([true, false, true]);
});
