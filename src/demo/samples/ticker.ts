import { commit, fileOf, type Sample } from './sample.ts';

const script = fileOf('ticker', 'deploy_start.sh');

/** A sh job that stays in the foreground and uses no port. */
export const ticker: Sample = {
  name: 'ticker',
  main: [
    commit(0, 'Tell the time', { 'deploy_start.sh': script }),
    commit(1, 'Tell it twice as often', { 'deploy_start.sh': script.replace('PAUSE=10', 'PAUSE=5') }),
  ],
  branches: {},
  tags: {},
};
