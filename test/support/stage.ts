import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../components/release.ts";
import { network } from "../../sandbox/machines/addresses.ts";
import { builderLogin } from "../../sandbox/machines/builder.ts";
import { Shell } from "../../sandbox/machines/shell.ts";
import { authoritiesFile } from "../../sandbox/run.ts";
import { Load, type LoadFigures, type LoadShape, type Target } from "../../bench/release/load.ts";
import { type Platform, ask, onMachine, platformOf } from "./machine.ts";
import { buildTestRelease, installProbe } from "./releases.ts";
import { type Answer, World } from "./world.ts";

/** What `/release_probe` answers. */
export interface Told {
  /** Tag of the image that answers. */
  version: string;
  /** Version of the add-on that the database has. */
  module: string;
  fields: string[];
  rows: number;
}

/** A load that is light enough for the smallest size while another Odoo starts there. */
const lightLoad: LoadShape = { rate: 10, websockets: 5, reportSeconds: 4 };

/** A sandbox with a machine that runs releases for tests. */
export class Stage {
  readonly world: World;
  readonly #borrowed: boolean;
  readonly #host: { size?: string; volumeGb?: number };
  readonly #built = new Map<string, Promise<Release>>();
  #platform: Platform | undefined;

  /**
   * Of a sandbox of its own, its droplet of that size; with PLATFORM_STAGE=CHECKOUT of that checkout's, as it runs.
   * @param host the settings' own where nothing is said
   */
  constructor(host: { size?: string; volumeGb?: number } = {}) {
    this.#host = host;
    const borrowed = process.env["PLATFORM_STAGE"];
    this.#borrowed = borrowed !== undefined;
    this.world = new World("real", borrowed);
  }

  /** Brings the machine up with a first release that has the add-on, installed. */
  async open(first = "1.0.0"): Promise<void> {
    await this.boot();
    await this.play(first);
  }

