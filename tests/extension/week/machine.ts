/** A machine that lives through a log: pages that beat as ours do, a browser that tells of its tabs, and the real background. */

import { vi } from "vitest";
import { answer, ring, TICK, tabs, type Worker } from "../../../extension/src/background/router";
import { frontChanged, tabOpened } from "../../../extension/src/background/tabs";
import { isActive, PULSE_MS } from "../../../extension/src/content/activity";
import type { Message } from "../../../extension/src/core/messages";
import { keep } from "../../../extension/src/core/timer/apply_timer_event";
import { task as reading, type World, world } from "../world";
import type { Log, Spell, Step, Task } from "./log";

const TICK_SECONDS = 30;
const IDLE_IN_OWN_TAB_SECONDS = 300;
const UNRELATED = 9_000;
const ADDRESS = { prolific: "https://app.prolific.com/studies/x", practice: "http://127.0.0.1:8321/practice" };

/** What the browser can be asked. */
const seen = { front: null as number | null, quiet: 0 };

function stubBrowser(): void {
  vi.stubGlobal("navigator", {
    locks: { request: (_name: string, _options: object, work: (lock: object) => unknown) => work({}) },
  });
  vi.stubGlobal("chrome", {
    alarms: { get: async () => undefined, create: async () => undefined, clear: async () => true },
    idle: { queryState: async (seconds: number) => (seen.quiet >= seconds ? "idle" : "active") },
    windows: { getLastFocused: async () => ({ id: 1, focused: seen.front !== null }) },
    tabs: { query: async () => [{ id: seen.front, audible: false }] },
    i18n: { getMessage: (key: string) => key, getUILanguage: () => "en" },
    action: {
      setBadgeText: async () => undefined,
      setTitle: async () => undefined,
      setBadgeBackgroundColor: async () => undefined,
      setBadgeTextColor: async () => undefined,
    },
    permissions: { contains: async () => true },
  });
}

export class Machine {
  private worker: Worker;
  private quietHere = 0;
  private said = "";
  private second = 0;
  private opened = new Map<number, number>();
  private readonly over = new Set<number>();

  private constructor(readonly edge: World) {
    this.worker = { edge, shelf: new Map(), clicks: new Map() };
  }

  static async start(): Promise<Machine> {
    stubBrowser();
    const edge = await world();
    await edge.settings.platforms.set({ prolific: true, practice: true });
    return new Machine(edge);
  }

  async live(log: Log): Promise<void> {
    for (const line of log.lines) {
      if ("act" in line) await this.act(line);
      else if (line.at === "asleep") await this.sleep(line);
      else await this.spend(line, log.tasks[line.task]);
    }
    for (let hour = 0; hour < 30; hour++) {
      this.edge.pass(3600);
      await ring(this.worker, TICK);
    }
  }

  private async act({ act, task }: Step): Promise<void> {
    if (act === "claim") await this.claim(task);
    if (act === "end") {
      this.over.add(task.number);
      const ending = task.ending === "returned" ? "returned" : "submitted";
      const attempt = task.platform === "prolific" ? null : task.name;
      await this.say(task, { kind: "ended", platform: task.platform, attempt, ending });
    }
    if (act === "restart browser") {
      this.opened = new Map();
      await keep(this.edge, { kind: "started", at: this.edge.now() });
    }
    if (act === "update extension") this.worker = { ...this.worker, clicks: new Map() };
    this.said = "";
  }

  private claim(task: Task): Promise<unknown> {
    const { platform, estimate_seconds, kind } = task;
    const works = kind.includes("tab") || kind === "in another browser" ? "elsewhere" : "here";
    return this.say(task, {
      kind: "claimed",
      attempt: task.name,
      task: reading({
        platform,
        task: { id: `t-${task.number}`, title: `Task ${task.number}` },
        estimate_seconds,
        limit_seconds: 7200,
      }),
      elapsed_seconds: 0,
      works,
      claimed_by: "page",
      next: null,
    });
  }

