// The preferences of a user who has set none. Free of zod (see failure.ts); a test compares it with the schema.
import type { Config } from './config.ts';

export const defaultConfig: Config = {
  theme: 'auto',
  leader: 'ctrl+q',
  defaultAgents: [],
  composer: {},
  keys: {},
  shiftEnter: '\u001b\r',
  mouse: true,
  notify: true,
  agents: {},
  install: { agents: {} },
  watchdog: { minutes: 10 },
};
