import assert from "node:assert/strict";
import { type StateResource, inOrder } from "../../operations/state.ts";

const resource = (urn: string, fields: Partial<StateResource> = {}): StateResource => ({
  urn,
  type: "t",
  ...fields,
});
const urns = (resources: StateResource[]): string[] => resources.map(({ urn }) => urn);

describe("a state that a killed update left", () => {
  it("has what was found at the vendor before what waits for it", () => {
    const state = [resource("stack"), resource("component", { parent: "stack", dependencies: ["found"] })];
    const found = resource("found", { parent: "stack" });
    assert.deepEqual(urns(inOrder([...state, found])), ["stack", "found", "component"]);
  });

  it("waits for nothing that was never made", () => {
    const waiting = resource("component", {
      dependencies: ["there", "gone"],
      propertyDependencies: { host: ["gone"] },
    });
    assert.deepEqual(inOrder([resource("there"), waiting])[1], {
      ...waiting,
      dependencies: ["there"],
      propertyDependencies: { host: [] },
    });
  });

  it("keeps the order that it had otherwise, and both of two that share a name", () => {
    const state = [
      resource("a"),
      resource("b", { dependencies: ["a"] }),
      resource("b", { id: "old" }),
      resource("c"),
    ];
    assert.deepEqual(inOrder(state), state);
  });
});
