import { killStories } from './stories.ts';

killStories(false, (_, index) => index % 2 === 0);
