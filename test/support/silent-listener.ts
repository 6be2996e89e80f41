// For tests of emulators that listen to nothing a program says besides drawing.
import type { VtListener } from '../../src/terminal/engine.ts';

export const silentListener: VtListener = {
  reply: () => undefined,
  title: () => undefined,
  bell: () => undefined,
  notification: () => undefined,
  progress: () => undefined,
  programStatus: () => undefined,
  clipboard: () => undefined,
  osc: () => undefined,
};
