export { type Moment, momentOf, zoneName } from '../model/zoned-time.ts';
