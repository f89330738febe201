/** The kinds of things that have a global id, by the prefix that GitHub gives them. */
export const nodeKinds = {
  User: "U",
  Organization: "O",
  Team: "T",
  App: "A",
  Repository: "R",
  BranchProtectionRule: "BPR",
  RepositoryRuleset: "RRS",
  Environment: "EN",
  DeploymentBranchPolicy: "DBP",
  Label: "LA",
  Issue: "I",
  IssueComment: "IC",
  PullRequest: "PR",
  Deployment: "DE",
  DeploymentStatus: "DES",
  StatusContext: "SC",
  CheckRun: "CR",
  Workflow: "W",
  WorkflowRun: "WFR",
  CheckSuite: "CS",
  Artifact: "AR",
  Ref: "REF",
  Commit: "C",
} as const;

export type NodeKind = keyof typeof nodeKinds;

/**
 * The global id of a thing, in the form that GitHub has used since 2021: the kind's prefix, then a MessagePack array
 * of zero and the number. (https://github.blog/2021-02-10-new-global-id-format-coming-to-graphql/)
 */
export function nodeId(kind: NodeKind, id: number): string {
  const bytes = Buffer.alloc(7);
  bytes.set([0x92, 0x00, 0xce]);
  bytes.writeUInt32BE(id, 3);
  return `${nodeKinds[kind]}_${bytes.toString("base64url")}`;
}

/** What a global id stands for; undefined when it is none of ours. */
export function parseNodeId(text: string): { kind: NodeKind; id: number } | undefined {
  // The number's own text may hold "_" too.
  const [prefix = "", rest] = /^([A-Z]+)_(.+)$/.exec(text)?.slice(1) ?? [];
  const kind = Object.entries(nodeKinds).find(([, value]) => value === prefix)?.[0] as NodeKind | undefined;
  const bytes = Buffer.from(rest ?? "", "base64url");
  if (!kind || bytes.length !== 7) return undefined;
  const id = bytes.readUInt32BE(3);
  return nodeId(kind, id) === text ? { kind, id } : undefined;
}
