/**
 * Released binaries, by `process.platform`-`process.arch`, for machines without Go. The digests are those of each
 * release's checksums file. A test holds the versions against tools/go/NAME/go.mod.
 */
export const releases = {
  versitygw: {
    version: "1.8.0",
    archives: {
      "linux-x64": ["Linux_x86_64", "2ba2c734d10d2c4e651d03182cb4b246656bc735a2f282db7b0b73fba6073467"],
      "linux-arm64": ["Linux_arm64", "b34051d33f5a9c457f790896acb7bd7d7e15ad8d92efb70616b924f37e401910"],
      "darwin-x64": ["Darwin_x86_64", "104bd978e80ef0173554cfd8630ccc5bac24b00da440510b60365a3b6b6ab134"],
      "darwin-arm64": ["Darwin_arm64", "4953096f65a9c0d62ab184fb6b2ba7c2435229205cf00a56cb62cd4bf6b216ca"],
    },
    /** @param {string} version @param {string} platform */
    url: (version, platform) =>
      `https://github.com/versity/versitygw/releases/download/v${version}/versitygw_v${version}_${platform}.tar.gz`,
    /** @param {string} version @param {string} platform */
    member: (version, platform) => `versitygw_v${version}_${platform}/versitygw`,
  },
  actionlint: {
    version: "1.7.12",
    archives: {
      "linux-x64": ["linux_amd64", "8aca8db96f1b94770f1b0d72b6dddcb1ebb8123cb3712530b08cc387b349a3d8"],
      "linux-arm64": ["linux_arm64", "325e971b6ba9bfa504672e29be93c24981eeb1c07576d730e9f7c8805afff0c6"],
      "darwin-x64": ["darwin_amd64", "5b44c3bc2255115c9b69e30efc0fecdf498fdb63c5d58e17084fd5f16324c644"],
      "darwin-arm64": ["darwin_arm64", "aba9ced2dee8d27fecca3dc7feb1a7f9a52caefa1eb46f3271ea66b6e0e6953f"],
    },
    /** @param {string} version @param {string} platform */
    url: (version, platform) =>
      `https://github.com/rhysd/actionlint/releases/download/v${version}/actionlint_${version}_${platform}.tar.gz`,
    member: () => "actionlint",
  },
  act: {
    version: "0.2.89",
    archives: {
      "linux-x64": ["Linux_x86_64", "0191d6f1f3b716b5c55820032605d05fc3c1cdbf581ebeff655019e5dd1524c0"],
      "linux-arm64": ["Linux_arm64", "daa8679ba9615a74d2d0cec321dc593f21948a2a11bb65862b063d8b930f4bcb"],
      "darwin-x64": ["Darwin_x86_64", "41b31488e7c254baec31cce12c7dade3e35973b8a31b9486206ad43f233d814e"],
      "darwin-arm64": ["Darwin_arm64", "48ae218af96725f7635a66de2b87e1e346893b02add0f16b92f560296b2151fc"],
    },
    /** @param {string} version @param {string} platform */
    url: (version, platform) =>
      `https://github.com/nektos/act/releases/download/v${version}/act_${platform}.tar.gz`,
    member: () => "act",
  },
};

/**
 * @param {keyof typeof releases} name
 * @param {string} machine "linux-x64"
 * @returns {{ url: string, sha256: string, member: string } | undefined} undefined where none is released
 */
export function releaseFor(name, machine) {
  const { version, archives, url, member } = releases[name];
  const [platform, sha256] = archives[/** @type {keyof typeof archives} */ (machine)] ?? [];
  if (platform === undefined || sha256 === undefined) return undefined;
  return { url: url(version, platform), sha256, member: member(version, platform) };
}
