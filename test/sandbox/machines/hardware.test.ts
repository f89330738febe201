import assert from "node:assert/strict";
import { Cloud } from "../../../sandbox/digitalocean/cloud.ts";
import { settle, start } from "../../../sandbox/digitalocean/actions.ts";
import type { Hardware } from "../../../sandbox/digitalocean/hardware.ts";
import type { Action, Droplet } from "../../../sandbox/digitalocean/rows.ts";
import { memoryWorld } from "../../../sandbox/world.ts";

/** Hardware that does what it is told to say. */
class Told implements Hardware {
  how: "working" | "done" | "failed" = "working";
  running = true;
  readonly begun: string[] = [];
  carryOut({ type, id }: Action): "working" | "done" | "failed" {
    if (!this.begun.includes(`${type} ${id}`)) this.begun.push(`${type} ${id}`);
    return this.how;
  }
  async follow(): Promise<void> {}
  isRunning(): boolean {
    return this.running;
  }
}

describe("an account with machines behind it", () => {
  let cloud: Cloud;
  let hardware: Told;
  beforeEach(() => {
    cloud = new Cloud(memoryWorld(), { actionMs: 0 });
    hardware = new Told();
    cloud.hardware = hardware;
    cloud.droplets.put(7, { id: 7, status: "off", features: [] } as unknown as Droplet);
  });

  const powerOn = (): Action =>
    start(cloud, {
      type: "power_on",
      resource_type: "droplet",
      subject: "7",
      droplet: 7,
      region: "sgp1",
      change: { kind: "power", droplet: 7, on: true },
    });
  const status = (action: Action) => [cloud.actions.get(action.id)?.status, cloud.droplets.get(7)?.status];

  it("begins an action at once, and completes it when the machine has", () => {
    const action = powerOn();
    assert.equal(hardware.begun.length, 1);
    settle(cloud);
    assert.deepEqual(status(action), ["in-progress", "off"]);
    hardware.how = "done";
    assert.equal(settle(cloud), true);
    assert.deepEqual(status(action), ["completed", "active"]);
    assert.equal(hardware.begun.length, 1);
  });

  it("says so when the machine cannot", () => {
    const action = powerOn();
    hardware.how = "failed";
    settle(cloud);
    assert.deepEqual(status(action), ["errored", "off"]);
  });

  it("notices a droplet that was shut down from inside", () => {
    hardware.how = "done";
    powerOn();
    settle(cloud);
    hardware.running = false;
    settle(cloud);
    assert.equal(cloud.droplets.get(7)?.status, "off");
  });
});
