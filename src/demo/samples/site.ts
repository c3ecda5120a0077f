import { commit, fileOf, type Sample } from './sample.ts';

const page = fileOf('site', 'index.html');

/** Files that a web server would serve: nothing is built and nothing restarted. */
export const site: Sample = {
  name: 'site',
  main: [
    commit(0, 'Put up a page', { 'index.html': page }),
    commit(1, 'Give it a colour', { 'style.css': fileOf('site', 'style.css') }),
    commit(2, 'Announce the opening hours', {
      'index.html': page.replace('Opening soon.', 'Open from nine to five.'),
    }),
  ],
  branches: {},
  tags: { opening: 2 },
};
