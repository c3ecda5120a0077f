import { writeFileSync } from 'node:fs';

/** A vitest reporter that writes how many tests passed, failed and were skipped to the file CEDAR_TALLY. */
export default class Tally {
  onTestRunEnd(modules, unhandled) {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) count[state === 'pending' ? 'failed' : state] += 1;
      // a file that could not be loaded, or whose hooks failed, has failed even where its tests say nothing
      if (module.state() === 'failed' && !states.includes('failed')) count.failed += 1;
    }
    writeFileSync(process.env.CEDAR_TALLY, JSON.stringify(count));
  }
}