  private async sleep({ seconds }: Spell): Promise<void> {
    this.edge.pass(seconds);
    seen.quiet = seconds;
    this.quietHere = seconds;
    await ring(this.worker, TICK);
  }

  private async spend(spell: Spell, task: Task | undefined): Promise<void> {
    await this.arrive(spell, task);
    for (let passed = 0; passed < spell.seconds; passed++) {
      const isTouched = spell.touch > 0 && passed % spell.touch === 0;
      seen.quiet = isTouched ? 0 : seen.quiet + 1;
      const wasQuiet = this.quietHere * 1000 >= PULSE_MS;
      this.quietHere = isTouched && spell.at === "page" ? 0 : this.quietHere + 1;
      if (task && isPage(spell)) {
        const isBeat = this.second % (PULSE_MS / 1000) === 0;
        if (isBeat || (isTouched && wasQuiet)) await this.beat(spell, task, isBeat);
      }
      if (seen.quiet === IDLE_IN_OWN_TAB_SECONDS) await tabs(this.worker, frontChanged);
      this.edge.pass(1);
      this.second += 1;
      if (this.second % TICK_SECONDS === 0) await ring(this.worker, TICK);
    }
    await this.leave(spell, task);
  }

  private async arrive(spell: Spell, task: Task | undefined): Promise<void> {
    seen.quiet = 0;
    this.quietHere = 0;
    if (task && spell.at === "opened" && !this.opened.has(task.number)) {
      this.opened.set(task.number, 5_000 + task.number);
      const newTab = { tab: 5_000 + task.number, opener: pageOf(task), is_empty_tab: false };
      await tabs(this.worker, (edge) => tabOpened(edge, newTab, this.worker.clicks));
    }
    seen.front = frontOf(spell, task);
    await tabs(this.worker, frontChanged);
    this.said = "";
    if (task && isPage(spell)) await this.beat(spell, task, true);
  }

  /** The page says that it is no longer in front, or that it is being left for another site. */
  private async leave(spell: Spell, task: Task | undefined): Promise<void> {
    if (!task || !isPage(spell)) return;
    const is_leaving = task.kind === "in the site's own tab, on another site";
    await this.pulse(task, { active: false, ...(is_leaving ? { is_leaving } : {}) });
  }

  private async beat({ at }: Spell, task: Task, isBeat: boolean): Promise<void> {
    const isInFrame = at === "frame";
    const presence = { isVisible: true, hasFocus: true, isPlaying: false, isInFrame };
    const active = isActive({ ...presence, quiet_ms: this.quietHere * 1000 });
    const words = `${task.number} ${active}`;
    if (words === this.said && !(isBeat && active)) return;
    this.said = words;
    await this.pulse(task, { active, ...(isInFrame ? { in_frame: true } : {}) });
  }

  private async pulse(task: Task, more: { active: boolean; in_frame?: boolean; is_leaving?: boolean }): Promise<void> {
    const { platform } = task;
    if (this.over.has(task.number)) return;
    const subject = { kind: "task" as const, platform, attempt: task.name };
    const said = await this.say(task, { kind: "pulse", subject, ...more });
    if (said === "claim") await this.claim(task);
    if (said === "over") this.over.add(task.number);
  }

  private say(task: Task, message: Message): Promise<unknown> {
    const { platform } = task;
    return answer(this.worker, message, { tab: pageOf(task), address: ADDRESS[platform], is_own_page: false });
  }
}

function isPage({ at }: Spell): boolean {
  return at === "page" || at === "frame";
}

function frontOf({ at }: Spell, task: Task | undefined): number | null {
  if (at === "another app") return null;
  if (at === "unrelated" || task === undefined) return UNRELATED;
  return at === "opened" ? 5_000 + task.number : pageOf(task);
}

/** A study keeps one tab; each task of the other site has its own. */
function pageOf({ platform, number }: Task): number {
  return platform === "prolific" ? 1 : 100 + number;
}
