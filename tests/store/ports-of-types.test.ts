import { expect, test } from 'vitest';
import { portOverlaps } from '../../src/model/port-overlap.ts';
import { typeOf } from '../../src/project-types/index.ts';

const claim = (type: string, port: number, processes = 1) => ({
  projectKey: `${type}_${port}`,
  port,
  processes,
  others: typeOf(type).otherPorts?.(port) ?? [],
});

test("Tomcat's ports for AJP and for shutting down belong to it as its own one does", () => {
  const tomcat = claim('java-tomcat', 8080);
  expect(tomcat.others).toEqual([7975, 8005]);
  expect(
    portOverlaps(tomcat, [claim('nodejs', 8003, 3), claim('nodejs', 7976), claim('nodejs', 7970, 6)]),
  ).toEqual([
    { projectKey: 'nodejs_8003', ports: [8005] },
    { projectKey: 'nodejs_7970', ports: [7975] },
  ]);
  expect(portOverlaps(claim('nodejs', 8005), [tomcat])).toEqual([
    { projectKey: 'java-tomcat_8080', ports: [8005] },
  ]);
});
