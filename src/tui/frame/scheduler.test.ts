import { describe, expect, test } from 'vitest';
import { FrameScheduler, frameMs } from './scheduler.ts';

function setup() {
  let now = 1000;
  let calls: Array<{ at: number; call: () => void }> = [];
  const frames: Array<{ at: number; complete: boolean }> = [];
  const host = {
    blocked: false,
    isBlocked: () => host.blocked,
    draw: (complete: boolean) => void frames.push({ at: now - 1000, complete }),
  };
  const plan = (at: number, call: () => void): (() => void) => {
    const entry = { at, call };
    calls.push(entry);
    return () => {
      calls = calls.filter((each) => each !== entry);
    };
  };
  const clock = {
    now: () => now,
    after: (ms: number, call: () => void) => plan(now + ms, call),
    soon: (call: () => void) => plan(now, call),
  };
  return {
    scheduler: new FrameScheduler(host, clock),
    host,
    frames,
    times: () => frames.map((frame) => frame.at),
    waiting: () => calls.length,
    /** Lets time pass. */
    run(ms: number): void {
      const end = now + ms;
      for (;;) {
        const next = calls.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        calls = calls.filter((each) => each !== next);
        now = Math.max(now, next.at);
        next.call();
      }
      now = end;
    },
  };
}

describe('frames', () => {
  test('the first change is drawn at once, later ones together', () => {
    const { scheduler, run, times } = setup();
    scheduler.damage();
    run(1);
    for (let count = 0; count < 10; count++) {
      scheduler.damage();
      run(1);
    }
    run(100);
    expect(times()).toEqual([0, frameMs]);
  });

  test('a flood is drawn about sixty times a second', () => {
    const { scheduler, run, times } = setup();
    for (let ms = 0; ms < 1000; ms++) {
      scheduler.damage();
      run(1);
    }
    expect(times().length).toBeGreaterThan(55);
    expect(times().length).toBeLessThanOrEqual(64);
  });

  test('the echo of a key does not wait for the next frame', () => {
    const { scheduler, run, times } = setup();
    scheduler.damage();
    run(2);
    scheduler.input();
    scheduler.damage();
    run(0);
    expect(times()).toEqual([0, 2]);
  });

  test('a planned frame is hurried by a key', () => {
    const { scheduler, run, times } = setup();
    scheduler.damage();
    run(1);
    scheduler.damage();
    scheduler.input();
    run(1);
    expect(times()).toEqual([0, 1]);
  });

  test('what would be drawn at the end of the turn is drawn when nothing more comes, and what waits for its time is not', () => {
    const { scheduler, run, times, waiting } = setup();
    scheduler.hurry();
    expect(times()).toEqual([]);
    scheduler.damage();
    scheduler.hurry();
    expect(times()).toEqual([0]);
    expect(waiting()).toBe(0);
    scheduler.damage();
    scheduler.hurry();
    expect(times()).toEqual([0]);
    run(100);
    expect(times()).toEqual([0, frameMs]);
  });

  test('a flood behind a key is still held to the frame rate', () => {
    const { scheduler, run, times } = setup();
    scheduler.input();
    for (let ms = 0; ms < 100; ms++) {
      scheduler.damage();
      run(1);
    }
    expect(times().length).toBeLessThanOrEqual(10);
  });

  test('nothing is drawn while the terminal does not read, then what is newest, once', () => {
    const { scheduler, host, run, times, waiting } = setup();
    host.blocked = true;
    for (let count = 0; count < 50; count++) scheduler.damage();
    run(500);
    expect(times()).toEqual([]);
    expect(waiting()).toBe(0);
    host.blocked = false;
    scheduler.drained();
    run(0);
    expect(times()).toEqual([500]);
  });

  test('a complete frame stays due until it is drawn', () => {
    const { scheduler, host, frames, run } = setup();
    host.blocked = true;
    scheduler.damageAll();
    run(20);
    host.blocked = false;
    scheduler.damage();
    run(20);
    scheduler.damage();
    run(20);
    expect(frames.map((frame) => frame.complete)).toEqual([true, false]);
  });

  test('when nothing changes nothing waits', () => {
    const { scheduler, run, waiting } = setup();
    scheduler.damage();
    run(100);
    expect(waiting()).toBe(0);
    scheduler.input();
    expect(waiting()).toBe(0);
  });

  test('after the stop nothing is drawn', () => {
    const { scheduler, run, times, waiting } = setup();
    scheduler.damage();
    scheduler.stop();
    scheduler.damage();
    run(100);
    expect([times(), waiting()]).toEqual([[], 0]);
  });
});
