// What can go wrong between a click and its answer, each as a short play on both screens.

import type { UserPatch } from 'palm-user';

import type { Plan } from './network';

/** What a play is made of. All of it ends at once when another play begins. */
export interface Director {
  readonly say: (caption: string) => void;
  readonly pause: (ms: number) => Promise<void>;
  /** One click, on both screens. */
  readonly click: (patch: UserPatch) => void;
  readonly refresh: () => void;
  readonly writeElsewhere: (patch: UserPatch) => void;
  readonly offline: (isOffline: boolean) => void;
  readonly signedOut: (isSignedOut: boolean) => void;
  /** Until the right screen has sent what was clicked: a slow device may take its time. */
  readonly sent: () => Promise<void>;
  /** Until nothing is under way on either screen. */
  readonly settled: () => Promise<void>;
}

export interface Scenario {
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
  readonly play: (director: Director) => Promise<void>;
}

const language = (to: string): UserPatch => ({ metadata: { language: to } });
const newsletter = (to: string): UserPatch => ({ metadata: { newsletter: to } });

export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'lost',
    name: 'Lost answer',
    plan: { latencyMs: 600, writes: [{ latencyMs: 1_400, fault: 'drop=after' }] },
    play: async ({ say, pause, click, settled }) => {
      say('One click, sent by both screens. The server stores it, then the connection drops.');
      await pause(1_300);
      click(language('de'));
      await pause(1_700);
      say('No answer came. The left screen takes the edit back. The right one asks the server.');
      await pause(1_200);
      await settled();
      await pause(900);
      say('The server has “de”. The left screen says “en”, and nobody will notice until it matters.');
    },
  },
  {
    id: 'slow',
    name: 'Slow request',
    plan: { latencyMs: 400, writes: [{ latencyMs: 3_200, isOvertaken: true }, { latencyMs: 400 }] },
    play: async ({ say, pause, click, sent, settled }) => {
      say('Two clicks, “de” and then “fr”. The first request is slow, and the second overtakes it.');
      await pause(1_200);
      click(language('de'));
      await sent();
      await pause(700);
      click(language('fr'));
      await pause(2_800);
      await settled();
      await pause(600);
      say('The left screen ends with the first choice. The right one sends one request at a time.');
    },
  },
  {
    id: 'refused',
    name: 'Refused',
    plan: { latencyMs: 500, writes: [{ latencyMs: 2_600, fault: 'status=400', isOvertaken: true }, { latencyMs: 500 }] },
    play: async ({ say, pause, click, sent, settled }) => {
      say('The newsletter, then the language. The server will refuse the first and store the second.');
      await pause(1_200);
      click(newsletter('yes'));
      await sent();
      await pause(600);
      click(language('de'));
      await pause(2_400);
      await settled();
      await pause(600);
      say('The left screen rolls back to before both edits. The right one drops the refused edit alone.');
    },
  },
  {
    id: 'limited',
    name: '429',
    plan: { latencyMs: 500, writes: [{ latencyMs: 700, fault: 'status=429; retry-after=3' }] },
    play: async ({ say, pause, click, settled }) => {
      say('The server has too much to do: 429, try again in 3 seconds.');
      await pause(1_200);
      click(language('de'));
      await pause(2_000);
      say('The left screen has given the edit up. The right one counts down and sends it again.');
      await settled();
      await pause(500);
      say('On the right the edit is stored. On the left somebody has to make it again.');
    },
  },
  {
    id: 'offline',
    name: 'Offline for 5 s',
    plan: { latencyMs: 500 },
    play: async ({ say, pause, click, offline, settled }) => {
      offline(true);
      say('The train enters a tunnel. Two edits are made in there.');
      await pause(1_200);
      click(language('de'));
      await pause(900);
      click(newsletter('yes'));
      await pause(2_900);
      offline(false);
      say('The network is back. The right screen sends what it kept, in one request.');
      await pause(700);
      await settled();
      await pause(500);
      say('Both edits are stored on the right. On the left both are gone.');
    },
  },
  {
    id: 'session',
    name: 'Session expired',
    plan: { latencyMs: 500 },
    play: async ({ say, pause, click, signedOut, settled }) => {
      signedOut(true);
      say('The session expired over lunch. The next edit is answered with 401.');
      await pause(1_200);
      click(language('de'));
      await pause(2_600);
      say('The right screen keeps the edit until somebody signs in again.');
      await pause(1_200);
      signedOut(false);
      await pause(300);
      await settled();
      await pause(500);
      say('Signed in, and stored on the right. On the left the edit is gone.');
    },
  },
  {
    id: 'writer',
    name: 'Another writer',
    plan: { latencyMs: 400, reads: [{ latencyMs: 4_000 }] },
    play: async ({ say, pause, click, refresh, writeElsewhere, settled }) => {
      say('A colleague adds a note. Both screens are reading the user, slowly, when you click.');
      await pause(700);
      writeElsewhere({ metadata: { notes: 'Call after 6 pm' } });
      await pause(300);
      refresh();
      await pause(2_700);
      click(language('de'));
      await pause(2_000);
      await settled();
      await pause(500);
      say('The left screen believed a read from before the edit. The right one knew, and read again.');
    },
  },
];