  /** Brings the machine up, with the checkout's own release. */
  async boot(): Promise<void> {
    if (!this.#borrowed) {
      await this.world.start();
      for (const [key, value] of Object.entries(this.#host)) this.world.edit("sandbox", ["host", key], value);
      if (this.#host.size) this.world.edit("sandbox", ["budget", "usdPerMonth"], 200);
      await this.world.json(["sandbox", "up"], { TIMEOUT: "1800" });
    }
    await this.meet();
  }

  /** Learns of the machine that is up. */
  async meet(): Promise<void> {
    this.#platform = await platformOf(this.world);
  }

  /** Has a release serve that has the add-on, installed. */
  async play(first = "1.0.0"): Promise<void> {
    await this.begin(first);
    if ((await this.told().catch(() => undefined)) === undefined) {
      await this.on(installProbe);
      await this.until(() => this.told(), 60);
    }
  }

  /** Has a release serve, with the data of then where a later one has updated them. */
  async begin(tag: string): Promise<void> {
    const serves = async (): Promise<boolean> => (await this.told().catch(() => undefined))?.version === tag;
    if (await serves()) return;
    const { error } = await this.deploy(tag);
    if (!error) return;
    const to = await this.updateOf(tag);
    if (to === undefined) throw new Error(`${tag}: ${error.message}`);
    const back = await this.rollback("--with-data", "--to", to);
    if (back.exitCode !== 0) throw new Error(JSON.stringify(back, null, 2));
    if (!(await serves())) await this.deployed(tag);
  }

  /** Number of the newest update by which a release came, as `--to` takes it. */
  async updateOf(tag: string): Promise<string | undefined> {
    const { updates } = await this.world.json(["history", "--all", "--stack", "sandbox"]);
    const all = updates as { number: number; result: string; release: { tag: string } | null }[];
    const found = all.find(({ result, release }) => result === "succeeded" && release?.tag === tag);
    return found && String(found.number);
  }

  async close(): Promise<void> {
    await this.world.remove();
  }

  /** Whether it is somebody's checkout, which is not to be brought down. */
  get borrowed(): boolean {
    return this.#borrowed;
  }

  get platform(): Platform {
    if (!this.#platform) throw new Error("the stage is not open");
    return this.#platform;
  }

  /** Pushes a release to the sandbox's registry, once. */
  async build(tag: string): Promise<Release> {
    const known = this.#built.get(tag) ?? buildTestRelease(this.world.run(), tag);
    this.#built.set(tag, known);
    try {
      return await known;
    } catch (error) {
      this.#built.delete(tag);
      throw error;
    }
  }

  /** Has the builder make releases one after the other while scenes wait; one that fails is made anew when it is needed. */
  buildAhead(tags: readonly string[]): void {
    void tags.reduce(async (before, tag) => {
      await before;
      await this.build(tag).catch(() => {});
    }, Promise.resolve());
  }

  /** `platform deploy`, with a watch of seconds instead of minutes. */
  async deploy(tag: string, ...more: string[]): Promise<Answer> {
    await this.build(tag);
    return await this.world.answer([...this.deployArgs(tag), ...more]);
  }

  deployArgs(tag: string): string[] {
    return ["deploy", "--stack", "sandbox", "--release", tag, "--watch", "3", "--yes"];
  }

  /** The same of a release that must come to serve. */
  async deployed(tag: string, ...more: string[]): Promise<Answer> {
    const answer = await this.deploy(tag, ...more);
    if (answer.exitCode !== 0) throw new Error(`deploying ${tag}: ${JSON.stringify(answer, null, 2)}`);
    return answer;
  }

  async rollback(...more: string[]): Promise<Answer> {
    const confirmed = ["--yes", "--confirm", "sandbox"];
    // A checkout that is worked on has another program with each commit.
    if (this.#borrowed) confirmed.push("--program", "current");
    return await this.world.answer(["rollback", "--stack", "sandbox", ...confirmed, ...more]);
  }

  /** Gives the machine another size; Odoo and Postgres get other numbers by it. */
  async resize(size: string): Promise<void> {
    this.world.edit("sandbox", ["host", "size"], size);
    await this.world.json(["up", "--stack", "sandbox", "--yes", "--confirm", "sandbox"], { TIMEOUT: "1800" });
    await this.until(() => this.told(), 120);
  }

  /** What answers people, and from which data. */
  async told(): Promise<Told> {
    const { status, body } = await ask(this.world, this.platform, "/release_probe");
    if (status !== 200) throw new Error(`/release_probe answers ${status}`);
    return JSON.parse(body) as Told;
  }

  /** Writes a row as people do. */
  async write(name: string, file = ""): Promise<void> {
    const { status } = await ask(this.world, this.platform, "/release_probe/add", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ name, ...(file ? { file } : {}) }).toString(),
    });
    if (status !== 200) throw new Error(`/release_probe/add answers ${status}`);
  }

  /** Does something while people work, and says how they fared. */
  async loaded<T>(
    work: () => Promise<T>,
    shape: LoadShape = lightLoad,
  ): Promise<{ result: T; seconds: number; figures: LoadFigures }> {
    const load = await Load.start(this.target(), shape);
    try {
      // A little before and after, so that each moment of the work has people in it.
      await sleep(1000);
      const began = performance.now();
      const result = await work();
      const seconds = (performance.now() - began) / 1000;
      await sleep(1000);
      return { result, seconds, figures: await load.stop() };
    } catch (error) {
      await load.stop();
      throw error;
    }
  }

  target(): Target {
    return {
      address: this.platform.address,
      domain: "odoo.sandbox.test",
      ca: readFileSync(authoritiesFile(this.world.sandbox), "utf8"),
      login: { user: "admin", password: this.platform.secrets["odooAdminPassword"] ?? "" },
    };
  }

  /** Works on the machine as root. */
  async on<T>(work: (machine: Shell) => Promise<T>): Promise<T> {
    return await onMachine(this.platform, work);
  }

  async run(script: string): Promise<string> {
    return await this.on((machine) => machine.run("bash -s", script));
  }

  /** Runs a command on the machine that keeps images. */
  async onBuilder(command: string): Promise<string> {
    const login = builderLogin(join(this.world.sandbox, "builder"));
    const shell = await Shell.open({ host: network.builder, ...login, seconds: 30 });
    try {
      return await shell.run(command);
    } finally {
      shell.close();
    }
  }

  /** Asks again until it does not throw. */
  async until<T>(work: () => Promise<T>, seconds: number): Promise<T> {
    for (const began = Date.now(); ; await sleep(500)) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() - began > seconds * 1000) throw error;
      }
    }
  }
}
