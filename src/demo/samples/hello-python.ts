import { commit, fileOf, type Sample } from './sample.ts';

const program = fileOf('hello-python', 'main.py');
const greeting = (words: string) => program.replace("GREETING = 'hello'", `GREETING = '${words}'`);

/** A python service without a build. */
export const helloPython: Sample = {
  name: 'hello-python',
  main: [
    commit(0, 'Say hello', { 'main.py': program }),
    commit(1, 'Say hello to the world', { 'main.py': greeting('hello, world') }),
    commit(2, 'Say good morning', { 'main.py': greeting('good morning') }),
  ],
  branches: { evening: [commit(3, 'Say good evening', { 'main.py': greeting('good evening') })] },
  tags: { 'v1.0': 0 },
};
