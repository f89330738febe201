/**
 * Credentials that are known by their form. Every expression is linear: a repeat either starts where no other match can
 * start, or has a bound. `secret`, where there is such a group, is the part that could be a placeholder.
 */
export interface Pattern {
  /** Stands in findings and in the documentation. */
  readonly id: string;
  /** What it is, for a sentence: "a GitHub token". */
  readonly what: string;
  readonly find: RegExp;
}

export const patterns: readonly Pattern[] = [
  {
    id: "private-key",
    what: "a private key",
    // The body is asked for as well, so that a sentence about the header line is no finding. Escaped newlines and
    // string concatenation count as line ends.
    find: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\\nr"'+,|>]{0,200}(?:[A-Z][A-Za-z-]{3,12}: [^\n\\]{0,120}[\s\\nr"'+,]{0,100}){0,4}(?<secret>[A-Za-z0-9+/=]{24}[A-Za-z0-9+/=\s\\]*)/g,
  },
  {
    // "openssh-key-v1" in base64: the body of a key whose header was left out.
    id: "private-key",
    what: "a private key",
    find: /(?<secret>b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/]{16})/g,
  },
  { id: "private-key", what: "an age private key", find: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  { id: "private-key", what: "a PuTTY private key", find: /PuTTY-User-Key-File-\d: [\w-]{3,30}/g },
  {
    id: "digitalocean-token",
    what: "a DigitalOcean token",
    find: /(?<![A-Za-z0-9])do[opr]_v1_[a-f0-9]{64}/g,
  },
  {
    id: "spaces-key",
    what: "a Spaces access key",
    find: /(?<![A-Za-z0-9])DO(?:00|80)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  },
  {
    id: "github-token",
    what: "a GitHub token",
    find: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{50,251})/g,
  },
  { id: "gitlab-token", what: "a GitLab token", find: /(?<![\w-])gl(?:pat|dt|rt|cbt|ptt)-[\w-]{20,300}/g },
  { id: "anthropic-key", what: "an Anthropic key", find: /(?<![\w-])sk-ant-[\w-]{20,300}/g },
  {
    id: "openai-key",
    what: "an OpenAI key",
    find: /(?<![\w-])sk-(?=[\w-]{0,200}\d)(?=[\w-]{0,200}[A-Z])(?:(?:proj|svcacct|admin|None)-)?[\w-]{20,300}/g,
  },
  { id: "slack-token", what: "a Slack token", find: /(?<![\w-])x(?:ox[abceoprs]|app)-[\w-]{10,300}/g },
  {
    id: "slack-webhook",
    what: "a Slack webhook",
    find: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Za-z0-9/_-]{20,200})/g,
  },
  {
    // https://developers.mattermost.com/integrate/webhooks/incoming/: ids are 26 characters of z-base-32.
    id: "mattermost-webhook",
    what: "a Mattermost webhook",
    find: /https?:\/\/[^\s"'<>/]{1,253}\/hooks\/(?<secret>[a-z0-9]{26})(?![a-z0-9])/g,
  },
  {
    id: "aws-key",
    what: "an AWS access key",
    find: /(?<![A-Za-z0-9])A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
  },
  {
    id: "stripe-key",
    what: "a Stripe key",
    find: /(?<![\w-])(?:[rs]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,250}/g,
  },
  {
    id: "mailgun-key",
    what: "a Mailgun key",
    find: /(?<![\w-])(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![\w-])/g,
  },
  {
    id: "pagerduty-key",
    what: "a PagerDuty key",
    find: /(?<![\w+-])(?:u\+[\w-]{18}(?![\w-])|(?:pdus\+|R0[A-Z0-9]{2})_[\w-]{20,60})/g,
  },
  {
    id: "jwt",
    what: "a JSON web token",
    find: /(?<![\w-])eyJ[\w-]{8,4000}\.eyJ[\w-]{8,4000}\.(?<secret>[\w-]{16,2000})/g,
  },
  {
    id: "database-url",
    what: "a database address with its password",
    find: /(?<![A-Za-z])(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|valkeys?|amqps?):\/\/[^\s:@/"'<>]{0,128}:(?<secret>[^\s@/"'<>]{1,256})@[^\s"'@/]/g,
  },
  {
    id: "basic-auth-url",
    what: "an address with a password",
    find: /(?<![A-Za-z])(?:https?|ftps?|sftp|ssh|smtps?|ldaps?|socks5h?):\/\/[^\s:@/"'<>]{0,128}:(?<secret>[^\s@/"'<>]{1,256})@[^\s"'@/]/g,
  },
  {
    id: "authorization-header",
    what: "an Authorization header",
    find: /(?:Authorization|X-Auth-Token|X-Api-Key)["']?[ \t]{0,3}[:=][ \t]{0,3}["']?(?:(?:Bearer|Basic|token|bearer|basic)[ \t]{1,3})?(?<secret>[\w.~+/=-]{16,500})/g,
  },
  {
    id: "docker-auth",
    what: "a registry's credentials",
    find: /"auth"[ \t]{0,3}:[ \t]{0,3}"(?<secret>[A-Za-z0-9+/=]{16,500})"/g,
  },
  {
    id: "command-flag",
    what: "a password on a command line",
    find: /(?:--(?:admin-)?(?:password|passwd|passphrase|token|api-key)[ \t]+|sshpass[ \t]+-p[ \t]{0,3}|curl[^\n|;]{0,200}?[ \t](?:-u|--user)[ \t]{0,3}["']?[\w.-]{1,64}:)["']?(?<secret>[^\s"'`|;&<>()-][^\s"'`|;&<>()]{5,200})/g,
  },
];

const credential = String.raw`(?:(?:personal |api |access |secret |private |bearer |auth )*(?:tokens?|credentials?)|(?:api|access|secret|private)[ _-]?keys?)`;

/** Text that asks a person for a token. A token is given to a stack, never typed at a question. */
export const prompts: readonly Pattern[] = [
  {
    id: "token-prompt",
    what: "a question for a token",
    find: new RegExp(
      String.raw`\b(?:enter|paste|type in|provide|give me|supply|input)[ \t]+(?:in[ \t]+)?(?:your|the|an?|my)[ \t]+(?:[\w-]{1,30}[ \t]+){0,3}?${credential}\b`,
      "gi",
    ),
  },
  {
    id: "token-prompt",
    what: "a question for a token",
    find: /(?<![\w-])read[ \t]+(?:-\w+[ \t]+|-p[ \t]*(?:"[^"\n]{0,120}"|'[^'\n]{0,120}')[ \t]*){0,4}\w{0,40}(?:TOKEN|SECRET|API_?KEY|ACCESS_?KEY)\w{0,40}/g,
  },
  {
    id: "token-prompt",
    what: "a question for a token",
    find: /\b(?:getpass|input|prompt|question|password)\([ \t]{0,3}(?:\{[ \t]{0,3}message:[ \t]{0,3})?["'`][^"'`\n]{0,80}?\b(?:token|api key|access key|secret key)\b/gi,
  },
];
