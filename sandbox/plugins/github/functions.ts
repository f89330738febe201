import type { Plugin } from "../protocol/plugin.ts";
import { bool, number, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor } from "../protocol/vendor-form.ts";
import { segment, type GitHub } from "./client.ts";

const repository: Shape = {
  name: text(),
  fullName: text(),
  description: text(),
  homepageUrl: text({ api: "homepage" }),
  private: bool(),
  visibility: text(),
  archived: bool(),
  fork: bool(),
  isTemplate: bool(),
  hasIssues: bool(),
  hasDiscussions: bool(),
  hasProjects: bool(),
  hasWiki: bool(),
  hasDownloads: bool(),
  allowMergeCommit: bool(),
  allowSquashMerge: bool(),
  allowRebaseMerge: bool(),
  allowAutoMerge: bool(),
  allowForking: bool(),
  allowUpdateBranch: bool(),
  deleteBranchOnMerge: bool(),
  defaultBranch: text(),
  primaryLanguage: text({ api: "language" }),
  htmlUrl: text(),
  sshCloneUrl: text({ api: "ssh_url" }),
  svnUrl: text(),
  gitCloneUrl: text({ api: "git_url" }),
  httpCloneUrl: text({ api: "clone_url" }),
  nodeId: text(),
  repoId: number({ api: "id" }),
};

const team: Shape = {
  name: text(),
  slug: text(),
  nodeId: text(),
  description: text(),
  privacy: text(),
  permission: text(),
  notificationSetting: text(),
};

const user: Shape = {
  login: text(),
  name: text(),
  nodeId: text(),
  avatarUrl: text(),
  gravatarId: text(),
  siteAdmin: bool(),
  company: text(),
  blog: text(),
  location: text(),
  email: text(),
  bio: text(),
  publicRepos: number(),
  publicGists: number(),
  followers: number(),
  following: number(),
  createdAt: text(),
  updatedAt: text(),
};

/** Looking things up that are declared elsewhere; one that is not there is an error. */
export const functions: NonNullable<Plugin<GitHub>["functions"]> = {
  "github:index/getRepository:getRepository": async (api, { fullName, name }) => {
    const path =
      typeof fullName === "string"
        ? `/repos/${fullName.split("/").map(segment).join("/")}`
        : await api.repository(name);
    const found = await api.get<Properties>(path);
    return { ...fromVendor(repository, found), topics: found["topics"] ?? [], id: found["name"] };
  },

  /** Members and repositories of the team are not served. */
  "github:index/getTeam:getTeam": async (api, args) => {
    const { name: organization } = await api.owner();
    const found = await api.get<Properties>(`/orgs/${segment(organization)}/teams/${segment(args["slug"])}`);
    return { ...args, ...fromVendor(team, found), id: String(found["id"]) };
  },

  /** Keys are not served. */
  "github:index/getUser:getUser": async (api, args) => {
    const { username } = args;
    const found = await api.get<Properties>(username === "" ? "/user" : `/users/${segment(username)}`);
    return { ...args, ...fromVendor(user, found), id: String(found["id"]) };
  },
};
